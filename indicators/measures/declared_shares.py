"""What a centre offers, as it declares it and assessors judge it: toolchain, migration, assets, granularity."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import partial

import pyarrow as pa

from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Outcome, Quality, Reason
from core.provenance import Support
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.columns import exact_sum
from indicators.measures.covered_window import covered_window
from indicators.measures.declared import Quantity, checklist_share, declared_quantity, declared_value
from indicators.measures.findings import PartMissing, note, nothing_handed_in, percent, worst
from indicators.measures.job_log import SHORTEST_DAYS, YEAR_DAYS, job_log, window
from indicators.measures.references import size_class, size_classes

MODELS_OF_MATRIX = 50
SPOT_CHECKS = 5
CONNECTED_WITHOUT_JOBS = Fraction(5, 1000)
_COUNTS = dict.fromkeys(("1", "", "个", "项", "model", "models", "asset", "assets", "card", "cards", "卡"), Fraction(1))
_CARD_HOURS = dict.fromkeys(("card·h", "card-hour", "card-hours", "卡时"), Fraction(1))
_SHARES = {"%": Fraction(1, 100), "ratio": Fraction(1), "1": Fraction(1), "": Fraction(1)}

toolchain_coverage = partial(checklist_share, "toolchain_coverage", "US-2.1")
api_sdk_documentation_coverage = partial(declared_value, "api_sdk_documentation_coverage", "US-1.2", "%")


def migration_coverage(evidence: CentreEvidence) -> Measurement:
    """Models of the shared matrix that run ÷ 50 × spot checks passed ÷ 5, in per cent.

    Declared under `US-2.2.matrix_models` and `US-2.2.spot_checks_passed`.

    Raises:
        NoEvidence.
        InsufficientData: `part_not_declared`.
        InvalidEvidence: `more_than_asked`.
    Source: scheme §2.4 US-2.2.
    """
    models, passed = _both(evidence, "US-2.2.matrix_models", "US-2.2.spot_checks_passed", _COUNTS)
    for found, most in ((models, MODELS_OF_MATRIX), (passed, SPOT_CHECKS)):
        if found.amount > most:
            raise _more_than(found, most)
    return Measurement(
        measure="migration_coverage",
        outcome=Outcome.SCORED,
        unit="%",
        value=measured(models.amount / MODELS_OF_MATRIX * passed.amount / SPOT_CHECKS * 100),
        quality=worst([models.quality, passed.quality]),
        formula=f"C = models ÷ {MODELS_OF_MATRIX} × passed ÷ {SPOT_CHECKS} × 100",
        inputs=(
            Input(
                "models",
                Text(zh="矩阵中可运行的模型", en="Models of the matrix that run"),
                measured(models.amount),
                "1",
            ),
            Input("passed", Text(zh="通过的抽查", en="Spot checks passed"), measured(passed.amount), "1"),
        ),
        rests_on=_declared(models, passed),
    )


def ready_assets(evidence: CentreEvidence) -> Measurement:
    """Usable models and data sets, declared under `US-2.3`, ÷ the reference of the centre's size class.

    Raises:
        NoEvidence.
        InsufficientData: `no_peak` where the size class cannot be told.
    Source: scheme §2.4 US-2.3.
    """
    assets = declared_quantity(evidence, "US-2.3", _COUNTS)
    if assets is None:
        raise nothing_handed_in(["declaration"])
    size = size_class(evidence.profile)
    return Measurement(
        measure="ready_assets",
        outcome=Outcome.SCORED,
        unit="ratio",
        value=measured(assets.amount / Fraction(size.ready_assets)),
        quality=assets.quality,
        formula="r = assets ÷ reference",
        inputs=(
            Input(
                "assets", Text(zh="可用模型与数据集", en="Usable models and data sets"), measured(assets.amount), "1"
            ),
            Input(
                "reference",
                Text(zh="规模等级参考值", en="Reference of the size class"),
                size.ready_assets,
                "1",
                size_classes().cited(size.tier.value),
            ),
        ),
        rests_on=_declared(assets),
    )


def elastic_granularity(evidence: CentreEvidence) -> Measurement:
    """Largest self-service unit ÷ smallest rentable unit, in cards; declared under `US-1.4.largest` and `.smallest`.

    Raises:
        NoEvidence.
        InsufficientData: `part_not_declared`.
        InvalidEvidence: `smallest_above_largest`, also for a smallest unit of nothing.
    Source: scheme §2.4 US-1.4 (display).
    """
    largest, smallest = _both(evidence, "US-1.4.largest", "US-1.4.smallest", _COUNTS)
    if not 0 < smallest.amount <= largest.amount:
        raise InvalidEvidence(
            "smallest_above_largest",
            Text(
                zh="最小可租单位应大于 0，且不大于最大自助单位。",
                en="The smallest unit must be more than 0 and no larger than the largest one.",
            ),
            hint=Text(zh="请更正声明。", en="Correct the declaration."),
        )
    return Measurement(
        measure="elastic_granularity",
        outcome=Outcome.SCORED,
        unit="1",
        value=measured(largest.amount / smallest.amount),
        quality=worst([largest.quality, smallest.quality]),
        formula="g = largest ÷ smallest",
        inputs=(
            Input("largest", Text(zh="最大自助单位", en="Largest self-service unit"), measured(largest.amount), "card"),
            Input("smallest", Text(zh="最小可租单位", en="Smallest unit"), measured(smallest.amount), "card"),
        ),
        rests_on=_declared(largest, smallest),
    )


def scheduling_interconnection(evidence: CentreEvidence) -> Measurement:
    """Card-hours placed through external platforms ÷ all card-hours × share of those jobs that succeeded, in per cent.

    Declared of the twelve months under `US-5.1.external_card_hours` and `US-5.1.success`; all card-hours come from the
    scheduler, those of a shorter log brought to the twelve months by its days, at grade C. A live connection without
    jobs, declared as 0 card-hours, counts as 0.5 %.

    Raises:
        NoEvidence: no declaration, or no jobs.
        InsufficientData: `part_not_declared`, `window_not_covered`.
        InvalidEvidence: `more_than_all`.
    Source: scheme §2.4 US-5.1.
    """
    external = declared_quantity(evidence, "US-5.1.external_card_hours", _CARD_HOURS)
    if external is None or not evidence.rows("jobs").num_rows:
        raise nothing_handed_in(["declaration", "jobs"])
    log = job_log(evidence)
    covered = covered_window(log, evidence, days=(YEAR_DAYS, 180, SHORTEST_DAYS))
    period = covered.period
    told = Fraction(exact_sum(log.held(period) * log.cards), 3_600_000)
    everything = told * window(evidence, YEAR_DAYS).milliseconds / period.milliseconds
    if external.amount > everything:
        raise InvalidEvidence(
            "more_than_all",
            Text(
                zh="申报的外部调度卡时多于全部已分配卡时。",
                en="More card-hours are declared as placed from outside than were allocated at all.",
            ),
            hint=Text(
                zh="请核对声明与作业记录的时间范围。", en="Check the declaration against the period of the jobs."
            ),
        )
    succeeded = declared_quantity(evidence, "US-5.1.success", _SHARES)
    if external.amount and succeeded is None:
        raise _part_missing("US-5.1.success")
    share = external.amount / everything * min(succeeded.amount, Fraction(1)) if external.amount and succeeded else None
    return Measurement(
        measure="scheduling_interconnection",
        outcome=Outcome.SCORED,
        unit="%",
        value=measured((CONNECTED_WITHOUT_JOBS if share is None else share) * 100),
        period=period,
        coverage=covered.coverage,
        quality=worst(
            [
                covered.quality,
                *([Quality.C] if everything != told else []),
                external.quality,
                *([succeeded.quality] if succeeded else []),
            ]
        ),
        formula="s = external ÷ all × success × 100",
        inputs=(
            Input("external", Text(zh="外部调度卡时", en="Placed from outside"), measured(external.amount), "card·h"),
            Input("all", Text(zh="全部卡时", en="All card-hours"), measured(everything), "card·h"),
            *(
                [Input("success", Text(zh="成功率", en="Share that succeeded"), measured(succeeded.amount), "1")]
                if succeeded
                else []
            ),
        ),
        notes=(
            *covered.notes,
            *([_brought_to_the_year(covered.days, told, everything)] if everything != told else []),
            *([_CONNECTED] if share is None else []),
        ),
        rests_on=(
            *_declared(external, *([succeeded] if succeeded else [])),
            *log.support(log.ran_in(period)),
        ),
    )


_CONNECTED = note(
    "connected_without_jobs",
    f"已接通但没有作业，按 {percent(CONNECTED_WITHOUT_JOBS)} 计。",
    f"A connection without jobs counts as {percent(CONNECTED_WITHOUT_JOBS)}.",
)


def _brought_to_the_year(days: int, told: Fraction, everything: Fraction) -> Reason:
    return note(
        "brought_to_the_year",
        f"申报为十二个月的卡时，而作业记录只覆盖 {days} 天：其 {round(told)} 卡时按天数折算为十二个月的 "
        f"{round(everything)} 卡时，证据等级最高为 C。请提交十二个月的作业记录。",
        f"Twelve months are declared, and the job records cover {days} days: their {round(told)} card-hours are "
        f"brought to {round(everything)} of twelve months by the days, grade C at best. Hand in the jobs of "
        "twelve months.",
    )


def _both(
    evidence: CentreEvidence, first: str, second: str, units: Mapping[str, Fraction]
) -> tuple[Quantity, Quantity]:
    one, other = (declared_quantity(evidence, code, units) for code in (first, second))
    if one is None and other is None:
        raise nothing_handed_in(["declaration"])
    if one is None or other is None:
        raise _part_missing(first if one is None else second)
    return one, other


def _part_missing(code: str) -> InsufficientData:
    return PartMissing(
        "part_not_declared",
        Text(zh=f"声明中缺少 {code}。", en=f"{code} is not declared."),
        hint=Text(zh="请在声明中补充。", en="Add it to the declaration."),
        ways=(("declaration",),),
    )


def _more_than(found: Quantity, most: int) -> InvalidEvidence:
    return InvalidEvidence(
        "more_than_asked",
        Text(
            zh=f"{found.code} 为 {measured(found.amount)}，最多只能是 {most}。",
            en=f"{found.code} is {measured(found.amount)}; it can be {most} at most.",
        ),
        hint=Text(zh="请更正声明。", en="Correct the declaration."),
    )


def _declared(*found: Quantity) -> tuple[Support, ...]:
    return support("declaration", pa.concat_tables(one.rows for one in found))
