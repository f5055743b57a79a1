"""Every door that takes JSON refuses a body that is none, whatever is wrong with it, and says what.

The doors are those of the OpenAPI document; who asks is somebody who comes far enough to have the body read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.hostile.test_doors import JSON, Asker, _address, _who
from tests.tenancy.routes import Route, described, routes
from tests.tenancy.test_matrix import measured, worlds  # noqa: F401  (fixtures)
from tests.tenancy.worlds import World

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.torture("T29", "every door that takes JSON")]

# What is wrong → the body, its type, the status, and the code where it is the same at each door.
BROKEN: dict[str, tuple[bytes, str, int, str]] = {
    "cut off": (b'{"reason": "x"', JSON, 400, "malformed_json"),
    "no UTF-8": (b'{"reason": "\xff"}', JSON, 400, "malformed_json"),
    "an array": (b"[]", JSON, 400, ""),
    "a text": (b'"x"', JSON, 400, ""),
    "1000 deep": (b'{"reason": ' + b"[" * 1000 + b"]" * 1000 + b"}", JSON, 400, "too_deep"),
    "a key twice": (b'{"reason": "x", "reason": "y"}', JSON, 400, "duplicate_key"),
    "not a number": (b'{"reason": NaN}', JSON, 400, "not_a_number"),
    "another type": (b"reason=x", "text/plain", 415, "unsupported_media_type"),
    "another charset": (b"{}", "application/json; charset=utf-16", 415, "unsupported_media_type"),
}


@pytest.mark.long
def test_a_body_that_is_none_is_refused_at_every_door_that_takes_json(worlds: Any) -> None:  # noqa: F811  (the fixture)
    people, (here, *_) = worlds[0], worlds[1].values()
    askers = {role: Asker(person) for role, person in people.items()}
    doors = list(_taking_json())
    assert len(doors) > 40
    faults = [
        f"{route.name} {method}, {what}: {got}"
        for route, method in doors
        for what, wanted in BROKEN.items()
        if (got := _answers(askers, here, route, method, wanted))
    ]
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults)


def _taking_json() -> Iterator[tuple[Route, str]]:
    for route in routes():
        for method in route.methods if route.is_api else ():
            if JSON in described(route, method).get("requestBody", {}).get("content", {}):
                yield route, method


def _answers(
    askers: dict[str, Asker], here: World, route: Route, method: str, wanted: tuple[bytes, str, int, str]
) -> list[tuple[str, int, str]]:
    """What was said instead; nothing where somebody was told what is wanted."""
    body, media, status, code = wanted
    said = []
    for role in (*_who(route), "rubric_author"):  # who alone hands in editions
        with transaction.atomic():
            got = askers[role].answer(route, method, _address(route, here), body, media=media)
            transaction.set_rollback(True)
        told = json.loads(got.content).get("code", "") if got.content else ""
        if (got.status_code, told) == (status, code or told):
            return []
        said.append((role, got.status_code, told))
    return said
