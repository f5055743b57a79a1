"""Pages of signing in: two factors, confirming, passwords by mail, invitations; and what each refuses."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.conf import settings as configured
from django.core import mail
from django.test import Client
from django.utils.http import int_to_base36
from knox.models import AuthToken

from centres.models import CentreRole, Membership, Person, Role, StaffRole
from centres.services.invite import invite
from centres.services.second_factor import give_second_factor, has_second_factor
from core.one_time_codes import code_at, step_at
from operations.models import AuditEntry
from tests.factories import PASSWORD, Cast
from tests.second_factor import SECRET, code
from tests.tenancy.asking import Answer

pytestmark = pytest.mark.django_db


def typed(client: Client, username: str, *, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in/", {"login": username, "password": password, **more})


def signed_in(username: str) -> Client:
    client = Client()
    assert typed(client, username).status_code == 302
    return client


@pytest.fixture
def dongs(cast: Cast) -> Client:
    """Dong, signed in with both factors."""
    give_second_factor(cast.dong, SECRET)
    client = signed_in("dong")
    assert client.post("/sign-in/code/", {"code": code(-1)}).status_code == 302
    return client


# --- two factors ------------------------------------------------------------------------------------------------------


def test_a_password_alone_opens_nothing_where_a_second_factor_is_set_up(cast: Cast) -> None:
    give_second_factor(cast.dong, SECRET)
    client = Client()
    assert typed(client, "dong", next="/rubrics/")["Location"].startswith("/sign-in/code/")
    assert client.get("/my/")["Location"].startswith("/sign-in/")
    wrong = client.post("/sign-in/code/", {"code": "000000"})
    assert wrong.status_code == 422
    assert "验证码不正确，或已经用过" in wrong.content.decode()
    assert client.post("/sign-in/code/", {"code": code()})["Location"] == "/rubrics/"
    assert client.get("/my/").status_code == 200


def test_whose_role_asks_for_one_is_led_to_set_it_up_and_can_do_nothing_else(cast: Cast) -> None:
    client = signed_in("ana")
    for address in ("/my/", "/", "/centres/olu-centre/", "/people/", "/account/", "/account/password/", "/admin/"):
        assert client.get(address)["Location"].startswith("/account/second-factor/?next="), address
    refused = client.get("/api/v1/centres/")
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_missing")
    assert client.get("/account/second-factor/")["Location"].startswith("/account/confirm/")
    assert client.post("/account/confirm/?next=/account/second-factor/", {"password": PASSWORD}).status_code == 302
    page = client.get("/account/second-factor/")
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    assert client.post("/account/second-factor/", {"code": "000000"}).status_code == 422
    done = client.post("/account/second-factor/", {"code": code_at(secret, step_at(time.time()))}, follow=True)
    assert len(re.findall(r"<code>\d{8}</code>", done.content.decode())) == 10
    assert client.get("/my/").status_code == 200
    assert has_second_factor(cast.ana)
    assert AuditEntry.objects.filter(act="second_factor.set_up", actor="ana").exists()


def test_a_recovery_code_stands_in_once(dongs: Client, cast: Cast) -> None:
    dongs.post("/account/recovery-codes/new/")
    first = re.findall(r"<code>(\d{8})</code>", dongs.get("/account/recovery-codes/").content.decode())[0]
    for status in (302, 422):
        client = Client()
        typed(client, "dong")
        assert client.post("/sign-in/code/", {"code": first}).status_code == status


@pytest.mark.torture("T36")
def test_a_role_given_during_a_session_asks_for_the_factor_at_the_next_request(cast: Cast) -> None:
    client = signed_in("olu")
    assert client.get("/my/").status_code == 200
    StaffRole.objects.create(user=cast.olu, role=Role.REVIEWER)
    assert client.get("/my/")["Location"].startswith("/account/second-factor/")


@pytest.mark.torture("T36")
def test_a_factor_reset_during_a_session_has_to_be_set_up_again(dongs: Client, cast: Cast) -> None:
    assert dongs.get("/my/").status_code == 200
    cast.dong.authenticator_set.all().delete()
    assert dongs.get("/my/")["Location"].startswith("/account/second-factor/")


def test_the_factor_a_role_asks_for_cannot_be_removed_a_chosen_one_can(dongs: Client, cast: Cast) -> None:
    assert dongs.post("/account/second-factor/remove/").status_code == 422
    StaffRole.objects.filter(user=cast.dong).delete()
    assert dongs.post("/account/second-factor/remove/").status_code == 302
    assert not has_second_factor(cast.dong)


def test_the_pages_of_administrators_have_no_door_of_their_own(client: Client, cast: Cast) -> None:
    page = client.post("/admin/login/", {"username": "ada", "password": PASSWORD})
    assert page["Location"].startswith("/sign-in/")
    assert "_auth_user_id" not in client.session


# --- around signing in ------------------------------------------------------------------------------------------------


def test_a_name_nobody_has_is_told_the_same_as_a_wrong_password(cast: Cast) -> None:
    pages = [typed(Client(), name, password="wrong") for name in ("olu", "nobody")]
    said = [re.sub(r'value="[^"]*"', "", page.content.decode()) for page in pages]
    assert said[0] == said[1]
    assert {page.status_code for page in pages} == {422}


def test_a_closed_account_is_told_no_more_than_a_wrong_password(cast: Cast) -> None:
    Person.objects.filter(pk=cast.olu.pk).update(is_active=False)
    page = typed(Client(), "olu")
    assert (page.status_code, "用户名或密码不正确" in page.content.decode()) == (422, True)


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_to_no_other_host(cast: Cast, elsewhere: str) -> None:
    assert typed(Client(), "olu", next=elsewhere)["Location"] == "/my/"
    assert typed(Client(), "olu", next="/rubrics/")["Location"] == "/rubrics/"


@pytest.mark.parametrize("nowhere", ["//[", "http://[::1"])
def test_an_address_that_is_none_leads_nowhere_and_the_page_is_shown(cast: Cast, nowhere: str) -> None:
    for page in ("/sign-in/", "/sign-in/forgotten/"):
        assert Client().get(page, {"next": nowhere}).status_code == 200
    assert typed(Client(), "olu", next=nowhere)["Location"] == "/my/"
    assert Client().post("/sign-in/forgotten/", {"email": "olu@example.com", "next": nowhere}).status_code == 302
    give_second_factor(cast.olu, SECRET)
    client = Client()
    assert typed(client, "olu").status_code == 302
    assert client.get("/sign-in/code/", {"next": nowhere}).status_code == 200
    assert client.post("/sign-in/code/", {"code": code(), "next": nowhere}).status_code == 302
    assert client.get("/account/confirm/code/", {"next": nowhere}).status_code == 200


def test_a_session_planted_before_signing_in_is_worth_nothing_after(cast: Cast) -> None:
    client = Client()
    client.get("/sign-in/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies[configured.SESSION_COOKIE_NAME] = planted = session.session_key
    typed(client, "olu")
    assert client.session.session_key != planted
    thief = Client()
    thief.cookies[configured.SESSION_COOKIE_NAME] = planted
    assert thief.get("/my/").status_code == 302


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(cast: Cast, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client()
    typed(client, "olu")
    client.get("/account/password/")
    session, csrf = client.cookies["sessionid"], client.cookies["csrftoken"]
    assert (session["httponly"], session["samesite"], session["secure"]) == (True, "Lax", True)
    assert (csrf["samesite"], csrf["secure"]) == ("Lax", True)


def test_nobody_signs_up(client: Client, cast: Cast) -> None:
    before = Person.objects.count()
    assert "账号由邀请产生" in client.get("/sign-in/accounts/").content.decode()
    client.post("/sign-in/accounts/", {"username": "x", "password1": PASSWORD, "password2": PASSWORD})
    assert Person.objects.count() == before


# --- passwords --------------------------------------------------------------------------------------------------------


def test_a_changed_password_ends_other_sessions_and_tokens(cast: Cast) -> None:
    mine, other = signed_in("olu"), signed_in("olu")
    AuthToken.objects.create(user=cast.olu)
    new = "another four words"
    said = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert mine.post("/account/password/", said | {"oldpassword": "wrong"}).status_code == 422
    assert mine.post("/account/password/", said).status_code == 302
    assert mine.get("/my/").status_code == 200
    assert other.get("/my/").status_code == 302
    assert not AuthToken.objects.exists()
    assert AuditEntry.objects.get(act="password.changed").actor == "olu"


def test_a_forgotten_password_answers_alike_whether_the_address_is_known(client: Client, cast: Cast) -> None:
    Person.objects.filter(pk=cast.olu.pk).update(email="olu@example.com")
    for address in ("olu@example.com", "nobody@example.com"):
        page = client.post("/sign-in/forgotten/", {"email": address}, follow=True)
        assert page.redirect_chain == [("/sign-in/forgotten/sent/", 302)]
    known, unknown = mail.outbox
    assert "olu" in str(known.body)
    assert "/sign-in/forgotten/" not in str(unknown.body)


@pytest.mark.parametrize("domain", ["例" * 63, "é" * 60])
def test_an_address_no_letter_can_be_sent_to_is_told_at_its_field(client: Client, cast: Cast, domain: str) -> None:
    client.cookies["django_language"] = "en"
    address = f"a@{domain}.com"
    owner = signed_in("olu")
    owner.cookies["django_language"] = "en"
    invited = {"act": "invite", "email": address, "role": "finance"}
    for page in (
        client.post("/sign-in/forgotten/", {"email": address}),
        owner.post("/centres/olu-centre/people/", invited),
    ):
        assert page.status_code == 422
        assert "No mail can be sent to this address" in page.content.decode()
        assert f'value="{address}"' in page.content.decode()
    assert not mail.outbox


def test_the_link_of_a_forgotten_password_serves_once(client: Client, cast: Cast) -> None:
    Person.objects.filter(pk=cast.olu.pk).update(email="olu@example.com")
    client.post("/sign-in/forgotten/", {"email": "olu@example.com"})
    found = re.search(r"http://testserver(/sign-in/forgotten/\S+)", str(mail.outbox[0].body))
    assert found is not None
    form = client.get(found[1], follow=True)
    new = {"password1": "another four words", "password2": "another four words"}
    assert client.post(form.context["action_url"], new).status_code == 302
    assert typed(Client(), "olu", password="another four words").status_code == 302
    assert "此链接已失效" in Client().get(found[1], follow=True).content.decode()


# --- invitations ------------------------------------------------------------------------------------------------------


def link() -> str:
    found = re.search(r"(/invitations/[\w-]+/)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def test_an_owner_invites_by_the_page_and_takes_it_back(cast: Cast) -> None:
    olu = signed_in("olu")
    page = "/centres/olu-centre/people/"
    empty = olu.post(page, {"act": "invite"})
    assert (empty.status_code, "请输入要邀请的邮箱" in empty.content.decode()) == (422, True)
    done = olu.post(page, {"act": "invite", "email": "nina@example.com", "role": "finance"}, follow=True)
    assert "nina@example.com" in done.content.decode()
    which = done.context["invitations"][0].pk
    assert olu.post(page, {"act": "revoke", "which": which}).status_code == 302
    ended = Client().get(link())
    assert (ended.status_code, "此邀请已失效" in ended.content.decode()) == (404, True)
    assert signed_in("zoe").get(page).status_code == 404


@pytest.mark.parametrize("which", ["", "nobody", "zoe", "olu\0", "x" * 9000])
def test_who_does_not_work_for_a_centre_cannot_be_made_to_leave_it(cast: Cast, which: str) -> None:
    assert signed_in("olu").post("/centres/olu-centre/people/", {"act": "leave", "which": which}).status_code == 404
    assert signed_in("olu").post("/centres/olu-centre/people/", {"act": "revoke", "which": which}).status_code == 404
    assert Membership.objects.count() == 2


def test_who_opens_the_link_makes_an_account(cast: Cast) -> None:
    invite(email="nina@example.com", role=CentreRole.NETWORK, person=cast.olu, centre=cast.centre)
    client, given = (
        Client(),
        {"username": "zoe", "name_zh": "尼娜", "name_en": "Nina", "password": "four words of hers"},
    )
    page = client.get(link())
    assert page["Referrer-Policy"] == "same-origin"  # the address is the key; other sites do not learn it
    assert client.post(link(), given).status_code == 422
    assert client.post(link(), given | {"username": "nina"})["Location"] == "/sign-in/"
    assert typed(client, "nina", password="four words of hers").status_code == 302
    assert client.get("/centres/olu-centre/").status_code == 200


@pytest.mark.parametrize("name", ["\u202e名\x01", "名\n名", "名\ufffe"])
def test_a_name_that_papers_would_show_otherwise_makes_no_account(cast: Cast, name: str) -> None:
    invite(email="nina@example.com", role=CentreRole.ENERGY, person=cast.olu, centre=cast.centre)
    new = {"username": "nina", "name_zh": name, "name_en": "Nina", "password": "four words of hers"}
    for field in ("name_zh", "name_en"):
        page = Client().post(link(), new | {"name_zh": "尼娜", "name_en": "Nina", field: name})
        assert page.status_code == 422
        assert list(page.context["form"].errors) == [field]
        assert "含有控制字符或方向控制符" in page.content.decode()
    assert not Person.objects.filter(username="nina").exists()


def test_what_holds_a_nul_is_refused_in_chinese_that_says_so(cast: Cast) -> None:
    page = typed(Client(), "olu\0")
    assert page.status_code == 422
    assert "不允许含有 NUL 字符。" in page.content.decode()


def test_who_has_an_account_takes_the_role_with_it(cast: Cast) -> None:
    invite(email="zoe@example.com", role=CentreRole.OWNER, person=cast.olu, centre=cast.centre)
    assert signed_in("zoe").post(link())["Location"] == "/my/"
    assert Membership.objects.get(user=cast.zoe, centre=cast.centre).role == CentreRole.OWNER
    assert Person.objects.filter(email="zoe@example.com").count() == 0


def test_the_people_of_the_body_are_the_administrators_page(client: Client, cast: Cast) -> None:
    client.force_login(cast.ada)
    assert "dong" in client.get("/people/").content.decode()
    client.force_login(cast.ana)
    assert client.get("/people/").status_code == 403


def test_a_wrong_link_is_told_the_same_whether_there_is_such_an_account_or_none(cast: Cast) -> None:
    told = set()
    for pk in (cast.olu.pk, 999_999):
        address = f"/sign-in/forgotten/{int_to_base36(pk)}-x-y/"
        got = Client().get(address)
        told.add((got.status_code, Answer(0, got.content.decode(), got.get("Location", "")).bare(address)))
    assert len(told) == 1


def test_what_was_typed_when_the_session_had_ended_is_shown_instead_of_lost(client: Client, cast: Cast) -> None:
    address = f"/centres/{cast.centre.slug}/people/"
    typed = {"email": "nina@example.com", "role": "energy", "note": "她负责\n能耗 & <数据>", "password": "four words"}
    page = client.post(address, typed, headers={"accept-language": "en"})
    said = page.content.decode()
    assert page.status_code == 403
    assert "Nothing was saved" in said
    assert "她负责<br>能耗 &amp; &lt;数据&gt;" in said
    assert "four words" not in said
    assert f"/sign-in/?next={address.replace('/', '%2F')}" in said
    assert client.post(address, {"role": "energy"})["Location"].startswith("/sign-in/")
