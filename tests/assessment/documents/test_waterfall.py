"""The waterfall of lost points: bars that meet, a pointer at the score, words for those who do not see it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree

from assessment.documents.waterfall import LEFT, RIGHT, Fall, waterfall

FALLS = [
    Fall("效 <有效性>", Decimal("20"), Fraction(0), "#1f5fa8"),
    Fall("稳", Decimal("12"), Fraction(1, 4), "#6b4c9a"),
    Fall("绿", Decimal("0"), Fraction(0)),
    Fall("易", Decimal("8"), Fraction(1)),
]


def drawn(points: str = "60", limits: tuple[int, ...] = (40, 60, 75, 90)) -> ElementTree.Element:
    svg = waterfall(
        FALLS, highest=Decimal(100), points=Decimal(points), words="总分 60.00", title="失分", limits=limits
    )
    return ElementTree.fromstring(svg)  # noqa: S314  (our own drawing)


def bars(svg: ElementTree.Element) -> list[tuple[float, float, bool]]:
    found = [one for one in svg.iter() if one.tag.endswith("rect")]
    return [(float(one.attrib["x"]), float(one.attrib["width"]), one.attrib["fill"] == "none") for one in found]


def test_bars_meet_from_full_points_down_to_the_score() -> None:
    first, second, hollow, last = bars(drawn())
    unit = (RIGHT - LEFT) / 60  # from 40 to 100
    assert first[0] + first[1] == RIGHT
    assert abs(second[0] + second[1] - first[0]) < 0.02
    assert abs(hollow[0] + hollow[1] - second[0]) < 0.02
    assert abs(last[0] - (LEFT + 20 * unit)) < 0.02
    assert [bar[2] for bar in (first, second, hollow, last)] == [False, False, True, True]


def test_words_are_escaped_and_the_finding_is_said() -> None:
    svg = drawn()
    assert svg[0].text == "失分"
    texts = [one.text for one in svg.iter() if one.tag.endswith("text")]
    assert "效 <有效性>" in texts
    assert "−20" in texts
    assert "总分 60.00" in texts


def test_another_scale_starts_at_nothing() -> None:
    texts = [one.text for one in drawn(limits=()).iter() if one.tag.endswith("text")]
    assert "0" in texts
    assert "100" in texts


def test_nothing_lost_draws_nothing() -> None:
    assert waterfall([], highest=Decimal(100), points=Decimal(100), words="", title="") == ""
