"""Accounts are kept by administrators, on the record."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken
from rest_framework.test import APIClient

from centres.models import Person, StaffRole
from operations.models import AuditEntry
from tests.factories import Cast

pytestmark = pytest.mark.django_db


def test_an_administrator_changes_a_role_and_the_log_says_so(client: Client, cast: Cast) -> None:
    client.force_login(cast.ada)
    form = {
        "username": "zoe",
        "name_zh": "佐伊",
        "is_active": "on",
        "staff_roles-TOTAL_FORMS": "1",
        "staff_roles-INITIAL_FORMS": "0",
        "staff_roles-0-user": cast.zoe.pk,
        "staff_roles-0-role": "reviewer",
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    }
    response = client.post(f"/admin/centres/person/{cast.zoe.pk}/change/", form)
    assert response.status_code == 302, response.content.decode()
    entry = AuditEntry.objects.get(act="person.changed")
    assert (entry.actor, entry.subject) == ("ada", "person/zoe")
    assert entry.details == {"now": {"roles": ["reviewer"], "centres": ["zoe-centre"]}}


@pytest.mark.parametrize(
    ("field", "given"), [("name_zh", "佐\u202e伊"), ("name_en", "Zoe\x01"), ("email", f"a@{'例' * 63}.com")]
)
def test_a_name_no_paper_shows_and_an_address_no_letter_reaches_are_told_at_their_field(
    client: Client, cast: Cast, field: str, given: str
) -> None:
    client.force_login(cast.ada)
    none = {f"{rows}-{which}_FORMS": "0" for rows in ("staff_roles", "memberships") for which in ("TOTAL", "INITIAL")}
    page = client.post(f"/admin/centres/person/{cast.zoe.pk}/change/", {"username": "zoe", field: given} | none)
    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == [field]


@pytest.mark.parametrize(
    ("role", "province", "status"),
    [("regulator", "贵州", 302), ("regulator", "", 302), ("regulator", "Guizhou", 200), ("reviewer", "贵州", 200)],
)
def test_a_role_is_given_for_a_province_there_is_and_to_a_regulator_alone(
    client: Client, cast: Cast, role: str, province: str, status: int
) -> None:
    client.force_login(cast.ada)
    form = {
        "username": "zoe",
        "is_active": "on",
        "staff_roles-TOTAL_FORMS": "1",
        "staff_roles-INITIAL_FORMS": "0",
        "staff_roles-0-user": cast.zoe.pk,
        "staff_roles-0-role": role,
        "staff_roles-0-province": province,
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    }
    response = client.post(f"/admin/centres/person/{cast.zoe.pk}/change/", form)
    assert response.status_code == status, response.content.decode()
    given = list(cast.zoe.staff_roles.values_list("role", "province"))
    assert given == ([(role, province)] if status == 302 else [])


def test_the_role_opens_the_site_and_nothing_else_does(client: Client, cast: Cast) -> None:
    client.force_login(cast.ada)
    assert client.get("/admin/centres/person/").status_code == 200
    StaffRole.objects.filter(user=cast.ada).delete()
    assert client.get("/admin/centres/person/").status_code == 302
    Person.objects.filter(pk=cast.ana.pk).update(is_staff=True)
    for somebody in (cast.ana, cast.olu):
        client.force_login(Person.objects.get(pk=somebody.pk))
        assert client.get("/admin/centres/person/", follow=True).status_code == 403
        assert client.get("/admin/login/").status_code == 403


@pytest.mark.parametrize(
    ("whose", "first", "second"),
    [("ada", "administrator", "decider"), ("ana", "assessor", "administrator")],
)
def test_the_page_lets_nobody_administer_and_judge(
    client: Client, cast: Cast, whose: str, first: str, second: str
) -> None:
    client.force_login(cast.ada)
    person = Person.objects.get(username=whose)
    given = person.staff_roles.get()
    form = {
        **{"username": whose, "is_active": "on", "staff_roles-TOTAL_FORMS": "2", "staff_roles-INITIAL_FORMS": "1"},
        **{"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"},
        **{"staff_roles-0-id": given.pk, "staff_roles-0-user": person.pk, "staff_roles-0-role": first},
        **{"staff_roles-1-user": person.pk, "staff_roles-1-role": second},
    }
    page = client.post(f"/admin/centres/person/{person.pk}/change/", form)
    assert page.status_code == 200
    assert "不能既是管理员" in page.content.decode()
    assert [one.role for one in person.staff_roles.all()] == [first]
    exchanged = client.post(f"/admin/centres/person/{person.pk}/change/", form | {"staff_roles-0-DELETE": "on"})
    assert exchanged.status_code == 302
    assert [one.role for one in person.staff_roles.all()] == [second]


@pytest.mark.parametrize("then", [{"staff_roles-1-DELETE": "on"}, {"staff_roles-1-role": "registrar"}])
def test_a_judge_becomes_an_administrator_by_one_saving_of_the_page(
    client: Client, cast: Cast, then: dict[str, str]
) -> None:
    client.force_login(cast.ada)
    rows = [cast.ana.staff_roles.get(), cast.ana.staff_roles.create(role="reviewer")]
    form = {
        **{"username": "ana", "is_active": "on", "staff_roles-TOTAL_FORMS": "2", "staff_roles-INITIAL_FORMS": "2"},
        **{"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"},
        **{f"staff_roles-{number}-id": row.pk for number, row in enumerate(rows)},
        **{f"staff_roles-{number}-user": cast.ana.pk for number in range(2)},
        **{"staff_roles-0-role": "administrator", "staff_roles-1-role": "reviewer"},
    }
    assert client.post(f"/admin/centres/person/{cast.ana.pk}/change/", form | then).status_code == 302
    assert "administrator" in {one.role for one in cast.ana.staff_roles.all()}


def test_an_administrator_becomes_a_judge_by_one_saving_of_the_page(client: Client, cast: Cast) -> None:
    client.force_login(cast.ada)
    rows = [cast.zoe.staff_roles.create(role=role) for role in ("registrar", "administrator")]
    form = {
        **{"username": "zoe", "is_active": "on", "staff_roles-TOTAL_FORMS": "2", "staff_roles-INITIAL_FORMS": "2"},
        **{"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"},
        **{f"staff_roles-{number}-id": row.pk for number, row in enumerate(rows)},
        **{f"staff_roles-{number}-user": cast.zoe.pk for number in range(2)},
        **{"staff_roles-0-role": "assessor", "staff_roles-1-role": "reviewer"},
    }
    assert client.post(f"/admin/centres/person/{cast.zoe.pk}/change/", form).status_code == 302
    assert {one.role for one in cast.zoe.staff_roles.all()} == {"assessor", "reviewer"}


def test_the_page_gives_no_superuser_a_judging_role(client: Client, cast: Cast) -> None:
    Person.objects.filter(pk=cast.olu.pk).update(is_superuser=True)
    client.force_login(cast.ada)
    form = {
        **{"username": "olu", "is_active": "on", "staff_roles-TOTAL_FORMS": "1", "staff_roles-INITIAL_FORMS": "0"},
        **{"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"},
        **{"staff_roles-0-user": cast.olu.pk, "staff_roles-0-role": "assessor"},
    }
    page = client.post(f"/admin/centres/person/{cast.olu.pk}/change/", form)
    assert page.status_code == 200
    assert "不能既是管理员" in page.content.decode()


def test_a_password_set_there_ends_what_the_old_one_opened(
    client: Client, cast: Cast, api: Callable[[Person | None], APIClient]
) -> None:
    token = AuthToken.objects.create(user=cast.olu)[1]
    session = Client()
    session.force_login(cast.olu)
    caller = api(None)
    caller.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert caller.get("/api/v1/centres/").status_code == 200
    assert session.get("/my/").status_code == 200
    client.force_login(cast.ada)
    said = {"password1": "another long phrase 77", "password2": "another long phrase 77", "usable_password": "true"}
    address = reverse("admin:auth_user_password_change", args=[cast.olu.pk])
    assert client.post(address, said | {"set-password": "x"}).status_code == 302
    assert Person.objects.get(pk=cast.olu.pk).check_password("another long phrase 77")
    assert caller.get("/api/v1/centres/").status_code == 401
    assert session.get("/my/").status_code == 302
