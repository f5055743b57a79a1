"""What came in month by month: the files of a centre, the kinds they carry, the months their rows speak of."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, TextField
from django.db.models.functions import Cast

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


class Named(NamedTuple):
    """A file as a list of months names it."""

    pk: UUID
    name: str


class Told(NamedTuple):
    """What one table of a file says of months; None where they were never counted."""

    kind: str
    months: Mapping[str, int] | None
    file: Named


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind in one month: rows and the files they stand in; files whose place others have taken."""

    rows: int = 0
    files: tuple[Named, ...] = ()
    replaced: tuple[Named, ...] = ()


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
    """Everything a centre handed in that still says something, with what was read from it.

    Args:
        months: names of the twelve months before application, in the order of the calendar; none without a profile.
        counted, replaced: tables of the files that count, and of those whose place others have taken.
        in_work: files that are still to be read.
        rejected: files that do not count; of the same bytes the last try, none where one counts.
    """

    centre: Centre
    months: tuple[str, ...]
    counted: tuple[Told, ...]
    replaced: tuple[Told, ...]
    in_work: tuple[Evidence, ...]
    rejected: tuple[Evidence, ...]

    @cached_property
    def handed_in(self) -> HandedIn:
        """The months and kinds as tasks are told from."""
        months: dict[str, set[str]] = defaultdict(set)
        for table in self.counted:
            months[table.kind].update(table.months or ())
        reading = {kind for item in self.in_work for kind in _kinds(item)}
        return HandedIn(months=dict(months), reading=frozenset(reading))

    def matrix(self) -> list[KindRow]:
        """A row for every kind that came or comes monthly; those that came first."""
        rows: dict[tuple[str, str], int] = defaultdict(int)
        files: dict[tuple[str, str], list[Named]] = defaultdict(list)
        replaced: dict[tuple[str, str], list[Named]] = defaultdict(list)
        untold: dict[str, int] = defaultdict(int)
        for table in self.counted:
            if table.months is None:
                untold[table.kind] += 1
            for month, count in (table.months or {}).items():
                rows[table.kind, month] += count
                files[table.kind, month].append(table.file)
        for table in self.replaced:
            for month in table.months or {}:
                replaced[table.kind, month].append(table.file)
        maps = {one.kind: one for one in ColumnMapVersion.objects.filter(centre=self.centre).order_by("saved_at")}
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
                column_map=maps.get(kind),
            )
            for kind in sorted(shown, key=lambda one: (one not in came, shown.index(one)))
        ]


def intake_of(centre: Centre, profile: FacilityProfile | None) -> Intake:
    """In three queries, however many files there are; of an archive its members."""
    counted, replaced = _told(centre)
    in_work, rejected = _not_counted(centre)
    return Intake(centre, months_before(profile), counted, replaced, in_work, rejected)


def _told(centre: Centre) -> tuple[tuple[Told, ...], tuple[Told, ...]]:
    """The tables of files that count, and of those whose place others have taken, files in the order they came.

    A centre has thousands: what says the same of the same months is read once, and no row becomes a model.
    """
    states = (EvidenceState.ACCEPTED, EvidenceState.SUPERSEDED)
    found = ObservationTable.objects.filter(evidence__centre=centre, evidence__state__in=states)
    in_order = found.order_by("evidence__received_at", "evidence_id", "kind")
    columns = ("evidence__state", "kind", Cast("months", TextField()), "evidence_id", "evidence__name")
    read = cache(json.loads)
    told: dict[str, list[Told]] = {state: [] for state in states}
    for state, kind, months, pk, name in in_order.values_list(*columns):
        told[state].append(Told(kind, None if months is None else read(months), Named(pk, name)))
    return tuple(told[EvidenceState.ACCEPTED]), tuple(told[EvidenceState.SUPERSEDED])


def _not_counted(centre: Centre) -> tuple[tuple[Evidence, ...], tuple[Evidence, ...]]:
    """Files that are still to be read, and those that were rejected."""
    counts = Evidence.objects.filter(centre=centre, blob=OuterRef("blob"), state=EvidenceState.ACCEPTED)
    found = (
        Evidence.objects.filter(centre=centre, state__in=(*STATES_OF_REJECTION, *NOT_YET_READ))
        .exclude(Exists(counts), state__in=STATES_OF_REJECTION)
        .select_related("column_map")
        .only("name", "state", "blob", "problem", "format", "declared_format", "column_map__content")
        .order_by("received_at", "pk")
    )
    files = list(found)
    rejected = {item.blob_id: item for item in files if item.state in STATES_OF_REJECTION}
    return tuple(item for item in files if item.state in NOT_YET_READ), tuple(rejected.values())


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
