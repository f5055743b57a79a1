"""Second factors: codes, who needs one, tokens that prove it, and acts that ask for it anew."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from assessment.api import acts
from assessment.services.certificates.life import ACTS as CERTIFICATE_ACTS
from assessment.services.chain.table import ASKS_FOR_A_FRESH_FACTOR, TRANSITIONS
from centres.api.second_factor import FreshSecondFactor
from centres.models import Person, Role, StaffRole, TokenGrant
from centres.permissions import SECOND_FACTOR_ROLES
from centres.services.second_factor import check_code, give_second_factor, has_second_factor, reset_second_factor
from core.errors import DecisionBlocked, QuotaExceeded, UserFacingError
from core.one_time_codes import code_at, step_at
from fixtures.demo.people import people_file
from operations.models import AuditEntry
from tests.factories import PASSWORD, Cast, staff
from tests.operations.test_problems import problem
from tests.second_factor import SECRET, code

pytestmark = pytest.mark.django_db
TOKENS, CENTRES = "/api/v1/tokens/", "/api/v1/centres/"


@pytest.fixture
def dong(cast: Cast) -> Person:
    give_second_factor(cast.dong, SECRET)
    return cast.dong


@pytest.fixture
def early_in_a_step() -> None:
    """Codes asked for one after the other belong to the step they are meant for."""
    if time.time() % 30 > 25:
        time.sleep(30 - time.time() % 30)


def sign_in(person: str, *, expect: int = 201, **more: Any) -> Any:
    answer = APIClient().post(TOKENS, {"username": person, "password": PASSWORD, **more}, format="json")
    assert answer.status_code == expect, answer.content
    return answer.json()


def bearing(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    return client


def refused(person: Person, typed: str) -> str:
    with pytest.raises(UserFacingError) as caught:
        check_code(person, typed)
    return caught.value.code


# --- codes ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("early_in_a_step")
def test_a_code_serves_once_and_one_step_before_or_after_the_clock(dong: Person) -> None:
    assert refused(dong, code(-2)) == "wrong_code"
    assert refused(dong, code(2)) == "wrong_code"
    check_code(dong, code(-1))
    check_code(dong, f"{code()[:3]} {code()[3:]}")
    assert refused(dong, code()) == "wrong_code"
    assert refused(dong, code(-1)) == "wrong_code"
    check_code(dong, code(1))


def test_the_key_is_sealed_in_the_database(dong: Person) -> None:
    assert SECRET not in str(list(dong.authenticator_set.values("data")))


def test_too_many_wrong_codes_shut_out_the_right_one_for_an_hour(dong: Person, settings: Any) -> None:
    settings.CODES_PER_HOUR = 3
    for _ in range(3):
        assert refused(dong, "000000") == "wrong_code"
    with pytest.raises(QuotaExceeded) as caught:
        check_code(dong, code())
    assert (caught.value.code, caught.value.retry_after) == ("too_many_codes", 3600)
    cache.clear()
    check_code(dong, code())


# --- who needs one ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_every_role_that_others_rely_on_gets_no_token_with_a_password_alone(role: Role, db: None) -> None:
    staff("somebody", role)
    if role in SECOND_FACTOR_ROLES:
        body = sign_in("somebody", expect=403)
        assert body["code"] == "second_factor_missing"
        assert "browser" in body["errors"][0]["hint"]["en"]
    else:
        sign_in("somebody")


def test_only_regulators_are_let_in_without_one() -> None:
    assert set(Role) - set(SECOND_FACTOR_ROLES) == {Role.REGULATOR}


def test_the_demo_gives_a_key_to_whoever_needs_one() -> None:
    for person in people_file()["people"]:
        assert ("second_factor" in person) == bool(set(person.get("roles", ())) & set(SECOND_FACTOR_ROLES))


@pytest.mark.torture("T36")
def test_a_token_of_before_the_role_is_worthless_with_it(cast: Cast) -> None:
    client = bearing(sign_in("olu")["token"])
    assert client.get(CENTRES).status_code == 200
    StaffRole.objects.create(user=cast.olu, role=Role.ASSESSOR)
    problem(client.get(CENTRES), 403, "second_factor_missing")


@pytest.mark.torture("T36")
def test_a_factor_that_was_reset_takes_its_tokens_along(dong: Person, cast: Cast) -> None:
    client = bearing(sign_in("dong", code=code())["token"])
    assert client.get(CENTRES).status_code == 200
    reset_second_factor(dong, reason="lost the phone", person=cast.ada)
    problem(client.get(CENTRES), 401, "authentication_failed")
    assert not has_second_factor(dong)
    assert AuditEntry.objects.get(act="second_factor.reset").reason == "lost the phone"


def test_saving_an_account_that_was_read_before_brings_no_session_back(dong: Person, cast: Cast) -> None:
    read_before = Person.objects.get(pk=dong.pk)
    reset_second_factor(dong, reason="lost the phone", person=cast.ada)
    with pytest.raises(IntegrityError, match="were ended"), transaction.atomic():
        read_before.save()
    assert Person.objects.get(pk=dong.pk).sessions_ended == 1


def test_a_factor_that_was_reset_ends_the_sessions_of_its_account_alone(dong: Person, cast: Cast) -> None:
    browsers = {one.username: Client() for one in (dong, cast.olu)}
    for one in (dong, cast.olu):
        browsers[one.username].force_login(one)
    reset_second_factor(dong, reason="lost the phone", person=cast.ada)
    for browser in browsers.values():
        browser.get("/my/")
    signed_in = {name: SESSION_KEY in browser.session for name, browser in browsers.items()}
    assert signed_in == {"dong": False, "olu": True}
    browsers["dong"].force_login(Person.objects.get(pk=dong.pk))
    assert browsers["dong"].get("/my/").status_code == 200


def test_nobody_resets_their_own_or_without_being_administrator(dong: Person, cast: Cast) -> None:
    with pytest.raises(DecisionBlocked):
        reset_second_factor(cast.ada, reason="x", person=cast.ada)
    with pytest.raises(PermissionDenied):
        reset_second_factor(dong, reason="x", person=cast.ravi)


# --- tokens -----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("dong")
def test_a_token_asks_for_the_code_and_says_so() -> None:
    body = sign_in("dong", expect=401)
    assert (body["code"], body["errors"][0]["field"]) == ("code_needed", "code")
    assert sign_in("dong", expect=401, code="000000")["code"] == "wrong_code"
    assert not AuthToken.objects.exists()
    bearer = bearing(sign_in("dong", code=code())["token"])
    assert bearer.get(CENTRES).status_code == 200
    assert AuditEntry.objects.get(act="token.created").details == {"read_only": False, "second_factor": True}


@pytest.mark.usefixtures("dong")
def test_a_wrong_password_is_told_nothing_of_the_second_factor() -> None:
    said = {"username": "dong", "password": "wrong", "code": code()}
    problem(APIClient().post(TOKENS, said, format="json"), 401, "authentication_failed")


@pytest.mark.torture("T36", "over-privileged token")
def test_a_token_that_only_reads_changes_nothing(cast: Cast) -> None:
    client = bearing(sign_in("olu", only_reads=True)["token"])
    assert client.get(CENTRES).status_code == 200
    problem(client.post("/api/v1/assessments/", {"centre": "olu-centre"}, format="json"), 403, "read_only_token")


@pytest.mark.torture("T36", "expired token")
def test_an_expired_token_is_worth_nothing(cast: Cast) -> None:
    client = bearing(sign_in("olu")["token"])
    AuthToken.objects.update(expiry=timezone.now() - dt.timedelta(seconds=1))
    problem(client.get(CENTRES), 401, "authentication_failed")


# --- fresh ------------------------------------------------------------------------------------------------------------


def test_every_act_that_asks_for_a_fresh_factor_is_one_of_the_table() -> None:
    assert {row.act for row in TRANSITIONS if not row.follows} >= ASKS_FOR_A_FRESH_FACTOR
    assert set(CERTIFICATE_ACTS) <= ASKS_FOR_A_FRESH_FACTOR


@pytest.mark.parametrize("door", [acts.Concur, acts.Decide, acts.TakeEffect, acts.IssueStatement, acts.CertificateActs])
def test_doors_of_such_acts_ask_for_it(door: Any) -> None:
    assert FreshSecondFactor in door.permission_classes


@pytest.mark.usefixtures("dong", "early_in_a_step")
def test_an_old_proof_is_renewed_by_a_code_sent_along_also_under_one_idempotency_key() -> None:
    client = bearing(sign_in("dong", code=code(-1))["token"])
    door, key = "/api/v1/certificates/ZH-1/acts/", {"Idempotency-Key": "one"}
    said = {"act": "suspend", "reason": "x"}
    problem(client.post(door, said, format="json"), 404, "not_found")  # fresh from signing in
    TokenGrant.objects.update(proved_at=timezone.now() - dt.timedelta(minutes=16))
    body = problem(client.post(door, said, format="json", headers=key), 403, "fresh_code_needed")
    assert "X-One-Time-Code" in body["errors"][0]["hint"]["en"]
    wrong = key | {"X-One-Time-Code": "000000"}
    problem(client.post(door, said, format="json", headers=wrong), 401, "wrong_code")
    right = key | {"X-One-Time-Code": code()}
    problem(client.post(door, said, format="json", headers=right), 404, "not_found")
    assert timezone.now() - TokenGrant.objects.get().proved_at < dt.timedelta(minutes=1)


@pytest.mark.usefixtures("cast")
def test_whoever_needs_no_second_factor_is_turned_away_by_the_act_itself(
    api: Callable[..., APIClient], olu: Person
) -> None:
    said = {"act": "suspend", "reason": "x"}
    problem(api(olu).post("/api/v1/certificates/ZH-1/acts/", said, format="json"), 404, "not_found")


def test_the_code_of_a_step_is_the_one_the_standard_prints() -> None:
    """RFC 6238, appendix B (SHA-1), the last six of its eight digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    printed = {59: "287082", 1111111109: "081804", 1234567890: "005924", 2000000000: "279037"}
    assert {at: code_at(secret, step_at(at)) for at in printed} == printed
