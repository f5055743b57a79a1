"""What would cost a centre its grade: for one indicator at a time, the nearest worse value with which the grade falls.

The lines the grade rests on (the total, every pillar's floor) are read backwards through the tree and through the
curves, as advice reads them; to them come the mandatory lines on the values themselves. Only what the defining engine
confirms is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction

from assessment.scoring.explain.inverse import Interval, NotInvertible, reaching
from assessment.scoring.explain.needed import Points
from assessment.scoring.explain.situation import Situation
from assessment.scoring.result import Node, Result
from core.errors import UserFacingError
from core.outcome import Outcome
from core.quantity import without_negative_zero
from core.text import Text
from indicators.rubric.curve import Bands, Boolean, Curve, Judged, Linear
from indicators.rubric.model import Grades, Indicator

SHOWN = 8
_DECIMALS = 9
_WIDE = Context(prec=80)


@dataclass(frozen=True, slots=True)
class Border:
    """One indicator that alone, everything else as it is, changes the grade for the worse.

    Args:
        before, after: of the measure in use; `after` is the nearest worse value that was scored again and does it.
        spare: points the indicator may lose on its own scale before.
        score, grade: published, with `after`; None where there is no grade any more.
    """

    code: str
    title: Text
    measure_title: Text
    unit: str
    before: Decimal
    after: Decimal
    spare: Fraction
    score: Decimal | None
    grade: str | None


def borders(situation: Situation, result: Result, *, shown: int = SHOWN) -> tuple[Border, ...]:
    """Indicators near a border of the grade, the least to spare first.

    Args:
        result: of the situation.
        shown: so many at most.

    Returns:
        Nothing for a rubric without grades and a result without one; checklists are not looked at, because no single
        value of theirs can be worse.
    """
    grades = situation.edition.grades
    if grades is None or result.grade is None or result.root.points is None:
        return ()
    points = Points.of(result.root, situation.edition)
    lines = _lines(situation, result, grades)
    rules = {node.code: node for node in situation.edition.root.walk()}
    near: list[tuple[Fraction, Node, Indicator, Decimal]] = []
    for node in result.root.walk():
        rule = rules[node.code]
        if isinstance(rule, Indicator) and node.code in points.above and not rule.display:
            near += _near(situation, node, rule, points, lines)
    found: list[Border] = []
    for spare, node, rule, after in sorted(near, key=lambda one: (one[0], one[1].code)):
        if len(found) == shown:
            break
        if any(one.code == node.code for one in found):
            continue
        border = _confirmed(situation, result, node, rule, after)
        if border is not None:
            found.append(replace(border, spare=spare))
    return tuple(found)


def _lines(situation: Situation, result: Result, grades: Grades) -> dict[str, Fraction]:
    """Exact points below which the grade is lost: of the total, and of every pillar that counts."""
    assert result.grade is not None  # noqa: S101  (`borders` saw to it)
    rank = grades.rank(result.grade)
    least = grades.grades[rank].at_least
    half = Fraction(1, 2 * 10**situation.edition.decimals)
    lines = {result.root.code: max(Fraction(least) - half, Fraction(0))}
    if grades.pillar_margin is not None and rank:
        floor = max(Fraction(least - grades.pillar_margin) - half, Fraction(0))
        lines |= {pillar.code: floor for pillar in result.root.children if pillar.counts}
    return lines


def _near(
    situation: Situation, node: Node, rule: Indicator, points: Points, lines: dict[str, Fraction]
) -> Iterator[tuple[Fraction, Node, Indicator, Decimal]]:
    """Worse values to try, with the points to spare before them."""
    if node.outcome is not Outcome.SCORED or node.inputs is None or node.inputs.value is None or node.points is None:
        return
    measure, value, now = node.inputs.measure, node.inputs.value, Fraction(node.points)
    curve = next((curve for name, curve in rule.curves if name == measure), rule.curve)
    declared = situation.edition.measures[measure]
    if declared.formula is not None:
        return
    needed = _least(points, node.code, lines)
    if curve is not None and needed:
        for after in _beyond(curve, needed, value):
            yield now - needed, node, rule, after
    for minimum in rule.minima:
        if minimum.item is not None or minimum.parameter is not None:
            continue
        for line, sign in ((minimum.at_least, -1), (minimum.at_most, 1)):
            if line is not None and (line - value) * sign >= 0:
                yield Fraction(0) if line == value else now, node, rule, _past(Fraction(line), value, sign)


def _least(points: Points, code: str, lines: dict[str, Fraction]) -> Fraction | None:
    """The least points of one indicator with which every line still holds, the others as they are."""
    present = points.points[code]
    points.moved(code, Fraction(0))
    try:
        return points.needed(code, lines)
    finally:
        points.moved(code, present)


def _beyond(curve: Curve, needed: Fraction, value: Decimal) -> Iterator[Decimal]:
    """The nearest values worth less than `needed`, on either side of the present one."""
    match curve:
        case Linear() | Bands():
            pass
        case Boolean():
            yield from (one for one, worth in ((Decimal(0), curve.no), (Decimal(1), curve.yes)) if worth < needed)
            return
        case Judged():
            worse = [level.level for level in curve.levels if level.points < needed]
            yield from sorted(worse, key=lambda level: abs(level - value))[:1]
            return
        case _:
            return
    try:
        pieces = reaching(curve, needed)
    except NotInvertible:
        return
    low, high = _around(Fraction(value), pieces)
    if low is not None:
        yield _past(low, value, -1)
    if high is not None:
        yield _past(high, value, 1)


def _around(here: Fraction, pieces: tuple[Interval, ...]) -> tuple[Fraction | None, Fraction | None]:
    """How far the values reach that are still worth enough, pieces that touch taken together."""
    own = next((one for one in pieces if one.holds(here)), None)
    if own is None:
        return here, here
    low, high = own.low, own.high
    for one in pieces:  # ascending
        if high is not None and one.low == high:
            high = one.high
    for one in reversed(pieces):
        if low is not None and one.high == low:
            low = one.low
    return low, high


def _past(edge: Fraction, value: Decimal, sign: int) -> Decimal:
    """The first decimal beyond an edge with about as many digits as its distance from the present value deserves."""
    distance = abs(edge - Fraction(value))
    slack = distance / 50 if distance else Fraction(1, 1000)
    exact = _WIDE.divide(Decimal(edge.numerator), Decimal(edge.denominator))
    for decimals in range(_DECIMALS + 1):
        unit = Decimal(1).scaleb(-decimals)
        found = exact.quantize(unit, rounding=ROUND_FLOOR if sign < 0 else ROUND_CEILING, context=_WIDE)
        if Fraction(found) == edge:
            found = _WIDE.add(found, unit * sign)
        if abs(Fraction(found) - edge) <= slack:
            break
    return without_negative_zero(found)


def _confirmed(situation: Situation, result: Result, node: Node, rule: Indicator, after: Decimal) -> Border | None:
    """Scored again with the value; None unless the grade is then lower, or there is none."""
    assert node.inputs is not None  # noqa: S101  (`_near` saw to it)
    assert node.inputs.value is not None  # noqa: S101  (likewise)
    measure = node.inputs.measure
    declared = situation.edition.measures[measure]
    impossible = (declared.lowest is not None and after < declared.lowest) or (
        declared.highest is not None and after > declared.highest
    )
    present = situation.measurements.get(measure)
    if impossible or present is None:
        return None
    changed = dict(situation.measurements) | {measure: replace(present, value=after)}
    try:
        again = situation.measuring(changed).result()
    except UserFacingError:
        return None
    grades = situation.edition.grades
    assert grades is not None  # noqa: S101  (`borders` saw to it)
    assert result.grade is not None  # noqa: S101  (likewise)
    if again.grade is not None and grades.rank(again.grade) >= grades.rank(result.grade):
        return None
    score = again.score if again.grade is not None else None
    return Border(
        node.code, node.title, declared.title, declared.unit, node.inputs.value, after, Fraction(0), score, again.grade
    )
