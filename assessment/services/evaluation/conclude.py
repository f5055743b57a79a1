"""What the rulings of an evaluation make of the measured result; without them, or all accepted, it is the same row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from assessment.desk_selectors import Item, Standing, items, measured_result
from assessment.models import Assessment, RatingRule, RatingState, RatingVersion, Screening, StoredResult
from assessment.result_selectors import inputs_of, situation_of
from assessment.scoring.explain.difference import Difference, difference
from assessment.scoring.explain.situation import Situation
from assessment.scoring.inputs import inputs_content
from assessment.scoring.rulings import Ruling, ruled_measurements, rulings_source
from assessment.scoring.semantics.registry import score
from assessment.services.results.score import keep
from core.canonical import canonical_digest
from core.errors import DecisionBlocked
from core.text import Text
from indicators.measures.base import Measurement
from indicators.selectors import typed

_NAMED = 12


def require_settled(case: Assessment) -> list[Item]:
    """Raises:
    DecisionBlocked: `not_settled` naming the indicators something is left to do on.
    """
    if case.rating == RatingRule.NONE:
        return []
    found = items(case)
    if left := [one.code for one in found if not one.standing.is_settled]:
        named, more = left[:_NAMED], len(left) - _NAMED
        rest_zh, rest_en = (f" 等 {len(left)} 项", f" and {more} more") if more > 0 else ("", "")
        raise DecisionBlocked(
            "not_settled",
            Text(
                zh=f"还有指标未评定：{'、'.join(named)}{rest_zh}。",
                en=f"Indicators are still to be settled: {', '.join(named)}{rest_en}.",
            ),
            hint=Text(
                zh="请在评定工作台逐项评定；没有疑点的数值可以一次采信。",
                en="Rule on them at the desk; figures nothing is odd about can be accepted at once.",
            ),
        )
    return found


def require_approved(case: Assessment) -> None:
    """Raises:
    DecisionBlocked: `reason_not_approved`, while a reason for not applicable waits for the reviewer, or was refused.
    """
    if case.rating == RatingRule.NONE:
        return
    waiting = [one.code for one in items(case) if is_waiting_for_reviewer(one) or not one.standing.is_settled]
    if not waiting:
        return
    raise DecisionBlocked(
        "reason_not_approved",
        Text(
            zh=f"不适用的理由尚未批准：{'、'.join(waiting)}。",
            en=f"A reason for not applicable is not approved: {', '.join(waiting)}.",
        ),
        hint=Text(
            zh="请在评定工作台批准或不批准；不批准的请退回评价。",
            en="Approve or refuse it at the desk; where you refuse, send the evaluation back.",
        ),
    )


def concluded(case: Assessment, found: Iterable[Item]) -> StoredResult | None:
    """The result with these rulings, kept; None where they change nothing of what was measured."""
    measured = measured_result(case)
    if measured is None:
        return None
    rulings = [ruling for one in found if (ruling := one.ruling) is not None]
    inputs, edition = inputs_of(measured), typed(case.edition)
    before = {name: Measurement.from_json(one) for name, one in inputs["measurements"].items()}
    said = rulings_source(edition, before, rulings)
    if not said:
        return None
    measurements = ruled_measurements(edition, before, rulings)
    content = inputs_content(
        facility=inputs["facility"],
        profile=inputs["profile"],
        measurements=measurements,
        sources=inputs["sources"] | said,
    )
    result = score(
        edition,
        facility=inputs["facility"],
        profile=inputs["profile"],
        measurements=measurements,
        inputs_digest=canonical_digest(content),
    )
    stored = keep(result, inputs=content, profile_version=measured.profile_version, edition=case.edition)
    if (screening := measured.screenings.first()) is not None:  # the same evidence, looked at once
        Screening.objects.get_or_create(
            result=stored,
            digest=screening.digest,
            defaults={"content": screening.content, "prints": screening.prints},
        )
    return stored


def effect_of(case: Assessment, rulings: Iterable[Ruling], *, since: Iterable[Ruling] = ()) -> Difference | None:
    """What one set of rulings makes of the score against another, by default against what was measured."""
    measured = measured_result(case)
    situation = situation_of(measured) if measured is not None else None
    if situation is None:
        return None
    return difference(_with(situation, since), _with(situation, rulings))


def rulings_at(case: Assessment, at: dt.datetime) -> list[Ruling]:
    """The rulings as they stood at an instant, from the versions that were saved until then."""
    newest: dict[object, RatingVersion] = {}
    kept = RatingVersion.objects.filter(rating__assessment=case, at__lte=at).select_related("rating__person", "person")
    newest.update((one.rating_id, one) for one in kept.order_by("version"))
    found = []
    for item in items(case):
        then = {}
        for seat, rating in item.ratings.items():
            if (version := newest.get(rating.pk)) is not None:
                rating.state, rating.level = version.state, version.level
                rating.ground, rating.text = version.ground, version.text
                then[seat] = rating
        ruling = replace(item, ratings=then).ruling
        if ruling is not None:
            found.append(ruling)
    return found


def is_waiting_for_reviewer(item: Item) -> bool:
    """Whether a reason for not applicable wants the reviewer's word; one the edition declares does not."""
    return item.standing is Standing.SETTLED and any(
        one.state == RatingState.NOT_APPLICABLE and not one.ground for one in item.decisive
    )


def _with(situation: Situation, rulings: Iterable[Ruling]) -> Situation:
    return situation.measuring(ruled_measurements(situation.edition, situation.measurements, rulings))
