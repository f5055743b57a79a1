"""Points lost: hand-worked cases of every mean, cap and missing policy; and sums that hold for any rubric."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assessment.scoring.explain.causes import Cause
from assessment.scoring.explain.closing import closed
from assessment.scoring.explain.lost import Lost, by_cause, lost_points
from assessment.scoring.explain.sharing import lost_by_part, runway
from assessment.scoring.result import Result
from core.errors import UserFacingError
from core.outcome import Outcome
from indicators.rubric.model import Aggregate, Aggregation, Edition
from tests.assessment.scoring.random_pairs import random_edition, random_facility, seeded
from tests.assessment.scoring.worked import edition_of, ended, indicator, measured, scored, title
from tests.fractions import fractions


def group(name: str, children: list[dict[str, object]], weight: str = "1", **more: object) -> dict[str, object]:
    return {"id": name, "title": title(name), "weight": weight, "children": children} | more


def published(lost: Lost) -> dict[str, str]:
    return {part.code: str(part.of_parent.published) for part in lost.children if part.of_parent is not None}


# --- means, by hand ---------------------------------------------------------------------------------------------------


def test_an_arithmetic_mean_loses_by_weight() -> None:
    edition = edition_of([indicator("a", "3"), indicator("b", "1")])
    lost = lost_points(scored(edition, {"a": "80", "b": "40"}), edition)
    # 100 − 70 = 30: ¾·20 and ¼·60.
    assert published(lost) == {"a": "15.00", "b": "15.00"}


def test_a_geometric_mean_loses_by_logarithm_and_its_floor_counts() -> None:
    edition = edition_of(
        [indicator("a"), indicator("b"), indicator("c", "2")], aggregation={"kind": "geometric", "floor": "1"}
    )
    lost = lost_points(scored(edition, {"a": "0", "b": "100", "c": "10"}), edition)
    # P = (1 · 100 · 10²)^¼ = 10, so 90 are lost; ln(100/1) : 2·ln(100/10) = 1 : 1.
    assert published(lost) == {"a": "45.00", "b": "0.00", "c": "45.00"}
    assert [part.floored for part in lost.children] == [True, False, False]


def test_a_geometric_mean_without_floor_is_lost_to_its_parts_of_nothing_by_weight() -> None:
    edition = edition_of([indicator("a", "1"), indicator("b", "3"), indicator("c", "4")], aggregation="geometric")
    lost = lost_points(scored(edition, {"a": "0", "b": "0", "c": "50"}), edition)
    assert published(lost) == {"a": "25.00", "b": "75.00", "c": "0.00"}


def test_a_harmonic_mean_loses_by_reciprocal() -> None:
    edition = edition_of([indicator("a"), indicator("b")], aggregation="harmonic")
    lost = lost_points(scored(edition, {"a": "50", "b": "25"}), edition)
    # P = 2 ÷ (1/50 + 1/25) = 33⅓; the losses on 1/s are 1/100 and 3/100.
    assert [part.of_parent.exact if part.of_parent else None for part in lost.children] == [
        Fraction(lost.own.exact / 4 if lost.own else 0),
        Fraction(lost.own.exact * 3 / 4 if lost.own else 0),
    ]


def test_a_power_mean_loses_by_power() -> None:
    edition = edition_of([indicator("a"), indicator("b")], aggregation={"kind": "power", "exponent": "2"})
    lost = lost_points(scored(edition, {"a": "60", "b": "80"}), edition)
    # P = √5000; 100² − 60² = 6400 and 100² − 80² = 3600.
    a, b = (part.of_parent for part in lost.children)
    assert a is not None
    assert b is not None
    assert a.exact / b.exact == Fraction(64, 36)
    assert str(a.published + b.published) == "29.29"


def test_a_minimum_is_lost_as_a_runway_is_paid_for() -> None:
    edition = edition_of([indicator("a"), indicator("b"), indicator("c")], aggregation="minimum")
    lost = lost_points(scored(edition, {"a": "40", "b": "70", "c": "100"}), edition)
    # 60 lost: the first 30 by a and b alike, the other 30 by a alone.
    assert published(lost) == {"a": "45.00", "b": "15.00", "c": "0.00"}


def test_a_part_within_a_part_counts_in_proportion() -> None:
    edition = edition_of([group("g", [indicator("a", "1"), indicator("b", "3")], "1"), indicator("c", "3")])
    lost = lost_points(scored(edition, {"a": "20", "b": "80", "c": "90"}), edition)
    # g has 65, loses 35: 20 by a and 15 by b; of the total it loses ¼ of that.
    assert published(lost.node("g")) == {"g.a": "20.00", "g.b": "15.00"}
    assert [str(lost.node(code).of_total.published) for code in ("g", "g.a", "g.b", "c")] == [  # type: ignore[union-attr]
        "8.75", "5.00", "3.75", "7.50",
    ]  # fmt: skip


# --- causes -----------------------------------------------------------------------------------------------------------


def test_what_a_cap_took_is_named_beside_what_the_value_lost() -> None:
    edition = edition_of([indicator("a")], quality_caps={"C": "74"})
    lost = lost_points(scored(edition, {"a": measured("a", "90", quality="C")}), edition)
    assert {cause: str(part.published) for cause, part in lost.children[0].causes.items()} == {
        Cause.MEASURED: "10.00",
        Cause.EVIDENCE_GRADE: "16.00",
    }


def test_two_caps_share_what_both_take() -> None:
    edition = edition_of([indicator("a")], quality_caps={"C": "74"})
    lost = lost_points(scored(edition, {"a": measured("a", "90", quality="C", cap="60")}), edition)
    # 30 taken: the first 16 by both alike, the other 14 by the place of measurement alone.
    assert {cause: str(part.published) for cause, part in lost.children[0].causes.items()} == {
        Cause.MEASURED: "10.00",
        Cause.EVIDENCE_GRADE: "8.00",
        Cause.EVIDENCE_CAP: "22.00",
    }


@pytest.mark.parametrize(
    ("value", "causes"),
    [
        ("71", {Cause.MEASURED: Fraction(30)}),  # 29 lost, rounded to 30; the cap of 74 takes nothing
        ("90", {Cause.MEASURED: Fraction(150, 13), Cause.EVIDENCE_GRADE: Fraction(240, 13)}),  # 10 + 16, rounded to 30
        ("100", {Cause.EVIDENCE_GRADE: Fraction(30)}),
    ],
)
def test_causes_bear_in_proportion_what_their_level_rounds(value: str, causes: dict[Cause, Fraction]) -> None:
    levels = [{"id": "top", "title": title("top")}, {"id": "point", "title": title("point"), "decimals": "1"}]
    linear = {"kind": "linear", "points": [["0", "0"], ["100", "1"]]}
    edition = edition_of(
        [indicator("a", curve=linear)], levels=levels, highest_points="1", quality_caps={"C": "0.74"}, decimals="2"
    )
    lost = lost_points(scored(edition, {"a": measured("a", value, quality="C")}), edition)
    assert {cause: 100 * part.exact for cause, part in lost.children[0].causes.items()} == causes


def test_defaults_invalid_and_missing_evidence_have_their_own_names() -> None:
    edition = edition_of(
        [indicator("a", missing="default"), indicator("b"), indicator("c")], limits={"default_points": "35"}
    )
    result = scored(edition, {"c": ended("c", Outcome.INVALID)})
    causes = {part.code: list(part.causes) for part in lost_points(result, edition).children}
    assert causes == {"a": [Cause.DEFAULT], "b": [Cause.NO_EVIDENCE], "c": [Cause.INVALID]}
    total = by_cause(lost_points(result, edition))
    assert {cause: str(part.published) for cause, part in total.items()} == {
        Cause.DEFAULT: "21.67", Cause.NO_EVIDENCE: "33.33", Cause.INVALID: "33.33",
    }  # fmt: skip


def test_siblings_of_a_part_that_does_not_apply_say_what_its_weight_brought_them() -> None:
    edition = edition_of([indicator("a", "1"), indicator("b", "1", missing="default"), indicator("c", "2")],
                         limits={"default_points": "35"})  # fmt: skip
    lost = lost_points(scored(edition, {"a": "60", "c": ended("c", Outcome.NOT_APPLICABLE)}), edition)
    # a and b share all: 20 and 32.5 of 52.5 lost; half of it rides on the weight of c.
    assert published(lost) == {"a": "20.00", "b": "32.50"}
    assert lost.node("a").taken_over == 10
    assert lost.node("c").of_parent is None


def test_an_edition_that_is_not_the_results_own_is_refused() -> None:
    edition, other = edition_of([indicator("a")]), edition_of([indicator("b")])
    with pytest.raises(ValueError, match="scored with"):
        lost_points(scored(edition, {"a": "60"}), other)


# --- closing ----------------------------------------------------------------------------------------------------------


def test_thirds_close_to_the_published_total() -> None:
    parts = dict.fromkeys("abc", Fraction(100, 3))
    assert {code: str(part) for code, part in closed(parts, total=Decimal("100.00"), decimals=2).items()} == {
        "a": "33.34", "b": "33.33", "c": "33.33",
    }  # fmt: skip


def test_where_nothing_was_lost_no_figure_appears() -> None:
    parts = {"a": Fraction(0), "b": Fraction(5, 1000)}
    assert closed(parts, total=Decimal("0.01"), decimals=2)["a"] == 0


def published_sum(values: list[Fraction], decimals: int) -> Decimal:
    whole = sum(values, Fraction(0)) * 10**decimals
    size = int(abs(whole) + Fraction(1, 2))
    return Decimal(size if whole >= 0 else -size).scaleb(-decimals)


@given(st.lists(fractions(-100, 100, max_denominator=997), min_size=1, max_size=9), st.integers(0, 4))
def test_closed_parts_add_up_stay_within_a_unit_and_turn_their_signs(values: list[Fraction], decimals: int) -> None:
    parts = {str(at): value for at, value in enumerate(values)}
    total = published_sum(values, decimals)
    found = closed(parts, total=total, decimals=decimals)
    assert sum(found.values()) == total
    assert all(abs(Fraction(found[code]) - part) <= Fraction(1, 10**decimals) for code, part in parts.items())
    turned = closed({code: -part for code, part in parts.items()}, total=-total, decimals=decimals)
    assert turned == {code: -part for code, part in found.items()}


# --- any rubric -------------------------------------------------------------------------------------------------------


def random_result(seed: int) -> tuple[Result, Edition] | None:
    random = seeded(seed)
    edition = random_edition(random)
    facility = random_facility(random, edition, "f")
    try:
        return scored(edition, facility.measurements, profile=facility.profile), edition
    except UserFacingError:
        return None


@pytest.mark.slow
@given(st.integers(0, 10**9))
@example(489558888)  # a level that rounds, and a cap that takes nothing
def test_parts_add_up_exactly_at_every_level_of_any_rubric(seed: int) -> None:
    found = random_result(seed)
    if found is None:
        return
    result, edition = found
    lost = lost_points(result, edition)
    if result.root.points is not None:
        assert lost.own is not None
        assert lost.own.exact == Fraction(edition.highest_points) - Fraction(result.root.points)
        assert lost.own.published == edition.highest_points - (result.score or 0)
    for node in lost.walk():
        beyond = [child.of_total for child in node.children if child.of_total is not None]
        within = [child.of_parent for child in node.children if child.of_parent is not None]
        for whole, parts in ((node.own, within), (node.of_total, beyond)):
            if whole is not None and parts:
                assert sum(part.exact for part in parts) == whole.exact
                assert sum(part.published for part in parts) == whole.published
                assert all(part.exact >= 0 and part.published >= 0 for part in parts)
        for whole, causes in ((node.own, node.causes), (node.of_total, node.causes_of_total)):
            if whole is not None and causes:
                assert sum(part.exact for part in causes.values()) == whole.exact
                assert sum(part.published for part in causes.values()) == whole.published


AGGREGATIONS = st.one_of(
    st.sampled_from([Aggregation(kind) for kind in Aggregate if kind is not Aggregate.POWER]),
    st.sampled_from(["0.5", "2", "-1", "-3", "40"]).map(lambda p: Aggregation(Aggregate.POWER, Decimal(p))),
    st.just(Aggregation(Aggregate.GEOMETRIC, floor=Decimal(1))),
)
PARTS = st.lists(st.tuples(st.integers(1, 30).map(Fraction), st.integers(0, 1000).map(lambda n: Fraction(n, 10))),
                 min_size=1, max_size=4)  # fmt: skip


@given(AGGREGATIONS, PARTS)
def test_the_order_of_siblings_changes_nothing(rule: Aggregation, parts: list[tuple[Fraction, Fraction]]) -> None:
    lost = Fraction(50)
    first = lost_by_part(rule, parts, lost=lost, highest=Decimal(100))
    for order in permutations(range(len(parts))):
        again = lost_by_part(rule, [parts[at] for at in order], lost=lost, highest=Decimal(100))
        assert again == [first[at] for at in order]


@given(AGGREGATIONS, PARTS)
def test_equal_parts_lose_equally_and_a_full_part_nothing(
    rule: Aggregation, parts: list[tuple[Fraction, Fraction]]
) -> None:
    full, twin = (Fraction(3), Fraction(100)), parts[0]
    found = lost_by_part(rule, [*parts, twin, full], lost=Fraction(50), highest=Decimal(100))
    assert found[0] == found[-2]
    if any(points < 100 for _, points in parts):
        assert found[-1] == 0


@given(st.lists(st.integers(0, 50).map(Fraction), min_size=1, max_size=6))
def test_a_runway_costs_what_its_longest_needs(losses: list[Fraction]) -> None:
    shares = runway(losses)
    assert sum(shares) == max(losses)
    assert all(0 <= share <= loss for share, loss in zip(shares, losses, strict=True))
