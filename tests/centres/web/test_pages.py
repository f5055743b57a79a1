"""Signing in, and the profile by form and by YAML."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from centres.models import ProfileVersion
from centres.profile_reading import read_profile
from centres.profile_rules import MOST_METERS, MOST_MODELS
from centres.selectors import current_profile
from centres.services.save_profile import save_profile
from centres.web.profile_form import ProfileForm
from tests.factories import PASSWORD, Cast

pytestmark = pytest.mark.django_db
SIXTH = {
    f"meters[5].{name}": value
    for name, value in (
        ("id", "M9"),
        ("at", "cooling"),
        ("measures", "cooling"),
        ("kind", "on_change"),
        ("unit", "kWh"),
    )
}


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


@pytest.mark.parametrize(
    ("emptied", "typed", "at"),
    [
        ("meters[0]", {"meters[1].parent": "", "meters[1].multiplier": "many"}, "meters[1].multiplier"),
        ("none", dict(SIXTH, **{"meters[5].multiplier": "many"}), "meters[5].multiplier"),
        ("none", dict(SIXTH, **{"meters[5].kind": "interval"}), "meters[5].interval"),
        (
            "accelerators[0]",
            {"accelerators[1].model": "X", "accelerators[1].cards": "many", "accelerators[1].cards_per_node": "8"},
            "accelerators[1].cards",
        ),
    ],
)
def test_a_fault_stands_in_the_row_it_was_typed_in_whatever_rows_are_empty(
    cast: Cast, olus: Client, emptied: str, typed: dict[str, str], at: str
) -> None:
    address = f"/centres/{cast.centre.slug}/profile/"
    kept = {name: value for name, value in filled(olus, address).items() if not name.startswith(emptied)}
    answer = olus.post(address, kept | typed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [at]
    assert f'href="#id_{at}"' in answer.content.decode()


def test_a_profile_of_the_most_rows_is_saved_by_form_and_one_more_is_told_at_its_row(cast: Cast, olus: Client) -> None:
    profile, address = current_profile(cast.centre), f"/centres/{cast.centre.slug}/profile/"
    assert profile is not None
    meter, group = profile.content["meters"][0], profile.content["accelerators"][0]
    # As long as a form writes them: a Chinese character is nine bytes of it.
    meters = [meter | {"id": f"{'表' * 60}{at:04}", "register_max": "999999.999"} for at in range(MOST_METERS)]
    groups = [group | {"model": f"{'卡' * 97}{at:03}"} for at in range(MOST_MODELS)]
    full = read_profile({**profile.content, "meters": meters, "accelerators": groups})
    kept = save_profile(cast.centre, full, person=cast.olu)
    # What a browser sends of the page, without the ten seconds of drawing so many fields.
    form = ProfileForm(initial_content=kept.content)
    sent = {one.html_name: one.value() or "" for one in form if one.widget_type != "checkbox" or one.value()}
    sent |= {"replacing": kept.digest, "csrfmiddlewaretoken": "x" * 64}
    assert len(sent) < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    body = urlencode(sent | {"it_capacity_kw": "4001"})
    assert olus.post(address, body, content_type="application/x-www-form-urlencoded").status_code == 302
    newest = ProfileVersion.objects.filter(centre=cast.centre).latest()
    assert (str(newest.profile.it_capacity_kw), len(newest.profile.meters)) == ("4001", MOST_METERS)
    more = {"id": "one more", **{name: meter[name] for name in ("at", "measures", "kind", "unit")}}
    at = f"meters[{MOST_METERS}]"
    refused = ProfileForm(sent | {f"{at}.{name}": value for name, value in more.items()}, initial_content=kept.content)
    assert list(refused.errors) == [f"{at}.id"]
    assert refused[f"{at}.id"].value() == "one more"


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
