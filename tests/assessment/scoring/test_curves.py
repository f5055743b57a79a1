"""Curves are exact on their anchors, monotone between them and never leave their range."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.scoring.curves import NotOnTheScale, points_of
from core.text import Text
from indicators.rubric.curve import Anchor, Band, Bands, Boolean, Checklist, Closed, Item, Judged, Level, Linear
from tests.editions import zhisuan

HUNDRED = Decimal(100)
numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**6), max_value=10**6, places=6)


@st.composite
def ascending_curves(draw: st.DrawFn) -> Linear:
    logarithmic = draw(st.booleans())
    low = Decimal("0.000001") if logarithmic else Decimal(-(10**6))
    values = sorted(
        draw(st.sets(st.decimals(min_value=low, max_value=10**6, places=6, allow_nan=False), min_size=2, max_size=8))
    )
    points = sorted(draw(st.lists(st.integers(0, 100), min_size=len(values), max_size=len(values))))
    anchors = (Anchor(value, Decimal(point)) for value, point in zip(values, points, strict=True))
    return Linear(tuple(anchors), logarithmic)


@given(ascending_curves(), numbers, numbers)
def test_an_ascending_curve_is_monotone_and_stays_between_its_ends(curve: Linear, a: Decimal, b: Decimal) -> None:
    low, high = sorted((a, b))
    lower, upper = points_of(curve, low), points_of(curve, high)
    assert 0 <= curve.anchors[0].points <= lower <= upper <= curve.anchors[-1].points <= 100


@given(ascending_curves())
def test_every_anchor_gets_exactly_its_points(curve: Linear) -> None:
    assert all(points_of(curve, anchor.value) == anchor.points for anchor in curve.anchors)


@pytest.mark.slow
@given(numbers, numbers)
def test_every_curve_of_the_edition_follows_its_direction(a: Decimal, b: Decimal) -> None:
    low, high = sorted((a, b))
    for indicator in zhisuan().indicators:
        assert indicator.curve is not None
        lower, upper = points_of(indicator.curve, low), points_of(indicator.curve, high)
        better = zhisuan().measures[indicator.measure].direction
        assert lower <= upper if better == "higher" else lower >= upper, indicator.code


def test_between_anchors_the_line_is_exact() -> None:
    curve = Linear((Anchor(Decimal(0), Decimal(0)), Anchor(Decimal(3), HUNDRED)))
    assert points_of(curve, Decimal(1)) == Fraction(100, 3)


def test_minus_zero_is_zero() -> None:
    curve = Linear((Anchor(Decimal(0), Decimal(0)), Anchor(Decimal(1), HUNDRED)))
    assert points_of(curve, Decimal("-0")) == points_of(curve, Decimal(0)) == 0


def test_on_a_log_axis_a_geometric_middle_lies_halfway() -> None:
    curve = Linear((Anchor(Decimal(1), Decimal(0)), Anchor(Decimal(100), HUNDRED)), logarithmic=True)
    assert points_of(curve, Decimal(10)) == 50
    assert points_of(curve, Decimal(-5)) == 0


@pytest.mark.torture("T26")
@pytest.mark.parametrize(("closed", "at_line"), [(Closed.LEFT, 60), (Closed.RIGHT, 20)])
def test_a_value_on_a_band_line_falls_to_the_declared_side(closed: Closed, at_line: int) -> None:
    curve = Bands((Band(None, Decimal(5), Decimal(20)), Band(Decimal(5), None, Decimal(60))), closed)
    assert points_of(curve, Decimal("5.0")) == at_line
    assert points_of(curve, Decimal("4.999999999999999999999999999999999")) == 20
    assert points_of(curve, Decimal("5.000000000000000000000000000000001")) == 60


def test_booleans_and_levels_know_only_their_own_values() -> None:
    yes_or_no = Boolean(yes=HUNDRED, no=Decimal(0))
    assert points_of(yes_or_no, Decimal(1)) == 100
    assert points_of(yes_or_no, Decimal("-0")) == 0
    levels = Judged((Level(Decimal(0), Decimal(0), Text("零", "zero")), Level(Decimal(1), HUNDRED, Text("一", "one"))))
    assert points_of(levels, Decimal(1)) == 100
    for curve in (yes_or_no, levels):
        with pytest.raises(NotOnTheScale):
            points_of(curve, Decimal("0.5"))


def test_a_checklist_gives_the_share_of_the_points_of_the_items_met() -> None:
    items = (Item("a", Text("甲", "a"), Decimal(2)), Item("b", Text("乙", "b"), Decimal(1)))
    assert points_of(Checklist(items), Decimal(1), items={"a": Decimal(1)}) == Fraction(200, 3)
    for nothing in ({}, None):
        with pytest.raises(NotOnTheScale):
            points_of(Checklist(items), Decimal(1), items=nothing)
    with pytest.raises(NotOnTheScale):
        points_of(Checklist(items), Decimal(1), items={"a": Decimal("0.5")})


def test_a_checklist_runs_from_the_lowest_to_the_highest_points() -> None:
    items = tuple(Item(name, Text(name, name), Decimal(1)) for name in "abcd")
    span = {"lowest": Decimal(20), "highest": Decimal(60)}
    for met, expected in (("", 20), ("a", 30), ("abcd", 60)):
        recorded = {name: Decimal(int(name in met)) for name in "abcd"}
        assert points_of(Checklist(items), Decimal(len(met)), items=recorded, **span) == expected
