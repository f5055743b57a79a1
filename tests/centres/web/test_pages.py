"""Signing in, and the profile by form and by YAML."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from centres.models import ProfileVersion
from tests.factories import PASSWORD, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def olus(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.olu, "django.contrib.auth.backends.ModelBackend")
    return client


def filled(client: Client, address: str) -> dict[str, Any]:
    """What the browser would send back of an untouched form."""
    context = client.get(address).context
    values = {name: field.initial for name, field in context["form"].fields.items()}
    values["replacing"] = context["replacing"]
    return {name: value for name, value in values.items() if value not in (None, "", False)}


def test_a_wrong_password_keeps_the_name_and_tells_nothing(cast: Cast) -> None:
    page = Client().post("/sign-in/", {"login": "olu", "password": "wrong"})
    assert page.status_code == 422
    assert 'value="olu"' in page.content.decode()
    assert "用户名或密码不正确" in page.content.decode()


def test_signing_in_leads_to_ones_work_and_out_again(cast: Cast) -> None:
    client = Client()
    answer = client.post("/sign-in/", {"login": "olu", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == "/my/"
    assert cast.centre.name_zh in answer.content.decode()
    assert client.get("/sign-out/").status_code == 405  # only by the button
    client.post("/sign-out/")
    assert client.get("/my/").status_code == 302


def test_an_untouched_form_saves_nothing_new(cast: Cast, olus: Client) -> None:
    address = f"/centres/{cast.centre.slug}/profile/"
    assert olus.post(address, filled(olus, address)).status_code == 302
    assert ProfileVersion.objects.filter(centre=cast.centre).count() == 1


def test_a_changed_figure_is_a_new_version(cast: Cast, olus: Client) -> None:
    address = f"/centres/{cast.centre.slug}/profile/"
    answer = olus.post(address, filled(olus, address) | {"it_capacity_kw": "4000", "accelerators[0].cards": "4096"})
    assert answer.status_code == 302
    newest = ProfileVersion.objects.filter(centre=cast.centre).latest()
    assert str(newest.profile.it_capacity_kw) == "4000"
    assert newest.profile.cards == 4096
    assert len(newest.profile.meters) == 2


@pytest.mark.torture("T34", "never wins silently")
def test_of_two_who_change_one_profile_by_forms_the_second_learns_of_the_first(cast: Cast, olus: Client) -> None:
    address = f"/centres/{cast.centre.slug}/profile/"
    opened = filled(olus, address)
    assert olus.post(address, opened | {"it_capacity_kw": "4000"}).status_code == 302
    late = olus.post(address, opened | {"it_capacity_kw": "5000"})
    newest = ProfileVersion.objects.filter(centre=cast.centre).latest()
    page = late.content.decode()
    assert (late.status_code, newest.digest in page, 'value="5000"' in page) == (422, True, True)
    assert str(newest.profile.it_capacity_kw) == "4000"
    seen = opened | {"it_capacity_kw": "5000", "replacing": late.context["replacing"]}
    assert olus.post(address, seen).status_code == 302
    blind = olus.post(f"{address}yaml/", {"content": newest.profile.model_dump_json(by_alias=True, exclude_none=True)})
    assert blind.status_code == 422
    assert ProfileVersion.objects.filter(centre=cast.centre).count() == 3


def test_the_form_takes_all_a_meter_declares(cast: Cast, olus: Client) -> None:
    address = f"/centres/{cast.centre.slug}/profile/"
    said = {"id": "M-UPS2", "at": "ups_output", "measures": "it", "kind": "on_change", "unit": "kWh",
            "max_silence": "P1D", "register_max": "1000000", "calibrated_on": "2025-09-12"}  # fmt: skip
    answer = olus.post(address, filled(olus, address) | {f"meters[2].{name}": value for name, value in said.items()})
    assert answer.status_code == 302
    newest = ProfileVersion.objects.filter(centre=cast.centre).latest()
    assert newest.profile.meters[2].model_dump(mode="json", include=set(said)) == said
    untouched = olus.post(address, filled(olus, address))
    assert untouched.status_code == 302
    assert ProfileVersion.objects.filter(centre=cast.centre).latest() == newest


def test_a_wrong_figure_is_told_at_its_field_and_kept(cast: Cast, olus: Client) -> None:
    address = f"/centres/{cast.centre.slug}/profile/"
    answer = olus.post(address, filled(olus, address) | {"it_capacity_kw": "three thousand", "meters[1].unit": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="three thousand"' in page
    assert 'href="#id_it_capacity_kw"' in page
    assert 'href="#id_meters[1].unit"' in page


def test_a_form_is_held_to_the_rules_of_every_door_and_says_how_to_mend(cast: Cast, olus: Client) -> None:
    address = f"/centres/{cast.centre.slug}/profile/"
    olus.cookies["django_language"] = "en"
    wrong = {"place.province": "Guizhou", "accelerators[0].cards": "12.0", "it_capacity_kw": "99999999"}
    page = olus.post(address, filled(olus, address) | wrong).content.decode()
    assert "There is no province “Guizhou”. Write it as “贵州”." in page
    assert "This should be a whole number. Write the digits alone" in page
    assert "This should be at most 10000000." in page


def test_an_empty_form_says_once_at_each_field_what_is_needed_and_grows_no_rows(cast: Cast, olus: Client) -> None:
    address = f"/centres/{cast.centre.slug}/profile/"
    as_it_was = olus.get(address).content.decode().count('name="meters[')
    olus.cookies["django_language"] = "en"
    answer = olus.post(address, dict.fromkeys(filled(olus, address), ""))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "City: This is needed." in page
    assert "City: City" not in page
    assert re.search(r'<a href="#id_accelerators\[0\]\.model">[^<]*Accelerators: At least 1 is needed\.', page)
    assert page.count('name="meters[') <= as_it_was


def test_yaml_faults_name_their_lines(cast: Cast, olus: Client) -> None:
    answer = olus.post(f"/centres/{cast.centre.slug}/profile/yaml/", {"content": "contract: 1\nclass: of its own\n"})
    assert answer.status_code == 422
    assert "第 2 行" in answer.content.decode()
