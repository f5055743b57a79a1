"""Invitations: by whom, to what, once, and what an accepted one makes of somebody."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from assessment.models import Assessment, Part
from assessment.services.application.open_assessment import open_assessment
from centres.models import CentreRole, Invitation, Membership, Person, Role, StaffRole
from centres.services.accept_invitation import accept_invitation, accept_with_new_account
from centres.services.invite import invite
from centres.services.join_centre import leave_centre
from core.errors import DecisionBlocked, UserFacingError
from indicators.models import Edition, EditionState
from operations.models import AuditEntry
from tests.evidence.files import sus_csv
from tests.factories import Cast, evidence_of, staff
from tests.operations.test_problems import problem

pytestmark = pytest.mark.django_db
Api = Callable[..., APIClient]
ADDRESS, ACCEPT = "/api/v1/invitations/", "/api/v1/invitations/accept/"
NEW = {"username": "nina", "password": "four words of hers", "name_zh": "尼娜", "name_en": "Nina"}


def token() -> str:
    """From the newest mail; it stands nowhere else."""
    found = re.search(r"/invitations/([\w-]{40,})/", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def invited(cast: Cast, *, role: str = CentreRole.ENERGY, email: str = "nina@example.com") -> str:
    invite(email=email, role=role, person=cast.olu, centre=cast.centre)
    return token()


def refused(given: str, person: Person) -> str:
    with pytest.raises(UserFacingError) as caught:
        accept_invitation(given, person=person)
    return caught.value.code


def test_an_owner_invites_a_colleague_who_makes_an_account(api: Api, cast: Cast) -> None:
    said = {"email": "Nina@Example.com", "role": "energy", "centre": "olu-centre"}
    answer = api(cast.olu).post(ADDRESS, said, format="json")
    assert answer.status_code == 201, answer.content
    [sent] = mail.outbox
    assert sent.to == ["nina@example.com"]
    assert "能源同事" in str(sent.body)
    assert "energy colleague" in str(sent.body)
    assert token() not in answer.content.decode()
    accepted = api().post(ACCEPT, {"token": token(), "account": NEW}, format="json")
    assert (accepted.status_code, accepted.json()) == (201, {"username": "nina"})
    nina = Person.objects.get(username="nina")
    assert (nina.email, nina.name_zh) == ("nina@example.com", "尼娜")
    assert Membership.objects.get(user=nina).role == CentreRole.ENERGY
    acts = AuditEntry.objects.filter(actor__in=("olu", "nina")).order_by("sequence").values_list("act", "subject")
    assert [act for act in acts if act[0].startswith("person.")] == [
        ("person.invite", "centre/olu-centre"),
        ("person.added", "person/nina"),
        ("person.accept_invitation", "centre/olu-centre"),
    ]


def test_only_the_hash_of_the_link_is_kept(cast: Cast) -> None:
    given = invited(cast)
    kept = [
        str(value) for row in (*Invitation.objects.values(), *AuditEntry.objects.values()) for value in row.values()
    ]
    assert not any(given in value for value in kept)


def test_a_link_serves_once(cast: Cast) -> None:
    given = invited(cast)
    accept_with_new_account(given, **NEW)
    assert refused(given, cast.zoe) == "not_invited"


def test_a_link_that_was_taken_back_or_is_too_old_serves_no_more(api: Api, cast: Cast) -> None:
    given = invited(cast)
    made = Invitation.objects.get()
    assert api(cast.olu).delete(f"{ADDRESS}{made.pk}/").status_code == 200
    assert refused(given, cast.zoe) == "not_invited"
    problem(api(cast.olu).delete(f"{ADDRESS}{made.pk}/"), 409, "wrong_state")
    old = invited(cast)
    Invitation.objects.filter(revoked_at=None).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert refused(old, cast.zoe) == "not_invited"
    assert refused("made up", cast.zoe) == "not_invited"


@pytest.mark.parametrize(
    ("who", "said", "status"),
    [
        ("zoe", {"centre": "olu-centre", "role": "engineer"}, 400),
        ("ana", {"centre": "olu-centre", "role": "engineer"}, 403),
        ("olu", {"role": "decider"}, 403),
        ("reg", {"role": "regulator"}, 403),
        ("olu", {"centre": "olu-centre", "role": "decider"}, 400),
        ("ada", {"role": "owner"}, 400),
        ("ada", {"role": "decider", "province": "贵州"}, 400),
        ("ada", {"role": "regulator", "province": "贵州"}, 201),
        ("ada", {"centre": "olu-centre", "role": "owner"}, 201),
    ],
)
def test_who_may_invite_to_what(api: Api, cast: Cast, who: str, said: dict[str, Any], status: int) -> None:
    answer = api(getattr(cast, who)).post(ADDRESS, {"email": "x@example.com", **said}, format="json")
    assert answer.status_code == status, answer.content
    assert len(mail.outbox) == Invitation.objects.count() == (status == 201)


@pytest.mark.parametrize(
    ("province", "hint"),
    [("Guizhou", "Write it as “贵州”."), ("贵州省", "Write it as “贵州”."), ("Mars", "One of: 北京")],
)
def test_a_province_that_is_none_is_told_at_its_field_with_the_one_meant(
    api: Api, cast: Cast, province: str, hint: str
) -> None:
    said = {"email": "x@example.com", "role": "regulator", "province": province}
    [fault] = problem(api(cast.ada).post(ADDRESS, said, format="json"), 400, "unknown_province")["errors"]
    assert fault["field"] == "province"
    assert province in fault["message"]["zh"]
    assert hint in fault["hint"]["en"]
    assert not Invitation.objects.exists()
    assert not mail.outbox


def test_engineers_and_energy_colleagues_invite_nobody(api: Api, cast: Cast) -> None:
    for role in (CentreRole.ENGINEER, CentreRole.ENERGY):
        Membership.objects.filter(user=cast.olu).update(role=role)
        said = {"email": "x@example.com", "role": "owner", "centre": "olu-centre"}
        problem(api(cast.olu).post(ADDRESS, said, format="json"), 403, "permission_denied")


def test_colleagues_of_a_department_hand_in_evidence_and_change_nothing_else(api: Api, cast: Cast) -> None:
    evidence = evidence_of(cast.centre, cast.olu, sus_csv())
    case = judged(cast)
    for role in (CentreRole.ENERGY, CentreRole.NETWORK, CentreRole.FINANCE):
        Membership.objects.filter(user=cast.olu).update(role=role)
        client, may = api(cast.olu), cast.olu.has_perm
        assert client.get("/api/v1/centres/olu-centre/profile/").status_code == 200
        assert may("centres.upload_evidence", cast.centre)
        for forbidden in ("change_profile", "apply", "invite_to_centre"):
            assert not may(f"centres.{forbidden}", cast.centre)
        assert not may("evidence.withdraw_evidence", evidence)
        assert not may("evidence.save_column_map", cast.centre)
        assert not may("assessment.submit", case)
        problem(client.post("/api/v1/assessments/", {"centre": "olu-centre"}, format="json"), 403, "permission_denied")


def test_an_invited_regulator_sees_one_province(api: Api, cast: Cast) -> None:
    invite(email="r@example.com", role=Role.REGULATOR, province="贵州", person=cast.ada)
    accept_with_new_account(token(), **NEW)
    assert StaffRole.objects.get(user__username="nina").province == "贵州"
    assert api(Person.objects.get(username="nina")).get("/api/v1/centres/").json()["results"] == []


def test_a_registrar_invites_to_centres_and_not_to_the_body(api: Api, cast: Cast) -> None:
    rita = api(staff("rita", Role.REGISTRAR))
    said = {"email": "x@example.com", "role": "owner", "centre": "olu-centre"}
    assert rita.post(ADDRESS, said, format="json").status_code == 201
    problem(rita.post(ADDRESS, {"email": "x@example.com", "role": "assessor"}, format="json"), 403, "permission_denied")


def test_a_second_account_of_one_address_is_the_same_natural_person(cast: Cast) -> None:
    Person.objects.filter(pk=cast.ana.pk).update(email="ana@example.com")
    given = invited(cast, email="Ana@example.com")
    made = accept_with_new_account(given, **NEW)
    assert made.natural_person == Person.objects.get(username="ana").natural_person
    assert AuditEntry.objects.get(act="person.added").details == {"same_person_as": "ana"}


def test_somebody_invited_twice_may_make_a_second_account(cast: Cast) -> None:
    first = accept_with_new_account(invited(cast), **NEW)
    second = accept_with_new_account(invited(cast, role=CentreRole.NETWORK), **(NEW | {"username": "nina2"}))
    assert second.natural_person == first.natural_person
    assert [one.verified for one in EmailAddress.objects.order_by("pk")] == [True, False]


def judged(cast: Cast) -> Assessment:
    """A case of Olu's centre that Ana assesses."""
    edition = Edition.objects.create(
        rubric="test", edition="1", digest="sha256:0", content={}, state=EditionState.PUBLISHED, sealed=True
    )
    case = open_assessment(cast.centre, edition=edition, person=cast.olu)
    case.parts.create(person=cast.ana, natural_person=cast.ana.natural_person, part=Part.ASSESSOR)
    return case


@pytest.fixture
def judged_by_ana(cast: Cast) -> Assessment:
    return judged(cast)


@pytest.mark.usefixtures("judged_by_ana")
def test_nobody_takes_a_role_at_a_centre_they_judge_with_whatever_account(cast: Cast) -> None:
    given = invited(cast)
    with pytest.raises(DecisionBlocked) as caught:
        accept_invitation(given, person=cast.ana)
    assert caught.value.code == "judges_this_centre"
    Person.objects.filter(pk=cast.ana.pk).update(email="nina@example.com")
    with pytest.raises(DecisionBlocked):
        accept_with_new_account(given, **NEW)


@pytest.mark.usefixtures("judged_by_ana")
def test_the_admin_page_tells_it_at_its_row_instead_of_breaking(client: Client, cast: Cast) -> None:
    client.force_login(cast.ada)
    form = {
        "username": "ana",
        "is_active": "on",
        "staff_roles-TOTAL_FORMS": "0",
        "staff_roles-INITIAL_FORMS": "0",
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "0",
        "memberships-0-user": cast.ana.pk,
        "memberships-0-centre": cast.centre.pk,
        "memberships-0-role": "engineer",
    }
    page = client.post(f"/admin/centres/person/{cast.ana.pk}/change/", form)
    assert page.status_code == 200
    assert "正在参与 olu-centre 的评价" in page.content.decode()
    assert not Membership.objects.filter(user=cast.ana).exists()


def test_the_same_user_name_or_a_weak_password_is_told_at_its_field(api: Api, cast: Cast) -> None:
    given = invited(cast)
    for changed, code, field in (
        ({"username": "zoe"}, "already_exists", "username"),
        ({"username": "two words"}, "invalid", "username"),
        ({"password": "password123"}, "password_too_weak", "password"),
    ):
        answer = api().post(ACCEPT, {"token": given, "account": NEW | changed}, format="json").json()
        assert (answer["code"], answer["errors"][0]["field"]) == (code, field)
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize("address", [f"a@{'例' * 63}.com", f"a@{'é' * 60}.com"])
def test_an_address_no_letter_can_be_sent_to_is_refused_at_its_field(api: Api, cast: Cast, address: str) -> None:
    said = {"email": address, "role": "finance", "centre": "olu-centre"}
    answer = problem(api(cast.olu).post(ADDRESS, said, format="json"), 400, "no_mail_domain")
    assert answer["errors"][0]["field"] == "email"
    assert not Invitation.objects.exists()
    said["email"] = "a@例子.广告"  # a long one, and no more
    assert api(cast.olu).post(ADDRESS, said, format="json").status_code == 201


def test_a_new_account_has_names_as_papers_print_them(api: Api, cast: Cast) -> None:
    account = NEW | {"name_zh": "尼\u202e娜", "name_en": "Nina\r\nBcc: x"}
    answer = api().post(ACCEPT, {"token": invited(cast), "account": account}, format="json").json()
    told = [(error["field"], error["code"]) for error in answer["errors"]]
    assert told == [("account.name_zh", "control_character"), ("account.name_en", "control_character")]
    assert not Person.objects.filter(username="nina").exists()


def test_mail_that_cannot_be_sent_keeps_nothing(api: Api, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr("centres.services.invite.send_mail", away)
    said = {"email": "x@example.com", "role": "owner", "centre": "olu-centre"}
    problem(api(cast.olu).post(ADDRESS, said, format="json"), 503, "unavailable")
    assert not Invitation.objects.exists()
    assert not AuditEntry.objects.filter(act="person.invite").exists()


@pytest.mark.torture("T36", "removed while signed in")
def test_who_is_removed_from_a_centre_is_out_at_the_next_request(api: Api, client: Client, cast: Cast) -> None:
    Membership.objects.create(user=cast.zoe, centre=cast.centre, role=CentreRole.ENGINEER)
    client.force_login(cast.zoe)
    zoe = api(cast.zoe)
    assert zoe.get("/api/v1/centres/olu-centre/").status_code == 200
    assert client.get("/centres/olu-centre/profile/").status_code == 200
    assert api(cast.olu).delete("/api/v1/centres/olu-centre/people/zoe/").status_code == 204
    problem(zoe.get("/api/v1/centres/olu-centre/"), 404, "not_found")
    assert client.post("/centres/olu-centre/profile/", {"it_capacity_kw": "1"}).status_code == 404
    assert AuditEntry.objects.get(act="person.leave").details == {"username": "zoe", "role": "engineer"}
    problem(api(cast.olu).delete("/api/v1/centres/olu-centre/people/olu/"), 409, "last_owner")


def test_an_invitation_is_worth_what_its_sender_may_still_do(api: Api, cast: Cast) -> None:
    Membership.objects.create(user=cast.zoe, centre=cast.centre, role=CentreRole.OWNER)
    invite(email="nina@example.com", role=CentreRole.OWNER, person=cast.zoe, centre=cast.centre)
    given = token()
    leave_centre(Membership.objects.get(user=cast.zoe, centre=cast.centre), person=cast.olu)
    assert refused(given, cast.ana) == "not_invited"
    assert Client().get(f"/invitations/{given}/").status_code == 404


def test_the_last_owner_who_can_sign_in_stays_one(cast: Cast) -> None:
    assert refused(invited(cast, role=CentreRole.ENGINEER), cast.olu) == "last_owner"
    Membership.objects.create(user=cast.zoe, centre=cast.centre, role=CentreRole.OWNER)
    Person.objects.filter(pk=cast.zoe.pk).update(is_active=False)
    with pytest.raises(DecisionBlocked) as caught:
        leave_centre(Membership.objects.get(user=cast.olu, centre=cast.centre), person=cast.olu)
    assert caught.value.code == "last_owner"
    Person.objects.filter(pk=cast.zoe.pk).update(is_active=True)
    accept_invitation(invited(cast, role=CentreRole.ENGINEER), person=cast.olu)
    assert Membership.objects.get(user=cast.olu, centre=cast.centre).role == CentreRole.ENGINEER
