"""More than a fifth of the cards, another name, operator, site or class: what was certified is no longer there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.scoring.major_changes import Aspect, major_changes, moved_cards
from centres.profile import FacilityProfile
from tests.profiles import profile_content

H800, A910B = "NVIDIA H800 SXM", "Ascend 910B"


def facility(**changes: Any) -> FacilityProfile:
    return FacilityProfile.model_validate(profile_content(**changes))


def cards(**numbers: int) -> dict[str, Any]:
    models = {"h800": H800, "a910b": A910B, "h800_again": "H800 SXM5"}
    groups = [{"model": models[name], "cards": number, "cards_per_node": 1} for name, number in numbers.items()]
    return {"accelerators": groups}


@pytest.mark.parametrize(
    ("now", "moved", "is_major"),
    [
        ({"h800": 1000}, 0, False),
        ({"h800": 1200}, 200, False),
        ({"h800": 1201}, 201, True),
        ({"h800": 800}, 200, False),
        ({"h800": 799}, 201, True),
        ({"h800": 800, "a910b": 200}, 200, False),
        ({"h800": 799, "a910b": 201}, 201, True),
        ({"a910b": 1000}, 1000, True),
        ({"h800_again": 1000}, 0, False),
        ({"h800": 600, "h800_again": 400}, 0, False),
    ],
)
def test_cards_that_came_or_went_are_major_beyond_a_fifth(now: dict[str, int], moved: int, is_major: bool) -> None:
    certified, since = facility(**cards(h800=1000)), facility(**cards(**now))
    assert moved_cards(certified, since) == moved
    assert major_changes(certified, since) == ((Aspect.CARDS,) if is_major else ())


def test_another_operator_and_another_class_are_major() -> None:
    sold = facility(operator={"zh": "另一家公司", "en": "Another Co."})
    assert major_changes(facility(), sold) == (Aspect.OPERATOR,)
    served = facility(**{"class": "inference_led"})
    assert major_changes(facility(), served) == (Aspect.CENTRE_CLASS,)


def test_another_name_and_another_site_are_major() -> None:
    named = facility(centre=profile_content()["centre"] | {"name": {"zh": "另一个中心", "en": "Another"}})
    assert major_changes(facility(), named) == (Aspect.NAME,)
    for place in ({"city": "另一座城市"}, {"province": "贵州"}):
        moved = facility(place=profile_content()["place"] | place)
        assert major_changes(facility(), moved) == (Aspect.SITE,)


@pytest.mark.parametrize(
    ("before", "after", "is_major"),
    [("0.40", "0.60", False), ("0.50", "0.70", True), ("0.69", "0.70", True), ("0.31", "0.30", True)],
)
def test_a_training_share_is_major_across_a_line_between_classes(before: str, after: str, is_major: bool) -> None:
    mixed, since = (facility(**{"class": "mixed", "training_share": share}) for share in (before, after))
    assert major_changes(mixed, since) == ((Aspect.CENTRE_CLASS,) if is_major else ())


def test_another_day_and_other_translations_of_the_names_are_none() -> None:
    content = profile_content()
    operator = content["operator"] | {"en": "Example Compute Company Ltd. (fictional)"}
    centre = content["centre"] | {"name": content["centre"]["name"] | {"en": "Another translation"}}
    assert major_changes(facility(), facility(centre=centre, operator=operator, applied_on="2027-03-31")) == ()


@given(st.integers(1, 9999), st.integers(1, 9999), st.integers(1, 9999), st.integers(1, 9999))
def test_as_many_cards_moved_on_the_way_back(before: int, beside: int, after: int, besides: int) -> None:
    one, other = facility(**cards(h800=before, a910b=beside)), facility(**cards(h800=after, a910b=besides))
    assert moved_cards(one, other) == moved_cards(other, one)
