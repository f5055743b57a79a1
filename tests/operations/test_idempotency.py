"""One `Idempotency-Key`, one effect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.response import Response
from rest_framework.test import APIClient

from centres.models import Centre, Invitation, Membership, Person, Role, StaffRole, TokenGrant
from operations import idempotency
from operations.models import KeyedRequest
from tests.factories import Cast, staff
from tests.operations.test_problems import problem
from tests.profiles import profile_content

pytestmark = [pytest.mark.django_db, pytest.mark.torture("T33")]
Api = Callable[..., APIClient]


def enter(client: APIClient, slug: str = "third", *, key: str = "k-1") -> Any:
    return client.post("/api/v1/centres/", profile_content(slug), format="json", headers={"Idempotency-Key": key})


@pytest.mark.torture("T33", "same body", "one effect")
def test_the_same_request_again_gets_the_same_answer_and_no_second_effect(api: Api, cast: Cast) -> None:
    first, again = enter(api(cast.ada)), enter(api(cast.ada))
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first["Location"] == again["Location"]
    assert again["Idempotency-Replayed"] == "true"
    assert Centre.objects.filter(slug="third").count() == 1


def test_a_refusal_is_replayed_as_the_problem_it_was(api: Api, cast: Cast) -> None:
    problem(enter(api(cast.ada), "olu-centre"), 409, "already_exists")
    again = enter(api(cast.ada), "olu-centre")
    assert again.status_code == 409
    assert again["Content-Type"] == "application/problem+json"


@pytest.mark.torture("T33", "different body")
def test_another_body_under_the_same_key_is_refused(api: Api, cast: Cast) -> None:
    enter(api(cast.ada))
    problem(enter(api(cast.ada), "fourth"), 422, "idempotency_key_reused")
    assert not Centre.objects.filter(slug="fourth").exists()


@pytest.mark.torture("T33", "while the first is running")
def test_a_request_that_still_runs_is_said_to(api: Api, cast: Cast) -> None:
    enter(api(cast.ada))
    KeyedRequest.objects.update(status=None)
    problem(enter(api(cast.ada)), 409, "still_running")


def test_one_that_never_ended_is_given_up(api: Api, cast: Cast) -> None:
    enter(api(cast.ada))
    Centre.objects.filter(slug="third").update(slug="away")
    KeyedRequest.objects.update(status=None, begun_at=timezone.now() - dt.timedelta(minutes=10))
    assert enter(api(cast.ada)).status_code == 201


def test_one_that_was_given_up_ends_in_its_own_answer(cast: Cast) -> None:
    record = KeyedRequest.objects.create(person=cast.ada.username, key="k-1", fingerprint="x", standing="x")
    KeyedRequest.objects.all().delete()  # the same key came again after five minutes
    idempotency.end(record, Response({"slug": "third"}, status=201))
    assert not KeyedRequest.objects.exists()


@pytest.mark.torture("T33", "another user")
def test_another_persons_key_is_another_key(api: Api, cast: Cast) -> None:
    other = staff("adam", Role.ADMINISTRATOR)
    enter(api(cast.ada))
    assert enter(api(other), "fourth").status_code == 201


def test_a_key_that_is_none_is_refused(api: Api, cast: Cast) -> None:
    [item] = problem(enter(api(cast.ada), key="x" * 256), 400, "bad_idempotency_key")["errors"]
    assert "UUID" in item["hint"]["en"]


# --- nobody reads by an old key what they may not read any more -------------------------------------------------------


def invited(client: APIClient, centre: Centre, **more: str) -> Any:
    said = {"email": "nina@example.com", "role": "energy", "centre": centre.slug}
    return client.post("/api/v1/invitations/", said, format="json", headers={"Idempotency-Key": "k-1", **more})


@pytest.mark.torture("T36", "no old answer by its key")
def test_who_left_the_centre_is_not_told_the_answer_again(api: Api, cast: Cast) -> None:
    first = invited(api(cast.olu), cast.centre)
    assert first.status_code == 201
    Membership.objects.filter(user=cast.olu).delete()
    again = invited(api(cast.olu), cast.centre)
    problem(again, 403, "rights_changed")
    assert first.json()["id"] not in again.content.decode()
    assert "nina" not in again.content.decode()
    assert Invitation.objects.count() == 1


@pytest.mark.torture("T36", "no old answer by its key")
def test_whose_role_was_lowered_is_not_told_the_answer_again(api: Api, cast: Cast) -> None:
    assert enter(api(cast.ada)).status_code == 201
    StaffRole.objects.filter(user=cast.ada).update(role=Role.REGULATOR)
    again = enter(api(cast.ada))
    problem(again, 403, "rights_changed")
    assert "third" not in again.content.decode()


def test_what_another_account_of_the_same_human_joins_or_leaves_counts_too(api: Api, cast: Cast) -> None:
    assert enter(api(cast.ada)).status_code == 201
    Person.objects.filter(pk=cast.zoe.pk).update(natural_person=cast.ada.natural_person)
    problem(enter(api(cast.ada)), 403, "rights_changed")


@pytest.mark.torture("T36", "revoked token")
def test_a_token_given_back_opens_no_old_answer(cast: Cast) -> None:
    client, token = APIClient(), AuthToken.objects.create(user=cast.olu)[1]
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert invited(client, cast.centre).status_code == 201
    assert invited(client, cast.centre)["Idempotency-Replayed"] == "true"
    AuthToken.objects.all().delete()
    problem(invited(client, cast.centre), 401, "authentication_failed")


@pytest.mark.torture("T36", "over-privileged token")
def test_a_token_that_only_reads_opens_no_old_answer_of_an_act(api: Api, cast: Cast) -> None:
    assert invited(api(cast.olu), cast.centre).status_code == 201
    stored, token = AuthToken.objects.create(user=cast.olu)
    TokenGrant.objects.create(token=stored, read_only=True)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    problem(invited(client, cast.centre), 403, "read_only_token")


def test_the_act_is_not_done_again_when_what_one_may_do_has_grown(api: Api, cast: Cast) -> None:
    assert invited(api(cast.olu), cast.centre).status_code == 201
    Membership.objects.create(user=cast.olu, centre=cast.other_centre, role="energy")
    problem(invited(api(cast.olu), cast.centre), 403, "rights_changed")
    assert Invitation.objects.count() == 1
