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


def test_nobody_else_gets_in(client: Client, cast: Cast) -> None:
    Person.objects.filter(pk=cast.ana.pk).update(is_staff=True)
    client.force_login(Person.objects.get(pk=cast.ana.pk))
    assert client.get("/admin/centres/person/").status_code == 403
    client.force_login(cast.olu)
    assert client.get("/admin/").status_code == 302
