"""Reads `robustness` of `rubric.yaml`: what is varied, and by how much, when ranks are tried; with its defaults."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from indicators.rubric.fields import Fields
from indicators.rubric.head import Head
from indicators.rubric.model import Aggregate, Aggregation, Group, Variation
from indicators.rubric.rules import aggregation_of
from indicators.rubric.varied import CommonError, Distribution, Normalisation

DRAWS = 1000
MOST_DRAWS = 100_000
SPREAD = Decimal("0.20")
FLOOR = Decimal("0.01")  # of the highest points, for a geometric mean that is tried: one child at 0 decides not alone

NOTHING_VARIED = Variation(DRAWS, Decimal(0), Distribution.UNIFORM, normalisations=(), aggregations=())


def read_variation(fields: Fields, *, root: Group, head: Head) -> Variation:
    """What the rubric declares; what it leaves out is as in a rubric without the section.

    Args:
        fields: of `rubric.yaml`.
        head: what else it says; levels need grades, common errors need measures.
    """
    default = default_variation(root, head)
    own = fields.inner("robustness")
    if own is None:
        return default
    return variation_of(own, default=default, graded=head.grades is not None, measures=head.measures)


def variation_of(own: Fields, *, default: Variation, graded: bool, measures: Collection[str]) -> Variation:
    """The section itself."""
    spread, distribution = _weights(own, default)
    read = Variation(
        draws=_draws(own),
        weight_spread=spread,
        weight_distribution=distribution,
        normalisations=_normalisations(own, default, graded=graded),
        aggregations=_aggregations(own, default),
        common_errors=_common_errors(own, measures),
    )
    own.done()
    return read


def default_variation(root: Group, head: Head) -> Variation:
    """Weights ±20 %, levels in place of lines where there are grades, the other of arithmetic and geometric."""
    other = Aggregation(Aggregate.ARITHMETIC)
    if root.aggregation.kind is Aggregate.ARITHMETIC:
        other = Aggregation(Aggregate.GEOMETRIC, floor=root.aggregation.floor or FLOOR * head.span.highest)
    return Variation(
        draws=DRAWS,
        weight_spread=SPREAD,
        weight_distribution=Distribution.UNIFORM,
        normalisations=(Normalisation.LEVELS,) if head.grades else (),
        aggregations=(other,),
    )


def _draws(own: Fields) -> int:
    draws = own.count("draws", default=DRAWS, most=MOST_DRAWS)
    if draws == 0:
        own.fault(
            "not_positive", at=own.place("draws"), zh="抽样次数必须为正。", en="The number of draws must be positive."
        )
        return DRAWS
    return draws


def _weights(own: Fields, default: Variation) -> tuple[Decimal, Distribution]:
    weights = own.inner("weights")
    if weights is None:
        return default.weight_spread, default.weight_distribution
    spread = weights.decimal("spread", default=default.weight_spread)
    if not 0 <= spread < 1:
        weights.fault(
            "spread_out_of_range",
            at=weights.place("spread"),
            zh="权重的变动幅度应不小于 0 且小于 1。",
            en="The spread of weights lies from 0 to below 1.",
        )
        spread = default.weight_spread
    distribution = weights.choice("distribution", Distribution, default=default.weight_distribution)
    weights.done()
    return spread, distribution


def _normalisations(own: Fields, default: Variation, *, graded: bool) -> tuple[Normalisation, ...]:
    if "normalisation" not in own:
        return default.normalisations
    found: list[Normalisation] = []
    for word in own.names("normalisation"):
        if word not in tuple(Normalisation):
            words = ", ".join(Normalisation)
            own.fault(
                "unknown_choice",
                at=own.place("normalisation"),
                zh=f"“normalisation”只能是：{words}。",
                en=f"“normalisation” must be of: {words}.",
            )
            continue
        found.append(Normalisation(word))
    if Normalisation.LEVELS in found and not graded:
        own.fault(
            "no_grades",
            at=own.place("normalisation"),
            zh="没有等级的评价体系没有分级可换。",
            en="A rubric without grades has no levels.",
        )
    return tuple(dict.fromkeys(found))


def _aggregations(own: Fields, default: Variation) -> tuple[Aggregation, ...]:
    if "aggregation" not in own:
        return default.aggregations
    return tuple(aggregation_of(entry) for entry in own.each("aggregation", "combined"))


def _common_errors(own: Fields, measures: Collection[str]) -> tuple[CommonError, ...]:
    found: list[CommonError] = []
    taken: set[str] = set()
    for entry in own.each("common_errors"):
        common = CommonError(
            entry.identifier("id") or "", entry.names("measures"), entry.decimal("share", default=Decimal(1))
        )
        for measure in common.measures:
            if measure not in measures:
                entry.fault(
                    "unknown_measure",
                    at=entry.place("measures"),
                    zh=f"未声明的度量“{measure}”。",
                    en=f"The measure “{measure}” is not declared.",
                )
            if measure in taken:
                entry.fault(
                    "repeated_measure",
                    at=entry.place("measures"),
                    zh=f"“{measure}”只能属于一组共同误差。",
                    en=f"“{measure}” can belong to one common error only.",
                )
            taken.add(measure)
        if not 0 <= common.share <= 1:
            entry.fault(
                "share_out_of_range",
                at=entry.place("share"),
                zh="份额应在 0 到 1 之间。",
                en="A share lies between 0 and 1.",
            )
        entry.done()
        found.append(common)
    if len({common.id for common in found}) != len(found):
        own.fault(
            "duplicate_id",
            at=own.place("common_errors"),
            zh="共同误差的 id 重复。",
            en="Two common errors share one id.",
        )
    return tuple(found)
