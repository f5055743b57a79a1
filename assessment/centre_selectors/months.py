"""What came in month by month: the files of a centre, the kinds they carry, the months their rows speak of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Prefetch

from assessment.scoring.explain.tasks import HandedIn
from centres.models import Centre
from centres.profile import FacilityProfile
from core.period import Period
from evidence.models import (
    STATES_OF_REJECTION,
    ColumnMapVersion,
    Evidence,
    EvidenceState,
    ObservationTable,
)
from evidence.observations.registry import KIND_BY_NAME
from evidence.parsers.packed import FORMAT as ARCHIVE
from evidence.parsers.registry import kinds_of
from evidence.selectors import NOT_YET_READ

YEAR = 12
# Kinds that speak of every month of a centre's life: one without rows of them is one that is missing.
MONTHLY = (
    "energy_readings",
    "jobs",
    "device_samples",
    "power_samples",
    "flow_readings",
    "request_windows",
    "billing_rows",
    "utility_bills",
    "step_heartbeats",
)
# Kinds of things that happen; a month without any may be a good one.
HAPPENING = ("outages", "tickets", "device_alarms", "asset_events", "link_events", "monitors", "network_probes")
_SHOWN = (EvidenceState.ACCEPTED, EvidenceState.SUPERSEDED, *STATES_OF_REJECTION, *NOT_YET_READ)


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind in one month: rows and the files they stand in; files whose place others have taken."""

    rows: int = 0
    files: tuple[Evidence, ...] = ()
    replaced: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind over the months of the year before application.

    Args:
        monthly: a month without rows is one that is missing.
        untold: files whose months were never counted.
        column_map: the newest saved map that reads files of this kind.
    """

    kind: str
    monthly: bool
    cells: Mapping[str, Cell]
    untold: int
    column_map: ColumnMapVersion | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(month for month, cell in self.cells.items() if self.monthly and not cell.rows)


@dataclass(frozen=True)
class Intake:
    """Everything a centre handed in that still says something, with the tables read from it.

    Args:
        months: names of the twelve months before application, in the order of the calendar; none without a profile.
    """

    files: tuple[Evidence, ...]
    months: tuple[str, ...]
    maps: Mapping[str, ColumnMapVersion] = field(default_factory=dict)

    @cached_property
    def handed_in(self) -> HandedIn:
        """The months and kinds as tasks are told from."""
        months: dict[str, set[str]] = defaultdict(set)
        for _, table in self._tables(EvidenceState.ACCEPTED):
            months[table.kind].update(table.months or {})
        reading = {kind for item in self.files if item.state in NOT_YET_READ for kind in _kinds(item)}
        return HandedIn(months=dict(months), reading=frozenset(reading))

    @property
    def in_work(self) -> tuple[Evidence, ...]:
        return tuple(item for item in self.files if item.state in NOT_YET_READ)

    @property
    def rejected(self) -> tuple[Evidence, ...]:
        """What does not count; of the same bytes the last try, none where one counts."""
        counted = {item.blob_id for item in self.files if item.state == EvidenceState.ACCEPTED}
        found = [i for i in self.files if i.state in STATES_OF_REJECTION and i.blob_id not in counted]
        newest_last = sorted(found, key=lambda item: item.received_at)
        return tuple({item.blob_id: item for item in newest_last}.values())

    def matrix(self) -> list[KindRow]:
        """A row for every kind that came or comes monthly; those that came first."""
        rows: dict[tuple[str, str], int] = defaultdict(int)
        files: dict[tuple[str, str], list[Evidence]] = defaultdict(list)
        replaced: dict[tuple[str, str], list[Evidence]] = defaultdict(list)
        untold: dict[str, int] = defaultdict(int)
        for item, table in self._tables(EvidenceState.ACCEPTED):
            if table.months is None:
                untold[table.kind] += 1
            for month, count in (table.months or {}).items():
                rows[table.kind, month] += count
                files[table.kind, month].append(item)
        for item, table in self._tables(EvidenceState.SUPERSEDED):
            for month in table.months or {}:
                replaced[table.kind, month].append(item)
        came = {kind for kind, _ in (*files, *replaced)} | set(untold)
        shown = [kind for kind in (*MONTHLY, *HAPPENING) if kind in came or kind in MONTHLY[:2]]
        return [
            KindRow(
                kind=kind,
                monthly=kind in MONTHLY,
                cells={
                    month: Cell(rows[kind, month], tuple(files[kind, month]), tuple(replaced[kind, month]))
                    for month in self.months
                },
                untold=untold[kind],
                column_map=self.maps.get(kind),
            )
            for kind in sorted(shown, key=lambda one: (one not in came, shown.index(one)))
        ]

    def _tables(self, state: EvidenceState) -> Iterable[tuple[Evidence, ObservationTable]]:
        for item in self.files:
            if item.state == state:
                for table in item.tables.all():
                    yield item, table


def intake_of(centre: Centre, profile: FacilityProfile | None) -> Intake:
    """In three queries, however many files there are; of an archive its members."""
    files = (
        Evidence.objects.filter(centre=centre, state__in=_SHOWN)
        .exclude(format=ARCHIVE, state=EvidenceState.ACCEPTED)
        .select_related("column_map")
        .defer("facts", "runs", "issues", "issue_counts", "coverage")
        .prefetch_related(Prefetch("tables", ObservationTable.objects.order_by("kind")))
        .order_by("received_at", "pk")
    )
    maps = ColumnMapVersion.objects.filter(centre=centre).order_by("saved_at")
    return Intake(tuple(files), months_before(profile), {one.kind: one for one in maps})


def months_before(profile: FacilityProfile | None, *, months: int = YEAR) -> tuple[str, ...]:
    """The whole months that end before application, by name."""
    if profile is None or not months:
        return ()
    zone = profile.place.timezone
    period = Period.whole_months(profile.applied_on, months=months, zone=zone)
    return tuple(name for name, _ in period.months(zone))


def _kinds(item: Evidence) -> tuple[str, ...]:
    content = item.column_map.content if item.column_map else None
    return kinds_of(item.format or item.declared_format, column_map=content)


assert set(MONTHLY) | set(HAPPENING) <= set(KIND_BY_NAME)  # noqa: S101  (a misspelt kind would never be shown)
