from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from centres.profile import CentreClass, FacilityProfile
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
@pytest.mark.parametrize("name", ["示例\u202e中心", "示例\x1b[31m", "示例\u2066中心", "示例\n中心"])
def test_names_for_papers_hold_no_direction_or_control_characters(name: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        FacilityProfile.model_validate(
            profile_content(centre={"id": "example-1", "name": {"zh": name, "en": "Example"}})
        )
    assert refusal.value.errors()[0]["type"] == "forbidden_character"


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2100-01-01", "9999-12-31"])
def test_a_day_of_another_time_is_refused_before_windows_are_counted_from_it(day: str) -> None:
    assert "between 2000-01-01 and 2099-12-31" in faults_of(applied_on=day)
    assert "between 2000-01-01 and 2099-12-31" in faults_of(meters=[meter(calibrated_on=day)])
