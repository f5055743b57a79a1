"""How a curve changed: at every old and new threshold, what the value was worth and what it is worth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.text import Text
from indicators.rubric.curve import Absolute, Bands, Boolean, Checklist, Curve, Judged, Linear
from indicators.rubric.diff.change import Aspect, Change
from indicators.rubric.diff.words import joined, number, same, text_of, with_unit
from indicators.rubric.model import Edition, Indicator, TreeNode
from indicators.rubric.words import curve_words

# Points of a value on a curve; None for a value the curve does not know, such as level 7 of 5.
Worth = Callable[[Absolute, Decimal], Fraction | None]

_CURVE = Text(zh="计分曲线", en="curve")


def curve_changes(
    old: TreeNode, new: TreeNode, old_edition: Edition, new_edition: Edition, *, worth: Worth
) -> Iterator[Change]:
    """One change per curve that differs: the indicator's own, and each alternative's."""
    if not (isinstance(old, Indicator) and isinstance(new, Indicator)):
        return
    before, after = dict(_curves(old)), dict(_curves(new))
    for code in {**after, **before}:
        was, now = before.get(code), after.get(code)
        if _rule(was) == _rule(now):
            continue
        shown = now or was
        assert shown is not None  # noqa: S101 – the code stands on one side at least
        consequences: tuple[Text, ...] = ()
        if was and now and was.curve and now.curve:
            edition = new_edition if now.measure in new_edition.measures else old_edition
            consequences = tuple(_consequences(was.curve, now.curve, now.measure, edition, worth))
        yield Change(
            Aspect.THRESHOLD,
            code or new.code,
            shown.title,
            _CURVE,
            _words(was),
            _words(now),
            consequences or _nowhere(was, now),
        )


class _Curve:
    """A curve with the measure it reads and the way it was written."""

    def __init__(self, title: Text, measure: str, curve: Curve | None, authored: Mapping[str, Any]) -> None:
        self.title, self.measure, self.curve, self.authored = title, measure, curve, authored


def _curves(indicator: Indicator) -> Iterator[tuple[str, _Curve]]:
    """By the code of the alternative; "" is the indicator's own, whatever its code."""
    if indicator.curve is not None:
        yield "", _Curve(indicator.title, indicator.measure, indicator.curve, indicator.authored)
    written = {str(one.get("code")): one for one in indicator.authored.get("alternatives") or ()}
    for other in indicator.alternatives:
        yield other.code, _Curve(other.title, other.measure, other.curve, written.get(other.code, {}))


def _rule(curve: _Curve | None) -> tuple[Curve | None, Any] | None:
    """What decides the points: the typed curve, and whatever else was written beside its text."""
    if curve is None:
        return None
    written = curve.authored.get("curve") or {}
    beyond = {key: value for key, value in written.items() if key not in _TYPED}
    return curve.curve, beyond


# Keys the typed curve already tells apart; a different spelling of the same number is no change.
_TYPED = frozenset(("kind", "points", "axis", "closed", "below", "bands", "yes", "no", "items", "levels"))


def _words(curve: _Curve | None) -> Text | None:
    if curve is None:
        return None
    words = curve_words(curve.authored)
    if words is None:
        return text_of(curve.authored.get("curve"))
    rows = joined(
        Text(zh=f"{row.condition.zh} → {number(row.points)}", en=f"{row.condition.en} → {number(row.points)}")
        for row in words.rows
    )
    logarithmic = isinstance(curve.curve, Linear) and curve.curve.logarithmic
    return Text(zh=f"{rows.zh}（对数）", en=f"{rows.en} (log)") if logarithmic else rows


def _consequences(old: Curve, new: Curve, measure: str, edition: Edition, worth: Worth) -> Iterator[Text]:
    if isinstance(old, Checklist) or isinstance(new, Checklist):
        yield from _items(old, new)
        return
    if not (isinstance(old, Absolute) and isinstance(new, Absolute)):
        return  # what a value is worth depends on who else is there, or on other measures
    declared = edition.measures.get(measure)
    title, unit = (declared.title, declared.unit) if declared else (same(measure), "")
    for value in sorted({*_thresholds(old), *_thresholds(new)}):
        before, after = worth(old, value), worth(new, value)
        if before != after:
            gave, gives = _points(before), _points(after)
            yield Text(
                zh=f"{title.zh} {with_unit(value, unit)}：原{gave.zh}，现{gives.zh}",
                en=f"{title.en} {with_unit(value, unit)} gave {gave.en}, now {gives.en.removesuffix(' points')}",
            )


def _points(points: Fraction | None) -> Text:
    if points is None:
        return Text(zh="不在量表上", en="nothing, being no value of the curve")
    return Text(zh=f"得 {number(points)} 分", en=f"{number(points)} points")


def _items(old: Curve, new: Curve) -> Iterator[Text]:
    before = {item.id: item for item in old.items} if isinstance(old, Checklist) else {}
    after = {item.id: item for item in new.items} if isinstance(new, Checklist) else {}
    for id_ in {**after, **before}:
        was, now = before.get(id_), after.get(id_)
        if was and now and was.points != now.points:
            yield Text(
                zh=f"清单项“{now.title.zh}”原计 {number(was.points)}，现计 {number(now.points)}",
                en=f"the item “{now.title.en}” counted {number(was.points)}, now {number(now.points)}",
            )
        elif was is None and now is not None:
            yield Text(zh=f"新增清单项“{now.title.zh}”", en=f"the item “{now.title.en}” is new")
        elif was is not None and now is None:
            yield Text(zh=f"取消清单项“{was.title.zh}”", en=f"the item “{was.title.en}” is gone")


def _thresholds(curve: Curve) -> Iterator[Decimal]:
    match curve:
        case Linear(anchors=anchors):
            yield from (anchor.value for anchor in anchors)
        case Bands(bands=bands):
            yield from (band.start for band in bands if band.start is not None)
        case Judged(levels=levels):
            yield from (level.level for level in levels)
        case Boolean():
            yield from (Decimal(0), Decimal(1))


def _nowhere(was: _Curve | None, now: _Curve | None) -> tuple[Text, ...]:
    if was is None or now is None:
        return ()
    return (Text(zh="各阈值处的分值不变", en="at every threshold the points stay as they were"),)
