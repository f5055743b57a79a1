"""One `Idempotency-Key`, one effect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from centres.models import Centre, Role
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


@pytest.mark.torture("T33", "another user")
def test_another_persons_key_is_another_key(api: Api, cast: Cast) -> None:
    other = staff("adam", Role.ADMINISTRATOR)
    enter(api(cast.ada))
    assert enter(api(other), "fourth").status_code == 201


def test_a_key_that_is_none_is_refused(api: Api, cast: Cast) -> None:
    [item] = problem(enter(api(cast.ada), key="x" * 256), 400, "bad_idempotency_key")["errors"]
    assert "UUID" in item["hint"]["en"]
