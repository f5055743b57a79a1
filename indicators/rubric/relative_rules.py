"""Reads the curves that compare a facility with a sample of others."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from indicators.rubric.fields import Fields, Span
from indicators.rubric.relative import (
    Deviation,
    Distance,
    MinMax,
    OutlierRule,
    Outliers,
    Percentile,
    PercentileMethod,
    PercentileRank,
    Rank,
    Sample,
    Ties,
    ZScore,
)
from indicators.rubric.rules import read_condition

HUNDRED = Decimal(100)
_KEYS_OF = {
    OutlierRule.WINSORISE: ("lower", "upper", "method"),
    OutlierRule.TRIM: ("lower", "upper", "method"),
    OutlierRule.FENCES: ("factor", "method"),
    OutlierRule.SKEW_KURTOSIS: ("skewness", "kurtosis", "most"),
}


def _min_max(fields: Fields, span: Span) -> MinMax:
    worst, best, alike = _ends(fields, span)
    reference = fields.inner("reference")
    lowest, highest = _known(reference, "lowest", "highest")
    if lowest is not None and highest is not None and lowest >= highest:
        fields.fault(
            "bad_range",
            at=fields.place("reference"),
            zh="reference 的 lowest 必须小于 highest。",
            en="lowest must be below highest in the reference.",
        )
    return MinMax(_sample(fields), worst, best, alike, lowest, highest)


def _z_score(fields: Fields, span: Span) -> ZScore:
    centre, spread = fields.decimal("mean"), fields.decimal("spread")
    if spread <= 0:
        fields.fault("not_positive", at=fields.place("spread"), zh="spread 必须为正。", en="spread must be positive.")
    span.check(fields, centre, at=fields.place("mean"))
    alike = fields.decimal("alike", default=centre)
    clamp = fields.maybe_decimal("clamp")
    if clamp is not None and clamp <= 0:
        fields.fault("not_positive", at=fields.place("clamp"), zh="clamp 必须为正。", en="clamp must be positive.")
    reference = fields.inner("reference")
    mean, deviation = _known(reference, "mean", "deviation")
    if deviation is not None and deviation <= 0:
        fields.fault(
            "not_positive", at=fields.place("reference"), zh="deviation 必须为正。", en="deviation must be positive."
        )
    divisor = fields.choice("deviation", Deviation)
    return ZScore(
        _sample(fields),
        centre,
        spread,
        divisor,
        span.check(fields, alike, at=fields.place("alike")),
        clamp,
        mean,
        deviation,
    )


def _rank(fields: Fields, span: Span) -> Rank:
    worst, best, alike = _ends(fields, span)
    ties = fields.choice("ties", Ties)
    return Rank(_sample(fields), worst, best, ties, alike)


def _percentile(fields: Fields, span: Span) -> Percentile:
    worst, best, alike = _ends(fields, span)
    method = fields.choice("method", PercentileRank)
    return Percentile(_sample(fields), worst, best, method, alike)


def _to_best(fields: Fields, span: Span) -> Distance:
    return _distance(fields, span, target=None)


def _to_target(fields: Fields, span: Span) -> Distance:
    return _distance(fields, span, target=fields.decimal("target"))


def _distance(fields: Fields, span: Span, *, target: Decimal | None) -> Distance:
    worst, best, alike = _ends(fields, span)
    by_ratio = fields.word("by", "ratio", "gap") != "gap"
    if "by" not in fields:
        fields.fault("missing_key", zh="缺少“by”（ratio 或 gap）。", en="“by” is missing (ratio or gap).")
    if by_ratio and target is not None and target <= 0:
        fields.fault(
            "not_positive",
            at=fields.place("target"),
            zh="按比例计算时 target 必须为正。",
            en="By ratio, the target must be positive.",
        )
    reference = fields.inner("reference")
    (farthest,) = _known(reference, "farthest")
    if farthest is not None and (by_ratio or farthest <= 0):
        fields.fault(
            "not_positive",
            at=fields.place("reference"),
            zh="farthest 为正数，只用于 by: gap。",
            en="farthest is positive and goes with by: gap only.",
        )
    return Distance(_sample(fields), worst, best, by_ratio, alike, target, farthest)


RELATIVE: dict[str, Callable[[Fields, Span], MinMax | ZScore | Rank | Percentile | Distance]] = {
    "min_max": _min_max,
    "z_score": _z_score,
    "rank": _rank,
    "percentile": _percentile,
    "distance_to_best": _to_best,
    "distance_to_target": _to_target,
}


def _ends(fields: Fields, span: Span) -> tuple[Decimal, Decimal, Decimal]:
    """Points of the worst and the best, and where there is nothing to tell them apart: halfway, unless declared."""
    worst = span.check(fields, fields.decimal("worst", default=span.lowest), at=fields.place("worst"))
    best = span.check(fields, fields.decimal("best", default=span.highest), at=fields.place("best"))
    if worst >= best:
        fields.fault("bad_range", at=fields.place("worst"), zh="worst 必须小于 best。", en="worst must be below best.")
    alike = fields.decimal("alike", default=(worst + best) / 2)
    return worst, best, span.check(fields, alike, at=fields.place("alike"))


def _known(reference: Fields | None, *names: str) -> tuple[Decimal | None, ...]:
    """Figures declared instead of the sample's."""
    if reference is None:
        return (None,) * len(names)
    known = tuple(reference.maybe_decimal(name) for name in names)
    reference.done()
    return known


def _sample(fields: Fields) -> Sample:
    own = fields.inner("sample")
    outliers = _outliers(fields)
    if own is None:
        return Sample(outliers=outliers)
    value = own.raw("where", "condition")
    sample = Sample(None if value is None else read_condition(value, own), own.names("within"), outliers)
    own.done()
    return sample


def _outliers(fields: Fields) -> Outliers | None:
    own = fields.inner("outliers")
    if own is None:
        return None
    rule = own.choice("rule", OutlierRule)
    elsewhere = {key for keys in _KEYS_OF.values() for key in keys} - set(_KEYS_OF[rule])
    for key in own.all_keys():
        if key in elsewhere:
            own.fault(
                "unknown_key",
                at=own.place(key),
                zh=f"“{key}”不用于 rule: {rule}。",
                en=f"“{key}” does not go with rule: {rule}.",
            )
    default = Outliers(rule)
    outliers = Outliers(
        rule,
        lower=own.decimal("lower", default=default.lower),
        upper=own.decimal("upper", default=default.upper),
        method=own.choice("method", PercentileMethod, default=default.method),
        factor=own.decimal("factor", default=default.factor),
        skewness=own.decimal("skewness", default=default.skewness),
        kurtosis=own.decimal("kurtosis", default=default.kurtosis),
        most=own.count("most", default=default.most),
    )
    if not 0 <= outliers.lower < outliers.upper <= HUNDRED:
        own.fault(
            "bad_range",
            zh="百分位应为 0 ≤ lower < upper ≤ 100。",
            en="Percentiles must be 0 ≤ lower < upper ≤ 100.",
        )
    if outliers.factor < 0 or outliers.skewness < 0 or outliers.kurtosis < 0:
        own.fault("not_positive", zh="此值不能为负。", en="The figure must not be negative.")
    own.done()
    return outliers
