"""What users meet: how tickets are answered and what users say of the service."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
import pyarrow.compute as pc

from core.errors import InsufficientData
from core.outcome import Outcome, Quality, Reason
from core.period import Period
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.columns import MISSING, bounds, distinct, exact_sum, figures, milliseconds
from indicators.measures.declared import declared_quantity
from indicators.measures.findings import NotApplicable, note, nothing_handed_in

MONTHS = 12
LEAST_TICKETS = 10
SURVEY_MONTHS = 6
LEAST_ANSWERS = 8
ENOUGH_ANSWERS = 30

_MINUTE = 60_000
_HOUR = 60 * _MINUTE
# First response and resolution by priority, ms.
LIMITS = {
    "P1": (15 * _MINUTE, 4 * _HOUR),
    "P2": (_HOUR, 24 * _HOUR),
    "P3": (8 * _HOUR, 5 * 24 * _HOUR),
}


def _each_once(rows: pa.Table) -> pa.Table:
    """One row per ticket: a resolved one before an open one, and of several the one that was latest."""
    ranked = rows.sort_by([("resolved_at", "descending"), ("first_response_at", "descending")])  # unknown ones last
    return distinct(ranked, by=("ticket", "opened_at"))


def ticket_resolution(evidence: CentreEvidence) -> Measurement:
    """Share of twelve months' tickets answered and resolved in time, in per cent.

    P1: 15 min and 4 h; P2: 1 h and 24 h; P3: 8 h and 5 days. A ticket whose limits had not yet run out when
    the period ended, and a ticket of another priority, is left out. One handed in open and, later on, as resolved
    counts once.

    Raises:
        NotApplicable: `too_few_tickets` with fewer than ten.
    Source: scheme §2.4 US-4.1.
    """
    rows = evidence.rows("tickets")
    if not rows.num_rows:
        raise nothing_handed_in(["tickets"])
    rows = _each_once(rows)
    profile = evidence.profile
    period = Period.whole_months(profile.applied_on, months=MONTHS, zone=profile.place.timezone)
    start, end = bounds(period)
    opened, answered, resolved = (
        milliseconds(rows.column(name)) for name in ("opened_at", "first_response_at", "resolved_at")
    )
    judged: list[int] = []
    good = unknown = 0
    for index, priority in enumerate(rows.column("priority").to_pylist()):
        first = int(opened[index])
        if not start <= first < end:
            continue
        if priority not in LIMITS:
            unknown += 1
            continue
        done = int(resolved[index])
        # A resolution without a first response of its own is the first response.
        replied = int(answered[index]) if answered[index] != MISSING else done
        pending = [limit for at, limit in zip((replied, done), LIMITS[priority], strict=True) if at == MISSING]
        if any(first + limit >= end for limit in pending):
            continue
        judged.append(index)
        good += not pending and replied - first <= LIMITS[priority][0] and done - first <= LIMITS[priority][1]
    if len(judged) < LEAST_TICKETS:
        raise NotApplicable(
            "too_few_tickets",
            Text(
                zh=f"十二个月内工单少于 {LEAST_TICKETS} 张，本指标不适用。",
                en=f"With fewer than {LEAST_TICKETS} tickets in twelve months this indicator does not apply.",
            ),
        )
    notes = [
        note(
            "unknown_priority",
            f"{unknown} 张工单的优先级不是 P1、P2、P3，未计入。",
            f"{unknown} tickets are neither P1, P2 nor P3 and do not count.",
        )
    ]
    return Measurement(
        measure="ticket_resolution",
        outcome=Outcome.SCORED,
        unit="%",
        value=measured(Fraction(100 * good, len(judged))),
        period=period,
        quality=Quality.A,
        formula="T = in_time ÷ tickets × 100",
        inputs=(
            Input("in_time", Text(zh="按时响应并解决的工单", en="Answered and resolved in time"), Decimal(good), "1"),
            Input("tickets", Text(zh="工单数", en="Tickets"), Decimal(len(judged)), "1"),
        ),
        notes=tuple(notes) if unknown else (),
        rests_on=support("tickets", rows.take(pa.array(judged, pa.int64()))),
    )


def sus_mean(evidence: CentreEvidence) -> Measurement:
    """Mean score of the ten-item System Usability Scale, answers at most six months old, 0–100 points.

    Enough are min(30, half of the active users), the users declared under `US-4.3.active_users`; fewer make
    grade C, fewer than eight none. Of a respondent who answered more than once the latest answer counts.

    Raises:
        InsufficientData: `too_few_answers`.
    Source: Brooke 1996 (scale); scheme §2.4 US-4.3 (sample).
    """
    rows = evidence.rows("survey_responses")
    if not rows.num_rows:
        raise nothing_handed_in(["survey_responses"])
    answers = _recent(distinct(rows), evidence.profile.applied_on)
    rows = _one_of_each(answers)
    number = rows.num_rows
    if number < LEAST_ANSWERS:
        raise InsufficientData(
            "too_few_answers",
            Text(
                zh=f"近六个月内只有 {number} 份答卷，至少需要 {LEAST_ANSWERS} 份。",
                en=f"Only {number} answers of the last six months; at least {LEAST_ANSWERS} are needed.",
            ),
            hint=Text(zh="请补充调查并提交原始答卷。", en="Ask more users and hand in the raw answers."),
        )
    users = declared_quantity(evidence, "US-4.3.active_users", {"1": Fraction(1), "": Fraction(1), "user": Fraction(1)})
    needed = Fraction(ENOUGH_ANSWERS)
    if users:
        needed = min(needed, max(users.amount / 2, Fraction(LEAST_ANSWERS)))
    enough = number >= needed
    mean = Fraction(exact_sum(figures(rows.column("sus"))), number * 10**9)
    return Measurement(
        measure="sus_mean",
        outcome=Outcome.SCORED,
        unit="point",
        value=measured(mean),
        quality=Quality.A if enough else Quality.C,
        formula="SUS = Σ sus ÷ n",
        inputs=(Input("n", Text(zh="有效答卷", en="Answers"), Decimal(number), "1"),),
        notes=(*_answered_again(answers.num_rows - number), *([] if enough else [_small_sample(number, needed)])),
        rests_on=support("survey_responses", rows),
    )


def _one_of_each(answers: pa.Table) -> pa.Table:
    """One answer per respondent: the latest, and of one day the one that likes the service least."""
    return distinct(answers.sort_by([("answered_on", "descending"), ("sus", "ascending")]), by=("respondent",))


def _answered_again(earlier: int) -> Iterator[Reason]:
    if earlier:
        yield note(
            "answered_again",
            f"有 {earlier} 份答卷的受访者另有较新的答卷，每人只计最近一份。不同的受访者请用不同的编号。",
            f"{earlier} answers are of respondents who answered again; the latest answer of each counts. Give "
            "different people different names.",
        )


def _small_sample(number: int, needed: Fraction) -> Reason:
    return note(
        "small_sample",
        f"{number} 份答卷少于所需的 {measured(needed)} 份，证据等级不高于 C。",
        f"{number} answers are fewer than the {measured(needed)} needed: evidence grade C at most.",
    )


def _recent(rows: pa.Table, applied_on: dt.date) -> pa.Table:
    """Answers of the six months before application; an answer without a date is taken as it was handed in."""
    index = applied_on.year * 12 + applied_on.month - 1 - SURVEY_MONTHS
    first = dt.date(index // 12, index % 12 + 1, min(applied_on.day, 28))
    answered = rows.column("answered_on")
    inside = pc.and_(pc.greater_equal(answered, pa.scalar(first)), pc.less_equal(answered, pa.scalar(applied_on)))
    return rows.filter(pc.fill_null(inside, True))
