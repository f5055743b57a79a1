"""How every centre of a regulator's regions stands, one by one and counted by province."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Set
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from assessment.board_selectors.reasons import Reason, reasons_of, rejected_files
from assessment.board_selectors.signs import Known, Sign, centres_with_rejected
from assessment.models import OwnTable, Reminder
from assessment.selectors import Somebody
from centres.models import Centre, Person
from centres.permissions import is_administrator, is_of_the_body
from centres.roles import regulated_by
from evidence.models import STATES_THAT_CAME_TO_NOTHING, Evidence, EvidenceState, ObservationTable


@dataclass(frozen=True, slots=True)
class Standing:
    """One centre on the board.

    Args:
        month: the latest month that accepted evidence speaks of; None where none does, or months were not asked for.
        case, state: the newest case, and how far it is.
        cells: of the regulator's own table, in the order of its columns; empty without a row.
    """

    centre: Centre
    case: str | None
    state: str | None
    received_at: dt.datetime | None
    month: str | None
    grade: str
    score: Decimal | None
    certificate: str | None
    valid_until: dt.date | None
    reasons: tuple[Reason, ...]
    reminder: Reminder | None = None
    cells: tuple[str, ...] = ()

    @property
    def reported(self) -> bool:
        return not any(one.sign is Sign.NOT_REPORTED for one in self.reasons)


@dataclass(frozen=True, slots=True)
class ProvinceLine:
    """The centres of one province, counted."""

    province: str
    centres: int
    reported: int
    came_back: int
    ends_soon: int
    warned: int


def watched_centres(user: Somebody) -> QuerySet[Centre]:
    """All for the body and administrators, else the regions of the regulator; nobody else watches any."""
    if not user.is_active:
        return Centre.objects.none()
    if is_of_the_body(user) or is_administrator(user):
        return Centre.objects.all()
    regions = regulated_by(user)
    return Centre.objects.all() if "" in regions else Centre.objects.filter(province__in=regions)


def own_table(user: Somebody) -> OwnTable | None:
    return OwnTable.objects.filter(person=user).first() if isinstance(user, Person) else None


def province_lines(user: Somebody, *, today: dt.date | None = None) -> list[ProvinceLine]:
    """The provinces a person watches, by name; the figures count centres, not reasons."""
    watched = watched_centres(user).order_by()
    within = watched.values("pk")
    known = Known.of(within, today=today or timezone.localdate(), rejected=centres_with_rejected(within))
    alike = Counter(
        (province, frozenset(known.signs(centre))) for centre, province in watched.values_list("pk", "province")
    )
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for (province, signs), centres in alike.items():
        counts[province].update(dict.fromkeys(_counted(signs), centres))
    columns = [field.name for field in fields(ProvinceLine)][1:]
    return [
        ProvinceLine(province, *(counted[column] for column in columns)) for province, counted in sorted(counts.items())
    ]


def _counted(signs: Set[Sign]) -> Iterator[str]:
    """The columns of a province in which a centre with these signs counts."""
    yield "centres"
    if Sign.NOT_REPORTED not in signs:
        yield "reported"
    if not signs.isdisjoint((Sign.CAME_BACK, Sign.REJECTED)):
        yield "came_back"
    if Sign.ENDS_SOON in signs:
        yield "ends_soon"
    if any(sign.is_warning for sign in signs):
        yield "warned"


def board(
    user: Somebody,
    *,
    province: str = "",
    slug: str = "",
    among: Collection[int] | None = None,
    months: bool = False,
    today: dt.date | None = None,
) -> list[Standing]:
    """How the centres stand, by identifier.

    Args:
        province, slug: only centres of this province, only this centre; empty: all that the person watches.
        among: only centres with these keys, as on one page of the list.
        months: whether to look for the latest month of evidence, which reads a row per table of every file.
    """
    chosen = watched_centres(user)
    chosen = chosen.filter(province=province) if province else chosen
    chosen = chosen.filter(slug=slug) if slug else chosen
    chosen = chosen.filter(pk__in=among) if among is not None else chosen
    within = chosen.order_by().values("pk")
    files = rejected_files(within)
    known = Known.of(within, today=today or timezone.localdate(), rejected=files, worded=True)
    received, reminders, table = _received(within), _reminders(within), own_table(user)
    latest = _months(within) if months else {}
    return [
        Standing(
            centre=centre,
            case=case.pk if case else None,
            state=case.state if case else None,
            received_at=received.get(centre.pk),
            month=latest.get(centre.pk),
            grade=current.grade if current else "",
            score=Decimal(current.score) if current and current.score else None,
            certificate=certificate.number if certificate else None,
            valid_until=certificate.valid_until if certificate else None,
            reasons=reasons_of(known, centre.pk, files=files.get(centre.pk, ())),
            reminder=reminders.get(centre.pk),
            cells=tuple(table.cells.get(centre.slug, ())) if table else (),
        )
        for centre in chosen.order_by("slug")
        for case in (known.cases.get(centre.pk),)
        for certificate in (known.certificates.get(centre.pk),)
        for current in (known.current(centre.pk),)
    ]


def _received(within: QuerySet[Any]) -> dict[int, dt.datetime]:
    """When each centre last handed something in that came to something."""
    found = Evidence.objects.filter(centre__in=within).exclude(state__in=STATES_THAT_CAME_TO_NOTHING).order_by()
    return dict(found.values_list("centre").annotate(Max("received_at")))


def _reminders(within: QuerySet[Any]) -> dict[int, Reminder]:
    return {one.centre_id: one for one in Reminder.objects.filter(centre__in=within).order_by("pk")}


def _months(within: QuerySet[Any]) -> dict[int, str]:
    found: dict[int, str] = {}
    tables = ObservationTable.objects.filter(
        evidence__centre__in=within, evidence__state=EvidenceState.ACCEPTED, months__isnull=False
    )
    for centre, months in tables.order_by().values_list("evidence__centre_id", "months").iterator():
        if months:
            found[centre] = max(found.get(centre, ""), max(months))
    return found
