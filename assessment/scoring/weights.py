"""Which nodes are in a facility's tree, and with which weight, by its class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessment.scoring.digits import INNER
from core.errors import InputError
from core.provenance import Where
from core.quantity import read_number
from core.suggestion import meant
from core.text import Text
from indicators.rubric.model import CentreClassRule, Classes, Edition, Weight


@dataclass(frozen=True, slots=True)
class ClassWeights:
    """The weights of one facility: one class, or `share` of the first and the rest of the second."""

    rule: CentreClassRule | None
    share: Fraction | None
    assumed: bool  # the class is the rubric's declared default, not the profile's

    def weight(self, weight: Weight) -> Decimal | None:
        """None: not in this facility's tree. Mixed weights are exact, never rounded."""
        if not weight.by_class or self.rule is None:
            return weight.everywhere
        if self.rule.mixes is None or self.share is None:
            return weight.by_class.get(self.rule.id)
        first, second = (weight.by_class.get(name) for name in self.rule.mixes)
        if first is None and second is None:
            return None
        mixed = self.share * Fraction(first or 0) + (1 - self.share) * Fraction(second or 0)
        return _exact(mixed) if mixed else None


def class_weights(edition: Edition, *, facility: str, profile: Mapping[str, Any]) -> ClassWeights:
    """Read class and share off the profile.

    Raises:
        InputError: no class where the rubric has classes and no default, an unknown class, or a missing or bad share.
    """
    classes = edition.classes
    if classes is None:
        return ClassWeights(None, None, assumed=False)
    named = profile.get(classes.attribute)
    assumed = named in (None, "")
    name = str(classes.default if assumed else named)
    try:
        rule = classes.named(name)
    except KeyError:
        raise _bad_attribute(facility, classes.attribute, name if not assumed else "", classes) from None
    return ClassWeights(rule, _share(rule, facility=facility, profile=profile), assumed=assumed)


def _share(rule: CentreClassRule, *, facility: str, profile: Mapping[str, Any]) -> Fraction | None:
    if rule.mixes is None or rule.share is None:
        return None
    written = profile.get(rule.share)
    try:
        share = written if isinstance(written, Decimal) else read_number(str(written))
    except InputError:
        share = None
    if share is None or not 0 <= share <= 1:
        raise InputError(
            "share_missing",
            Text(
                zh=f"{facility}：类别“{rule.title.zh}”需要 0 到 1 之间的 profile.{rule.share}。",
                en=f"{facility}: the class “{rule.title.en}” needs profile.{rule.share} between 0 and 1.",
            ),
            where=Where(field=f"profile.{rule.share}"),
            hint=Text(
                zh=f'请在档案中填写，例如 {rule.share}: "0.60"。',
                en=f'Write it into the profile, such as {rule.share}: "0.60".',
            ),
        )
    return Fraction(share)


def _bad_attribute(facility: str, attribute: str, name: str, classes: Classes) -> InputError:
    words = ", ".join(rule.id for rule in classes.classes)
    shown = f"“{name}”" if name else "–"
    return InputError(
        "unknown_class",
        Text(
            zh=f"{facility}：profile.{attribute} 为 {shown}，应为：{words}。",
            en=f"{facility}: profile.{attribute} is {shown}; it must be one of: {words}.",
        ),
        where=Where(field=f"profile.{attribute}"),
        hint=meant(
            name,
            [rule.id for rule in classes.classes],
            otherwise=Text(zh="请在档案中填写所列的词之一。", en="Write one of these words into the profile."),
        ),
    )


def _exact(value: Fraction) -> Decimal:
    """A finite decimal fraction as a decimal, all digits kept."""
    digits = 0
    while (value * 10**digits).denominator != 1:
        digits += 1
    return Decimal((value * 10**digits).numerator).scaleb(-digits, context=INNER)
