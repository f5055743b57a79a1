"""A facility's class decides which nodes it has and what they weigh; mixtures are exact."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from assessment.scoring.weights import class_weights
from core.errors import InputError
from indicators.rubric.model import Edition, Weight
from tests.assessment.scoring.worked import edition_of, indicator, scored, title

MIXED = {"id": "m", "title": title("Mixed"), "mixes": {"of": ["t", "i"], "share": "part"}}
CLASSES = {"of": [{"id": "t", "title": title("t")}, {"id": "i", "title": title("i")}, MIXED]}


def edition(**more: Any) -> Edition:
    return edition_of([indicator("a", {"t": "22", "i": "38"})], classes=CLASSES | more)


def weight(first: str | None, second: str | None, **profile: Any) -> Decimal | None:
    by_class = {"t": None if first is None else Decimal(first), "i": None if second is None else Decimal(second)}
    return class_weights(edition(), facility="f", profile=profile).weight(Weight(None, by_class))


def refused(**profile: Any) -> InputError:
    with pytest.raises(InputError) as refusal:
        class_weights(edition(), facility="f", profile=profile)
    return refusal.value


def test_each_class_has_its_own_weight_or_not_the_node() -> None:
    assert [weight("22", "38", **{"class": name}) for name in ("t", "i")] == [Decimal(22), Decimal(38)]
    assert [weight("22", None, **{"class": name}) for name in ("t", "i")] == [Decimal(22), None]


def test_a_mixture_keeps_every_digit() -> None:
    share = "0.1234567890123456789"
    found = weight("22", "38", **{"class": "m", "part": share})
    assert found is not None
    assert Fraction(found) == Fraction(share) * 22 + (1 - Fraction(share)) * 38
    assert str(weight("1", "1", **{"class": "m", "part": "0.5"})) == "1"
    assert str(weight("1", "2", **{"class": "m", "part": "0.25"})) == "1.75"


def test_a_node_of_one_class_weighs_its_share_in_a_mixture_and_nothing_is_not_in_it() -> None:
    assert weight("20", None, **{"class": "m", "part": "0.25"}) == Decimal(5)
    assert weight(None, "20", **{"class": "m", "part": "0.25"}) == Decimal(15)
    assert weight(None, None, **{"class": "m", "part": "0.25"}) is None
    assert weight("20", None, **{"class": "m", "part": "0"}) is None
    assert weight(None, "20", **{"class": "m", "part": "1"}) is None


def test_one_weight_for_all_is_the_same_in_every_class() -> None:
    for profile in ({"class": "t"}, {"class": "m", "part": "0.3"}):
        assert class_weights(edition(), facility="f", profile=profile).weight(Weight(Decimal(7))) == 7


def test_without_classes_nothing_of_the_profile_is_asked_for() -> None:
    weights = class_weights(edition_of([indicator("a", "3")]), facility="f", profile={"class": "anything"})
    assert (weights.rule, weights.share, weights.assumed) == (None, None, False)
    assert weights.weight(Weight(Decimal(3))) == 3


@pytest.mark.parametrize("share", [Decimal("0.6"), "0.60", 1, "0", Decimal("0." + "3" * 50)])
def test_the_share_may_be_a_number_or_its_text_from_0_to_1(share: Any) -> None:
    found = class_weights(edition(), facility="f", profile={"class": "m", "part": share})
    assert found.share == Fraction(str(share))


@pytest.mark.parametrize("share", [None, "", "many", "-0.1", "1.01", Decimal("1.01")])
def test_a_mixture_without_a_usable_share_is_refused_by_the_name_of_the_attribute(share: Any) -> None:
    refusal = refused(**{"class": "m"} | ({} if share is None else {"part": share}))
    assert refusal.code == "share_missing"
    assert refusal.where is not None
    assert refusal.where.field == "profile.part"
    assert refusal.message.en == "f: the class “Mixed” needs profile.part between 0 and 1."


def test_an_unknown_class_is_refused_with_those_there_are() -> None:
    refusal = refused(**{"class": "x"})
    assert refusal.code == "unknown_class"
    assert refusal.message.en == "f: profile.class is “x”; it must be one of: t, i, m."
    assert refusal.where is not None
    assert refusal.where.field == "profile.class"


@pytest.mark.parametrize("profile", [{}, {"class": ""}, {"class": None}])
def test_no_class_is_refused_where_the_rubric_assumes_none(profile: dict[str, Any]) -> None:
    assert refused(**profile).message.en == "f: profile.class is –; it must be one of: t, i, m."


@pytest.mark.parametrize("profile", [{}, {"class": ""}, {"class": None}])
def test_a_declared_default_class_is_assumed_and_said_to_be(profile: dict[str, Any]) -> None:
    found = class_weights(edition(default="i"), facility="f", profile=profile)
    assert (found.rule and found.rule.id, found.assumed) == ("i", True)
    result = scored(edition(default="i"), {"a": "50"}, profile=profile)
    (finding,) = result.consequences
    assert (finding.code, finding.effect, finding.grade, finding.reason.code) == (
        result.root.code, "finding", None, "class_assumed"
    )  # fmt: skip
    assert finding.reason.message.en == "No class is declared; scored as the rubric's default class “i”."
    assert scored(edition(default="i"), {"a": "50"}, profile={"class": "i"}).consequences == ()
