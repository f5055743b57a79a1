"""One reader of `If-Match`, with one meaning; and a place for every door that changes something."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError
from django.urls import resolve
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from core.errors import UserFacingError
from operations.http.problems import status_of
from operations.http.version_field import as_read
from operations.http.versions import NEVER, NO_DIGEST, Asks, digest_read, version_read
from operations.http.views import StrictQuery
from tests.tenancy.routes import Route, described, routes
from tests.tenancy.test_matrix import _GIVEN

# Why a door that changes something asks for no version, and which doors those are, as "name method".
ADDS = "adds something of its own; nothing that stands there is replaced"
OWN = "belongs to whoever asks: nobody else reads or writes it"
ONCE = "is taken once, from one state; who is second is refused by the state, and told whose step was last"
NOTHING = "keeps nothing"
NOBODYS = "rules only on what nobody has ruled on yet"
PROTOCOL = "has a protocol of its own, which counts the bytes there are (tus)"
WITHOUT = {
    ADDS: (
        *("assessments post", "centres post", "competences post", "declarations post", "disputes post"),
        *("evidence_door post", "finding_questions post", "finding_replies post", "findings post", "flag_reasons post"),
        *(
            "invitations post",
            "links post",
            "objections post",
            "reports post",
            "reratings post",
            "reread post",
            "samples post",
            "second_factor_resets post",
        ),
        *("tokens post", "visit_photographs post", "visits post"),
    ),
    OWN: ("accept_invitation post", "rating_draft put", "tokens delete"),
    ONCE: (
        *("certification_agreement post", "draw_reratings post"),
        *("dispute_acts post", "evidence_count_again post", "evidence_tell_apart post"),
        *("invitation delete", "member delete", "sample_inventory post"),
    ),
    NOTHING: ("centre_trial post", "map_preview post"),
    NOBODYS: ("accept_figures post",),
    PROTOCOL: ("upload delete", "upload patch", "upload_door post"),
}


def read(named: str | None) -> Request:
    headers = {} if named is None else {"If-Match": named}
    return Request(APIRequestFactory().put("/", headers=headers))


@pytest.mark.parametrize(
    ("named", "understood"),
    [
        ('"2"', 2),
        (' "2" ', 2),
        ("*", 2),
        ('"1", "2"', 2),
        ('W/"1","2"', 2),
        ('"1"', NEVER),
        ('"1", "3"', NEVER),
        ('W/"2", "2"', 2),
        ('W/"1"', NEVER),
        ('"02"', NEVER),
        ('""', NEVER),
        ('"２"', NEVER),
        (f'"{"9" * 5000}"', NEVER),
    ],
)
def test_a_version_is_read_as_the_rfc_writes_it(named: str, understood: int) -> None:
    assert version_read(read(named), present=2) == understood


@pytest.mark.parametrize(
    ("named", "code", "status"),
    [
        (None, "version_required", 428),
        ("", "version_required", 428),
        (" ", "version_required", 428),
        ("2", "malformed_version", 400),
        ('W/"2"', "weak_version", 412),
        ('"1", W/"2"', "weak_version", 412),
        ("'2'", "malformed_version", 400),
        ('"2', "malformed_version", 400),
        ('"2" "3"', "malformed_version", 400),
        ('"2",', "malformed_version", 400),
        ('w/"2"', "malformed_version", 400),
        ('*, "2"', "malformed_version", 400),
        ('"a b"', "malformed_version", 400),
    ],
)
def test_what_names_no_version_is_refused_at_the_header(named: str | None, code: str, status: int) -> None:
    with pytest.raises(UserFacingError) as caught:
        version_read(read(named), present=2)
    assert (caught.value.code, status_of(caught.value)) == (code, status)
    assert caught.value.where is not None
    assert caught.value.where.field == "If-Match"


@pytest.mark.parametrize(("named", "understood"), [(None, 0), ('"1"', NEVER), ("*", NEVER), ("nonsense", NEVER)])
def test_where_nothing_is_there_no_version_need_be_named_and_none_is_right(named: str | None, understood: int) -> None:
    assert version_read(read(named), present=None) == understood


def test_a_digest_is_read_in_the_same_way() -> None:
    assert digest_read(read('"sha256:ab"'), present="sha256:ab") == "sha256:ab"
    assert digest_read(read('"sha256:cd"'), present="sha256:ab") == NO_DIGEST
    assert digest_read(read(None), present=None) == ""


def test_every_door_that_changes_something_asks_for_a_version_or_has_a_reason_not_to() -> None:
    excused = {door for doors in WITHOUT.values() for door in doors}
    asking = {f"{route.name} {method}".removeprefix("api:") for route, method, _ in doors_asking()}
    changing = {
        f"{route.name} {method}".removeprefix("api:")
        for route in routes()
        if route.is_api
        for method in route.methods
        if method != "get"
    }
    assert changing - excused - asking == set(), "say in their views when they ask for a version, or here why not"
    assert excused - changing == set(), "doors that are no more"
    assert asking & excused == set(), "they do ask"


@pytest.mark.torture("T34", "428 without one")
def test_the_description_of_the_api_names_the_header_and_both_refusals_where_they_are() -> None:
    asking = {(route.name, method): asks for route, method, asks in doors_asking()}
    assert asking
    for route in routes():
        for method in route.methods if route.is_api else ():
            door = described(route, method)
            headers = [one for one in door.get("parameters", ()) if one["name"] == "If-Match"]
            asks = asking.get((route.name, method))
            wanted = [] if asks is None else [("header", asks is Asks.ALWAYS)]
            assert [(one["in"], one.get("required", False)) for one in headers] == wanted, route.name
            refusals = {"412"} if asks is Asks.WHERE_NAMED else {"412", "428"} if asks else set()
            assert {"412", "428"} & set(door.get("responses", ())) == refusals, route.name


def doors_asking() -> Iterator[tuple[Route, str, Asks]]:
    for route in routes():
        view = _view(route) if route.is_api else None
        if view is not None and view.asks_for_version:
            method, asks = view.asks_for_version
            yield route, method.lower(), asks


def _view(route: Route) -> type[StrictQuery] | None:
    values = dict.fromkeys(route.parameters, "1") | _GIVEN | {"pk": "00000000-0000-0000-0000-000000000001"}
    view = getattr(resolve(route.address(values)).func, "cls", None)
    return view if isinstance(view, type) and issubclass(view, StrictQuery) else None


@pytest.mark.parametrize("typed", ["１", "1_0", "٣", "1e1"])
def test_a_version_in_a_form_follows_the_grammar_of_all_figures(typed: str) -> None:
    assert as_read().clean(" 12 ") == 12
    with pytest.raises(ValidationError):
        as_read().clean(typed)
