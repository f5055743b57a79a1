"""The pages that are asked for, by whom, and about what: every list that grows, and every page about one thing."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from pages_world.centres import EARLIER
from pages_world.people import session_of
from pages_world.world import World

Address = Callable[[random.Random], str]
PUBLIC = "public"


@dataclass(frozen=True)
class Page:
    who: str
    name: str
    session: str
    address: Address


def pages_of(world: World) -> list[Page]:
    sessions = {PUBLIC: ""} | {who: session_of(person) for who, person in world.people.by_role.items()}
    return [Page(who, name, sessions[who], address) for who, name, address in _pages(world)]


def _pages(world: World) -> Iterator[tuple[str, str, Address]]:
    shown = world.shown
    yield PUBLIC, "ranking", _page("assessment:home")
    yield PUBLIC, "ranking, a later page", _page("assessment:home", page=7)
    yield PUBLIC, "ranking of a province", _page("assessment:home", province=world.people.province)
    yield PUBLIC, "verify a certificate", _page("assessment:verify")
    yield PUBLIC, "certificate", _one("assessment:certificate", world.valid)
    yield PUBLIC, "announcements", _page("assessment:announcements")
    yield PUBLIC, "centre", _one("assessment:centre", shown)
    yield PUBLIC, "result", _one("assessment:result", shown)
    yield PUBLIC, "trace", _trace(shown, world.indicators)
    yield PUBLIC, "API certificates", _page("api:certificates", limit=200)
    yield PUBLIC, "API rankings", _page("api:rankings")
    yield from _of_centres(world)
    for who in ("registrar", "assessor", "reviewer", "decider", "appeal handler", "regulator", "administrator"):
        yield who, "my work", _page("assessment:mine")
    yield from _of_the_body(world)
    yield from _of_regulators(world)
    yield "administrator", "people of the body", _page("centres:staff")


def _of_centres(world: World) -> Iterator[tuple[str, str, Address]]:
    for who, slugs in (("owner", world.slugs[:1]), ("owner of many", world.slugs[1:41])):
        yield who, "my work", _page("assessment:mine")
        yield who, "centre with evidence", _one("assessment:centre", slugs)
        yield who, "result", _one("assessment:result", slugs)
        yield who, "trace", _trace(slugs, world.indicators)
        yield who, "task list", _one("assessment:tasks", slugs)
        yield who, "month by month", _one("assessment:months", slugs)
        yield who, "upload form", _one("evidence:upload", slugs)
        yield who, "API evidence", _page("api:evidence_door", limit=200)
    yield "owner", "evidence file", _one("evidence:evidence", world.files[0])


def _of_the_body(world: World) -> Iterator[tuple[str, str, Address]]:
    rated, every = world.cases["in_evaluation"], world.scored
    judged = [*world.cases["evaluated"], *world.cases["reviewed"]]
    files = [pk for own in world.files for pk in own]
    beside = [slug for number, slug in enumerate(world.slugs) if number % 100 < EARLIER]
    yield "assessor", "ranking", _page("assessment:home")
    yield "assessor", "centre with evidence", _one("assessment:centre", world.shown)
    yield "assessor", "result with flags", _one("assessment:result", world.shown)
    yield "assessor", "result beside an earlier", _one("assessment:result", beside)
    yield "assessor", "case", _one("assessment:assessment", every)
    yield "assessor", "desk", _one("assessment:desk", rated)
    yield "assessor", "desk, one indicator", _of_case("assessment:desk_item", rated, world.indicators)
    yield "assessor", "findings", _one("assessment:findings", every)
    yield "assessor", "history", _one("assessment:history", every)
    yield "assessor", "evidence file", _one("evidence:evidence", files)
    yield "assessor", "API centres", _page("api:centres", limit=200)
    yield "assessor", "API evidence", _page("api:evidence_door", limit=200)
    yield "assessor", "API assessments", _page("api:assessments", limit=200)
    for who in ("reviewer", "decider"):
        yield who, "minutes", _one("assessment:minutes", judged)
    yield "appeal handler", "disputes", _page("assessment:disputes")


def _of_regulators(world: World) -> Iterator[tuple[str, str, Address]]:
    own = world.people.province
    in_province = [slug for slug, one in zip(world.slugs, world.provinces, strict=True) if one == own]
    yield "regulator", "ranking", _page("assessment:home")
    yield "regulator", "board", _page("assessment:board")
    yield "regulator", "board, a province", _one("assessment:board_province", [own])
    yield "regulator", "board, a centre", _one("assessment:board_centre", world.slugs)
    yield "regulator", "API board", _page("api:board")
    yield "regulator", "API rankings", _page("api:rankings")
    yield "regulator of a province", "board", _page("assessment:board")
    yield "regulator of a province", "board, a province", _one("assessment:board_province", [own])
    yield "regulator of a province", "board, a centre", _one("assessment:board_centre", in_province)


def _page(name: str, **query: Any) -> Address:
    address = reverse(name) + (f"?{urlencode(query)}" if query else "")
    return lambda chance: address


def _one(name: str, among: Sequence[Any]) -> Address:
    return lambda chance: reverse(name, args=[chance.choice(among)])


def _trace(slugs: Sequence[str], indicators: Sequence[str]) -> Address:
    return lambda chance: reverse("assessment:trace", args=[chance.choice(slugs), chance.choice(indicators)])


def _of_case(name: str, cases: Sequence[Any], indicators: Sequence[str]) -> Address:
    return lambda chance: reverse(name, args=[chance.choice(cases), chance.choice(indicators)])
