"""What a query or a body names: another's is as absent there as what never was, in lists, counts, exports and refusals.

Which names a door takes is read from the OpenAPI document; pages say it here, because no document does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest

from tests.assessment.conftest import measured  # noqa: F401  (a fixture)
from tests.hostile.values import bodies
from tests.tenancy.asking import AT_NIGHT, Everybody
from tests.tenancy.routes import Route, described, document, routes
from tests.tenancy.rules import RESULTS, RULES, SIGHT_OF, WATCHED
from tests.tenancy.test_matrix import address, worlds  # noqa: F401  (a fixture)
from tests.tenancy.worlds import HERE, THERE, World, nowhere

pytestmark = [pytest.mark.django_db, pytest.mark.torture("T31")]

JSON = "application/json"
# By the word of a query or a field, the kind of what it names.
NAMED = {
    **{"centre": "centre", "province": "province", "rubric": "draft", "sha256": "digest", "assessment": "assessment"},
    **{"evidence": "evidence", "older": "evidence", "replaces": "evidence", "since": "evidence", "account": "person"},
}
PAGES = {"assessment:home": ("rubric",), "assessment:version_changes": ("since",)}
# The name of what was made meanwhile.
_NEW = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Who sees nothing there, whatever they see here.
ASKING = ("owner_here", "regulator_here", "finance_here", "somebody", "nobody", "regulator_elsewhere")
_SIGHT = SIGHT_OF | {"centre": RESULTS, "province": WATCHED, "digest": RESULTS, "person": {}}


@pytest.mark.slow
@pytest.mark.long
def test_what_is_named_by_a_query_or_a_body_is_as_absent_as_what_never_was(worlds: Any) -> None:  # noqa: F811
    people, there = worlds
    asking, turn = Everybody(people), cycle(ASKING)
    faults, asked = [], 0
    for route, method, word, body in (*_queries(), *_bodies()):
        for role in ASKING if AT_NIGHT else ("owner_here", next(turn)):
            if THERE in _SIGHT[NAMED[word]].get(role, ()):
                continue
            asked += 1
            faults += _faults(asking, role, route, method, word, body, there)
    assert asked > 40
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults)


def _faults(
    asking: Everybody,
    role: str,
    route: Route,
    method: str,
    word: str,
    body: Any,
    worlds: dict[str, World],  # noqa: F811
) -> Iterator[str]:
    here, said = worlds[HERE], []
    for one in (nowhere(), worlds[THERE], nowhere()):  # the first reads what is read once for all
        name = one.objects[NAMED[word]]
        asked = address(route, RULES[route.name], here, "")
        asked += f"?{word}={name}" if body is None else ""
        got = asking[role](route, method, asked, None if body is None else body | {word: name})
        said.append((got.status, _NEW.sub("", got.bare(name)), got.queries))
    for what, foreign, none in zip(("status", "words", "queries"), *said[1:], strict=True):
        if foreign != none:
            yield f"{route.name} {method} as {role}, {word}: other {what} ({foreign!s:.200} | {none!s:.200})"


def _queries() -> Iterator[tuple[Route, str, str, None]]:
    for route in routes():
        taken = described(route, "get").get("parameters", [])
        words = [one["name"] for one in taken if one["in"] == "query"] if route.is_api else PAGES.get(route.name, ())
        yield from ((route, "get", word, None) for word in words if word in NAMED)


def _bodies() -> Iterator[tuple[Route, str, str, dict[str, Any]]]:
    """Every body that names something, the rest of it as the door asks for."""
    for route in routes():
        for method in route.methods if route.is_api else ():
            content = described(route, method).get("requestBody", {}).get("content", {})
            if JSON not in content:
                continue
            _, plausible = next(bodies(content[JSON]["schema"], document(), of_each=2), ("", None))
            for word in plausible if isinstance(plausible, dict) else ():
                if word in NAMED:
                    yield route, method, word, plausible
