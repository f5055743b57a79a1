"""How papers write figures, dates, grades and classes: once, in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from assessment.scoring.result import Node
from centres.profile import CentreClass, FacilityProfile, ScaleTier
from centres.provinces import province_name
from core.period import Period
from core.quantity import plain, rounded
from core.text import Text
from indicators.rubric.grade_words import grade_title

NOTHING = "—"

GRADE_SCALE = Text(zh="五级制，五级最高", en="of five, five is best")
CLASSES = {
    CentreClass.TRAINING_LED: Text(zh="训练为主", en="training-led"),
    CentreClass.INFERENCE_LED: Text(zh="推理为主", en="inference-led"),
    CentreClass.MIXED: Text(zh="训推混合", en="mixed training and inference"),
}
TIERS = {
    ScaleTier.BELOW_TIER: Text(zh="小型以下", en="below small"),
    ScaleTier.SMALL: Text(zh="小型", en="small"),
    ScaleTier.MEDIUM: Text(zh="中型", en="medium"),
    ScaleTier.LARGE: Text(zh="大型", en="large"),
}

# What a scheme awards: the word on agreement and certificate.
SCHEME_WORDS = {
    "assessment": Text(zh="评价", en="assessment"),
    "certification": Text(zh="认证", en="certification"),
}

# Stands on every page and every sheet about a pre-assessment.
NO_DECISION = Text(zh="预评价，非认证结论", en="pre-assessment, not a certification decision")

# Decimals a unit is published with; anything else gets two.
_DECIMALS = {"ratio": 3, "1": 3, "%": 2, "s": 0, "min": 0, "point": 1, "1/kcd": 3, "L/kWh": 2, "kg/kWh": 3}


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what stands behind it."""

    label: Text
    value: Text


@dataclass(frozen=True, slots=True)
class EditionWords:
    """What papers say of a rubric edition."""

    title: Text
    edition: str
    digest: str
    standing: Text
    limits: tuple[int, ...] = (40, 60, 75, 90)


@dataclass(frozen=True, slots=True)
class Installed:
    """What a centre has built, by the cited table of accelerator peaks; None where a card is not in the table."""

    tier: ScaleTier | None
    peak_pflop_s: Decimal | None
    source: str


def same(words: str) -> Text:
    """A text that reads the same in both languages, such as a number or a digest."""
    return Text(zh=words, en=words)


def grade_words(grade: str | None) -> Text:
    return grade_title(grade) if grade else same(NOTHING)


def points_words(points: Decimal | None) -> str:
    return plain(points) if points is not None else NOTHING


def grouped(count: int) -> str:
    return f"{count:,}"


def figure_words(value: Decimal, unit: str) -> str:
    """A measured value with the decimals its unit is published with, without the unit."""
    return plain(rounded(value, _DECIMALS.get(unit, 2)))


def tier_words(tier: ScaleTier | None) -> Text:
    return TIERS[tier] if tier else Text(zh="规模未知", en="unknown")


def peak_words(peak_pflop_s: Decimal | None) -> str:
    """Peta- or exa-FLOP/s, whichever needs fewer digits."""
    if peak_pflop_s is None:
        return NOTHING
    if peak_pflop_s >= 1000:
        return f"{plain(rounded(peak_pflop_s / 1000, 2))} EFLOP/s"
    return f"{plain(rounded(peak_pflop_s, 1))} PFLOP/s"


def percent_words(share: Decimal) -> str:
    return f"{plain(rounded(share * 100, 1))} %"


def period_words(period: Period, profile: FacilityProfile) -> str:
    """First and last day in the calendar of the centre's zone."""
    first = period.start.astimezone(profile.zone).date()
    last = (period.end.astimezone(profile.zone) - dt.timedelta(microseconds=1)).date()
    return f"{first.isoformat()} – {last.isoformat()}"


def class_words(profile: FacilityProfile) -> Text:
    name = CLASSES[profile.centre_class]
    share = percent_words(profile.training_part)
    if profile.centre_class is not CentreClass.MIXED:
        return name
    return Text(zh=f"{name.zh}（训练占 {share}）", en=f"{name.en} ({share} training)")


def cards_words(profile: FacilityProfile) -> str:
    return " + ".join(f"{grouped(group.cards)} × {group.model}" for group in profile.accelerators)


def site_words(profile: FacilityProfile) -> Text:
    """Province and city, and whether the place is a hub of the national computing network."""
    place = profile.place
    where = place.city if place.city == place.province else f"{place.province} {place.city}"
    hub = (
        Text(zh="国家枢纽节点", en="national hub node")
        if place.hub_node
        else Text(zh="非枢纽节点", en="not a hub node")
    )
    return Text(zh=f"中国 {where}（{hub.zh}）", en=f"{province_name(place.province).en}, China; {hub.en}")


def weight_shares(node: Node) -> Mapping[str, Decimal]:
    """What the points of a node rest on: shares, 0–1, by evidence grade, `defaulted` and `not_applicable`."""
    found: dict[str, Decimal] = {}
    _add_shares(node, Decimal(1), found)
    leaves = [leaf for leaf in node.walk() if not leaf.children and leaf.weight > 0]
    declared = sum((leaf.weight for leaf in leaves), Decimal(0))
    absent = sum((leaf.weight for leaf in leaves if leaf.outcome.value == "not_applicable"), Decimal(0))
    found["not_applicable"] = absent / declared if declared else Decimal(0)
    return found


def _add_shares(node: Node, part: Decimal, found: dict[str, Decimal]) -> None:
    for child in node.children:
        if child.share is None:
            continue
        own = part * child.share
        if child.children:
            _add_shares(child, own, found)
            continue
        if child.defaulted:
            basis = "defaulted"
        elif child.inputs is not None and child.inputs.value is not None:
            basis = child.inputs.quality.value if child.inputs.quality else "A"
        else:
            basis = "none"
        found[basis] = found.get(basis, Decimal(0)) + own
