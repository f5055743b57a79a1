"""What a curve did with a value, in words: its anchors, band, level or items, and what the next bit earns."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from assessment.scoring.curves import points_of
from assessment.scoring.explain.phrases import with_unit
from core.quantity import decimal_of_fraction, rounded, shortest
from core.text import Text
from indicators.rubric.curve import Anchor, Bands, Boolean, Checklist, Closed, Curve, Judged, Linear


def curve_sentence(curve: Curve, value: Decimal, *, items: Mapping[str, Decimal], unit: str) -> Text:
    """How the curve turns this value into points, as the middle of a sentence."""
    match curve:
        case Linear():
            return _linear(curve, value, unit)
        case Bands():
            return _band(curve, value, unit)
        case Boolean():
            yes = value == 1
            return Text(zh=f"回答为“{'是' if yes else '否'}”", en=f"the answer is {'yes' if yes else 'no'}")
        case Judged():
            title = next((level.title for level in curve.levels if level.level == value), Text("", ""))
            return Text(zh=f"判定为该等级：{title.zh}", en=f"the level judged to fit: {title.en}")
        case Checklist():
            return _checklist(curve, items)
        case _:
            return Text(zh="按该指标的计分规则", en="by the rule of this indicator")


def next_bit(curve: Curve, value: Decimal, *, unit: str) -> Text | None:
    """What a small change in the better direction earns; None where the curve is flat, jumps or is unknown."""
    if not isinstance(curve, Linear) or curve.logarithmic:
        return None
    up, down = (_piece(curve, value, upwards=upwards) for upwards in (True, False))
    for piece, words in ((up, Text("提高", "more")), (down, Text("降低", "less"))):
        if piece is None:
            continue
        low, high = piece
        rise = (Fraction(high.points) - Fraction(low.points)) / (Fraction(high.value) - Fraction(low.value))
        if (rise > 0) == (words.en == "more") and rise:
            bit = Decimal(1).scaleb((high.value - low.value).adjusted() - 1)
            earned = _short(abs(rise) * Fraction(bit))
            much = with_unit(bit, unit)
            span = f"{shortest(low.value)}–{shortest(high.value)}"
            points = "point" if earned == "1" else "points"
            return Text(
                zh=f"在 {span} 之间，每{words.zh} {much.zh}，本指标增加 {earned} 分",
                en=f"Within {span}, each {much.en} {words.en} adds {earned} {points} here",
            )
    return None


def _linear(curve: Linear, value: Decimal, unit: str) -> Text:
    first, last = curve.anchors[0], curve.anchors[-1]
    for anchor in curve.anchors:
        if anchor.value == value:
            return Text(
                zh=f"恰在锚点 {with_unit(anchor.value, unit).zh}（{shortest(anchor.points)} 分）",
                en=f"exactly at the anchor {with_unit(anchor.value, unit).en} ({shortest(anchor.points)} points)",
            )
    if value < first.value or value > last.value:
        end, zh, en = (first, "低于", "below") if value < first.value else (last, "高于", "above")
        return Text(
            zh=f"{zh}端点 {with_unit(end.value, unit).zh}，按端点 {shortest(end.points)} 分",
            en=f"{en} the end point {with_unit(end.value, unit).en}, whose {shortest(end.points)} points hold",
        )
    left, right = next((a, b) for a, b in itertools.pairwise(curve.anchors) if value <= b.value)
    axis = (
        Text("按对数线性内插", "straight line on a log axis")
        if curve.logarithmic
        else Text("线性内插", "straight line")
    )
    return Text(
        zh=f"在 {with_unit(left.value, unit).zh}（{shortest(left.points)} 分）与 {with_unit(right.value, unit).zh}"
        f"（{shortest(right.points)} 分）之间{axis.zh}",
        en=f"{axis.en} between {with_unit(left.value, unit).en} ({shortest(left.points)} points) and "
        f"{with_unit(right.value, unit).en} ({shortest(right.points)} points)",
    )


def _band(curve: Bands, value: Decimal, unit: str) -> Text:
    worth = points_of(curve, value)
    left = curve.closed is Closed.LEFT
    for band in curve.bands:
        above = band.start is None or (value >= band.start if left else value > band.start)
        below = band.end is None or (value < band.end if left else value <= band.end)
        if above and below:
            low = "" if band.start is None else f"{shortest(band.start)} {'≤' if left else '<'} "
            high = "" if band.end is None else f" {'<' if left else '≤'} {shortest(band.end)}"
            return Text(zh=f"落在区间 {low}x{high}", en=f"in the band {low}x{high}")
    return Text(zh=f"{shortest(decimal_of_fraction(worth))} 分", en=f"{shortest(decimal_of_fraction(worth))} points")


def _checklist(curve: Checklist, items: Mapping[str, Decimal]) -> Text:
    met = [item for item in curve.items if items.get(item.id) == 1]
    missing = [item.title for item in curve.items if items.get(item.id) != 1]
    lacking = Text(zh="、".join(one.zh for one in missing), en="; ".join(one.en for one in missing))
    return Text(
        zh=f"清单 {len(curve.items)} 项满足 {len(met)} 项" + (f"，未满足：{lacking.zh}" if missing else ""),
        en=f"{len(met)} of {len(curve.items)} items of the checklist are met"
        + (f", not met: {lacking.en}" if missing else ""),
    )


def _piece(curve: Linear, value: Decimal, *, upwards: bool) -> tuple[Anchor, Anchor] | None:
    """The piece one enters by moving that way from a value."""
    for low, high in itertools.pairwise(curve.anchors):
        inside = low.value <= value < high.value if upwards else low.value < value <= high.value
        if inside:
            return low, high
    return None


def _short(points: Fraction) -> str:
    exact = decimal_of_fraction(points, digits=12)
    return shortest(exact if exact == rounded(exact, 4) else rounded(exact, 4))
