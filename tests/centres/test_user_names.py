"""A user name stays with the human it was given to, as the log names people by it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from centres.models import CentreRole, Person
from centres.services.accept_invitation import accept_with_new_account
from centres.services.load_people import load_people
from centres.services.rules_of_accounts import rules_of_accounts
from core.errors import InputError
from operations import audit
from operations.models import AuditEntry
from operations.rules_in_database import missing
from tests.centres.test_invitations import NEW, invited
from tests.factories import Cast, person
from tests.operations.triggers import without_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def gone(cast: Cast) -> str:
    """The name of somebody the log speaks of and whose account is no more."""
    left = person("lena")
    audit.record(actor=left, act="test.done", subject="thing/1")
    with without_rule("centres_person_stays"):
        left.delete()
    return "lena"


@pytest.fixture
def at_the_admin_site(client: Client, cast: Cast) -> Client:
    Person.objects.filter(pk=cast.ada.pk).update(is_staff=True)
    client.force_login(Person.objects.get(pk=cast.ada.pk))
    return client


def test_both_rules_are_kept_by_the_database() -> None:
    assert missing(connection, rules_of_accounts()) == []


def test_a_user_name_is_never_changed(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=cast.ana.pk).update(username="anna")
    Person.objects.filter(pk=cast.ana.pk).update(name_en="Anna")


@pytest.mark.parametrize("name", ["lena", "system", "Anonymous"])
@pytest.mark.usefixtures("gone")
def test_a_name_the_log_knows_or_means_nobody_by_is_given_to_nobody(name: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        person(name)


def test_whoever_is_invited_is_told_that_such_a_name_is_taken(cast: Cast, gone: str) -> None:
    for name in (gone, "system", "ana"):
        with pytest.raises(InputError) as refusal:
            accept_with_new_account(invited(cast, role=CentreRole.NETWORK), **(NEW | {"username": name}))
        assert refusal.value.code == "already_exists"


def test_a_file_of_people_is_told_so_too(gone: str) -> None:
    entry = {"username": gone, "name": {"zh": "莱娜", "en": "Lena"}}
    with pytest.raises(InputError) as refusal:
        load_people({"contract": 1, "people": [entry]})
    assert refusal.value.code == "already_exists"


def test_the_admin_site_says_so_and_offers_no_change(at_the_admin_site: Client, cast: Cast) -> None:
    page = at_the_admin_site.get(f"/admin/centres/person/{cast.zoe.pk}/change/").content.decode()
    assert "永不更改" in page
    assert 'name="username"' not in page


def test_the_admin_site_makes_no_account_of_such_a_name(at_the_admin_site: Client, gone: str) -> None:
    form = {"username": gone, "usable_password": "false"}
    for inline in ("staff_roles", "memberships"):
        form |= {f"{inline}-TOTAL_FORMS": "0", f"{inline}-INITIAL_FORMS": "0"}
    page = at_the_admin_site.post("/admin/centres/person/add/", form)
    assert page.status_code == 200
    assert "该用户名属于或曾属于他人" in page.content.decode()
    form["username"] = "somebody-new"
    assert at_the_admin_site.post("/admin/centres/person/add/", form).status_code == 302


@pytest.mark.parametrize("name", ["\uff53\uff59\uff53\uff54\uff45\uff4d", "\uff41\uff4e\uff41"], ids=["system", "ana"])
def test_full_width_letters_make_no_other_name_of_it(cast: Cast, name: str) -> None:
    with pytest.raises(InputError) as refusal:
        accept_with_new_account(invited(cast, role=CentreRole.NETWORK), **(NEW | {"username": name}))
    assert refusal.value.code == "already_exists"


def test_who_types_full_width_letters_is_logged_by_the_name_they_get(cast: Cast) -> None:
    wide = "\uff4e\uff49\uff4e\uff41"
    accept_with_new_account(invited(cast, role=CentreRole.NETWORK), **(NEW | {"username": wide}))
    assert AuditEntry.objects.get(act="person.added").subject == "person/nina"
    entry = {"username": wide, "name": {"zh": "尼娜", "en": "Nina of the file"}, "roles": []}
    assert load_people({"contract": 1, "people": [entry]}) == {}
    assert Person.objects.get(username="nina").name_en == "Nina of the file"
