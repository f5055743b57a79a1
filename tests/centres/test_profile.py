import json
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from centres.profile import CentreClass, FacilityProfile
from centres.profile_reading import ProfileError, read_kept_profile, read_profile, read_profile_yaml
from centres.profile_rules import MOST_METERS, MOST_MODELS
from centres.provinces import PROVINCES
from indicators.measures.references import emission_factors
from tests.profiles import profile_content


def meter(**changes: Any) -> dict[str, Any]:
    return {
        "id": "M-1",
        "at": "utility_incomer",
        "measures": "facility",
        "kind": "cumulative",
        "unit": "kWh",
        **changes,
    }


GROUP = profile_content()["accelerators"][0]
PLACE = profile_content()["place"]
CIRCLE = [meter(id="M-1", parent="M-2"), meter(id="M-2", parent="M-3"), meter(id="M-3", parent="M-2")]
AGAINST_RULES_OF_NOW: list[tuple[dict[str, Any], str, str]] = [
    ({"accelerators": [GROUP | {"cards": 4}]}, "accelerators[0].cards_per_node", "node_larger_than_group"),
    ({"place": PLACE | {"province": "Atlantis"}}, "place.province", "unknown_province"),
    ({"meters": [meter(parent="M-1")]}, "meters[0].parent", "meters_in_a_circle"),
    ({"meters": CIRCLE}, "meters[1].parent", "meters_in_a_circle"),
    ({"meters": [meter(multiplier="9" * 39)]}, "meters[0].multiplier", "less_than_equal"),
    ({"meters": [meter(register_max="1e16")]}, "meters[0].register_max", "less_than_equal"),
    ({"meters": [meter(id="M\u202e1")]}, "meters[0].id", "forbidden_character"),
    ({"meters": [meter(id=f"M-{at}") for at in range(MOST_METERS + 1)]}, f"meters[{MOST_METERS}]", "too_many"),
    ({"accelerators": [GROUP | {"model": "A\x01"}]}, "accelerators[0].model", "forbidden_character"),
    ({"accelerators": [GROUP] * (MOST_MODELS + 1)}, f"accelerators[{MOST_MODELS}]", "too_many"),
    ({"place": PLACE | {"city": "贵\ufffe阳"}}, "place.city", "forbidden_character"),
    ({"it_capacity_kw": "9" * 39}, "it_capacity_kw", "less_than_equal"),
    ({"it_capacity_kw": "10000000.1"}, "it_capacity_kw", "less_than_equal"),
    ({"link_line_rate_gb_s": "1000001"}, "link_line_rate_gb_s", "less_than_equal"),
    ({"racks": {"count": 10**39, "density_kw_max": "9"}}, "racks.count", "less_than_equal"),
    ({"racks": {"count": 9, "density_kw_max": "10001"}}, "racks.density_kw_max", "less_than_equal"),
]


def refused(**changes: Any) -> dict[str | None, str]:
    """Fields and codes of what is wrong with a profile that is handed in."""
    with pytest.raises(ProfileError) as refusal:
        read_profile(profile_content(**changes))
    return {fault.where.field: fault.code for fault in refusal.value.faults if fault.where and fault.hint}


def faults_of(**changes: Any) -> str:
    with pytest.raises(ValidationError) as refusal:
        FacilityProfile.model_validate(profile_content(**changes))
    return str(refusal.value)


def test_a_profile_counts_its_cards_and_keeps_decimals_exact() -> None:
    read = FacilityProfile.model_validate(profile_content())
    assert read.cards == 2048
    assert read.it_capacity_kw == Decimal("3200")
    assert read.centre_class is CentreClass.TRAINING_LED
    assert read.training_part == 1


def test_the_digest_names_the_content_not_the_order() -> None:
    turned = dict(reversed(profile_content().items()))
    assert FacilityProfile.model_validate(profile_content()).digest == FacilityProfile.model_validate(turned).digest
    assert (
        FacilityProfile.model_validate(profile_content(it_capacity_kw="3201")).digest
        != FacilityProfile.model_validate(profile_content()).digest
    )


def test_a_float_is_refused_because_it_is_not_what_was_written() -> None:
    assert "quoted text" in faults_of(it_capacity_kw=3200.1)


@pytest.mark.torture("T30")
def test_an_unknown_field_is_refused_by_name() -> None:
    assert "score" in faults_of(score="100")


def test_an_interval_meter_declares_how_long_and_which_end() -> None:
    assert "interval and stamp" in faults_of(meters=[meter(kind="interval")])


def test_two_meters_do_not_share_an_id_and_parents_exist() -> None:
    assert "share one id" in faults_of(meters=[meter(), meter()])
    assert "M-9" in faults_of(meters=[meter(parent="M-9")])


def test_only_a_mixed_centre_declares_its_training_share() -> None:
    assert "training_share" in faults_of(training_share="0.60")
    assert "training_share" in faults_of(**{"class": "mixed"})
    mixed = FacilityProfile.model_validate(profile_content(**{"class": "mixed"}, training_share="0.60"))
    assert mixed.training_part == Decimal("0.60")


@pytest.mark.torture("T17")
def test_an_unknown_zone_is_refused() -> None:
    place = {"province": "内蒙古", "city": "呼和浩特", "timezone": "Mars/Olympus"}
    assert "Mars/Olympus" in faults_of(place=place)


@pytest.mark.torture("T40")
@pytest.mark.parametrize("name", ["示例\u202e中心", "示例\x1b[31m", "示例\u2066中心", "示例\n中心", "示例\ufffe"])
def test_names_for_papers_hold_no_direction_or_control_characters(name: str) -> None:
    centre = {"id": "example-1", "name": {"zh": name, "en": "Example"}}
    assert refused(centre=centre) == {"centre.name.zh": "forbidden_character"}


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2100-01-01", "9999-12-31"])
def test_a_day_of_another_time_is_refused_before_windows_are_counted_from_it(day: str) -> None:
    assert "between 2000-01-01 and 2099-12-31" in faults_of(applied_on=day)
    assert "between 2000-01-01 and 2099-12-31" in faults_of(meters=[meter(calibrated_on=day)])


@pytest.mark.torture("T15")
@pytest.mark.parametrize("cards", [True, "12", 2.0, Decimal("2.0"), " 12 "])
def test_cards_are_counted_in_whole_numbers_and_nothing_like_them(cards: Any) -> None:
    assert refused(accelerators=[GROUP | {"cards": cards}]) == {"accelerators[0].cards": "int_type"}


@pytest.mark.parametrize("field", ["self_use_only", "services_span_nodes"])
def test_a_flag_is_true_or_false_and_no_word_for_it(field: str) -> None:
    assert refused(**{field: "yes"}) == {field: "bool_type"}


@pytest.mark.parametrize(("changes", "field", "code"), AGAINST_RULES_OF_NOW)
def test_nonsense_is_refused_when_it_is_handed_in_and_read_where_it_was_kept(
    changes: dict[str, Any], field: str, code: str
) -> None:
    assert refused(**changes) == {field: code}
    assert read_kept_profile(profile_content(**changes))


def test_what_lies_at_the_bounds_is_taken() -> None:
    most = meter(multiplier="1000000", register_max="1e15")
    group = GROUP | {"cards": 8, "cards_per_node": 8}
    assert read_profile(profile_content(it_capacity_kw="1e7", meters=[most], accelerators=[group])).cards == 8


@pytest.mark.parametrize(
    ("province", "hint"),
    [
        ("guizhou", "“贵州”"),
        ("贵州省", "“贵州”"),
        ("内蒙古自治区", "“内蒙古”"),
        ("Guizou", "是否指“贵州”"),
        ("Atlantis", "新疆"),
    ],
)
def test_a_province_that_is_none_is_told_the_one_meant(province: str, hint: str) -> None:
    with pytest.raises(ProfileError) as refusal:
        read_profile(profile_content(place=PLACE | {"province": province}))
    [fault] = refusal.value.faults
    assert fault.hint is not None
    assert hint in fault.hint.zh


def test_each_province_with_an_emission_factor_is_a_possible_one() -> None:
    assert {row.region for row in emission_factors().rows if row.level == "province"} <= set(PROVINCES)


def test_yaml_is_held_to_the_same_rules() -> None:
    written = "\n".join(
        f"{key}: {json.dumps(value)}" for key, value in profile_content(it_capacity_kw="9" * 39).items()
    )
    with pytest.raises(ProfileError) as refusal:
        read_profile_yaml(written.encode())
    [fault] = refusal.value.faults
    assert fault.where is not None
    assert (fault.where.field, fault.code, fault.where.line) == ("it_capacity_kw", "less_than_equal", 8)


def test_of_meters_the_faulty_one_is_named() -> None:
    assert refused(meters=[meter(), meter()]) == {"meters[1].id": "meter_twice"}
    assert refused(meters=[meter(), meter(id="M-2", parent="M-9")]) == {"meters[1].parent": "unknown_parent"}


def test_a_profile_has_the_same_digest_when_it_is_read_again_from_what_was_kept() -> None:
    """A figure of JSON comes as a decimal, one that was kept as text; negative nothing is nothing in both."""
    for share in (Decimal("-0.0"), "-0.0", Decimal("0.5"), "0.50", Decimal("5E-1"), Decimal(0)):
        read = read_profile(profile_content(**{"class": "mixed", "training_share": share}))
        kept = json.loads(json.dumps(read.model_dump(mode="json", by_alias=True, exclude_none=True)))
        assert FacilityProfile.model_validate(kept).digest == read.digest


def test_a_digest_keeps_the_digits_as_they_were_written() -> None:
    """Results that were published name it: see docs/decisions/0042."""
    read = [read_profile(profile_content(it_capacity_kw=figure)) for figure in ("3200", "3200.0", "3.2e3")]
    assert len({profile.digest for profile in read}) == 3
    assert len({profile.it_capacity_kw for profile in read}) == 1
