"""Which roles one human being holds together: in the services, by every door, and in the database."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from centres.models import Person, Role, StaffRole
from centres.services.accept_invitation import accept_invitation, accept_with_new_account
from centres.services.give_role import give_role
from centres.services.invite import invite
from centres.services.load_people import load_people
from centres.services.rules_of_roles import JUDGES, rules_of_roles
from core.errors import DecisionBlocked, InputError
from operations.models import AuditEntry
from operations.rules_in_database import missing
from tests.centres.test_invitations import NEW, token
from tests.factories import Cast, person

pytestmark = [pytest.mark.django_db, pytest.mark.torture("T37")]


def invited(cast: Cast, role: Role) -> str:
    invite(email="nina@example.com", role=role, person=cast.ada)
    return token()


def blocked() -> pytest.RaisesExc[DecisionBlocked]:
    return pytest.RaisesExc(DecisionBlocked, check=lambda error: error.code == "administers_and_judges")


def test_every_rule_is_kept_by_the_database() -> None:
    assert missing(connection, rules_of_roles()) == []


@pytest.mark.parametrize("role", JUDGES)
def test_nobody_administers_and_judges_whatever_accounts_they_use(cast: Cast, role: Role) -> None:
    twin = person("ada.two")
    Person.objects.filter(pk=twin.pk).update(natural_person=cast.ada.natural_person)
    judge, root = person("judge"), person("root")
    give_role(judge, role=role)
    for account in (cast.ada, Person.objects.get(pk=twin.pk)):
        with blocked():
            give_role(account, role=role)
        with pytest.raises(IntegrityError), transaction.atomic():
            StaffRole.objects.create(user=account, role=role)
    with blocked():
        give_role(judge, role=Role.ADMINISTRATOR)
    for change in ({"role": Role.ADMINISTRATOR, "user": judge}, {"role": role, "user": cast.ada}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StaffRole.objects.create(**change)
    held = StaffRole.objects.create(user=judge, role=Role.REGISTRAR)
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffRole.objects.filter(pk=held.pk).update(role=Role.ADMINISTRATOR)
    Person.objects.filter(pk=root.pk).update(is_superuser=True)
    with blocked():
        give_role(Person.objects.get(pk=root.pk), role=role)
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=judge.pk).update(is_superuser=True)


def test_one_role_may_take_the_place_of_the_other(cast: Cast) -> None:
    held = cast.ada.staff_roles.get()
    assert StaffRole.objects.filter(pk=held.pk).update(role=Role.DECIDER) == 1
    give_role(cast.dong, role=Role.REGISTRAR)
    give_role(cast.dong, role=Role.PUBLISHER)


def test_an_invitation_gives_no_administrator_a_judging_role(cast: Cast) -> None:
    given = invited(cast, Role.DECIDER)
    with blocked():
        accept_invitation(given, person=cast.ada)
    Person.objects.filter(pk=cast.ada.pk).update(email="nina@example.com")
    with blocked():
        accept_with_new_account(given, **NEW)
    assert not Person.objects.filter(username=NEW["username"]).exists()
    assert not AuditEntry.objects.filter(act="person.accept_invitation").exists()


def test_an_administrator_by_invitation_gets_where_roles_are_given(cast: Cast) -> None:
    made = accept_with_new_account(invited(cast, Role.ADMINISTRATOR), **NEW)
    client = Client()
    client.force_login(made)
    assert client.get("/admin/centres/person/").status_code == 200


def test_a_file_of_people_gives_nobody_both(cast: Cast) -> None:
    entry = {"username": "both", "name": {"zh": "双", "en": "Both"}, "roles": ["administrator", "decider"]}
    with pytest.raises(InputError) as caught:
        load_people({"contract": 1, "people": [entry]})
    assert caught.value.code == "administers_and_judges"
    assert not Person.objects.filter(username="both").exists()
