"""Accounts are kept by administrators, on the record."""

from __future__ import annotations

import pytest
from django.test import Client

from centres.models import Person
from operations.models import AuditEntry
from tests.factories import Cast

pytestmark = pytest.mark.django_db


def test_an_administrator_changes_a_role_and_the_log_says_so(client: Client, cast: Cast) -> None:
    Person.objects.filter(pk=cast.ada.pk).update(is_staff=True)
    client.force_login(Person.objects.get(pk=cast.ada.pk))
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
    ("role", "province", "status"),
    [("regulator", "贵州", 302), ("regulator", "", 302), ("regulator", "Guizhou", 200), ("reviewer", "贵州", 200)],
)
def test_a_role_is_given_for_a_province_there_is_and_to_a_regulator_alone(
    client: Client, cast: Cast, role: str, province: str, status: int
) -> None:
    Person.objects.filter(pk=cast.ada.pk).update(is_staff=True)
    client.force_login(Person.objects.get(pk=cast.ada.pk))
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


def test_nobody_else_gets_in(client: Client, cast: Cast) -> None:
    Person.objects.filter(pk=cast.ana.pk).update(is_staff=True)
    client.force_login(Person.objects.get(pk=cast.ana.pk))
    assert client.get("/admin/centres/person/").status_code == 403
    client.force_login(cast.olu)
    assert client.get("/admin/").status_code == 302
