"""The demo's people and two more things the pages need: a second assessor, and somebody with a factor by choice."""

from __future__ import annotations

from typing import Any

from fixtures.demo.centres import CENTRES
from fixtures.demo.people import engineer, people_file

FIRST, SECOND = "assessor", "second-assessor"
CAREFUL = engineer(CENTRES[7].id)
NOT_WATCHED = "西藏"  # no centre of the demo is there


def people_of_the_pages() -> dict[str, Any]:
    found = people_file()
    like = next(one for one in people_file()["people"] if one["username"] == FIRST)
    found["people"].append(like | {"username": SECOND, "name": {"zh": "审查员蔡（演示）", "en": "Cai, demo assessor"}})
    careful = next(one for one in found["people"] if one["username"] == CAREFUL)
    careful["second_factor"] = next(one["second_factor"] for one in people_file()["people"] if "second_factor" in one)
    return found


def people_with_nothing_to_do() -> dict[str, Any]:
    """A registrar, a regulator of a province without centres, and a centre nobody works for."""
    people = {one["username"]: one for one in people_file()["people"]}
    regulator = people["regulator"] | {"roles": [{"role": "regulator", "province": NOT_WATCHED}]}
    name = {"zh": "新登记的示例智算中心（虚构）", "en": "A centre just entered (fictional)"}
    return {
        "contract": 1,
        "centres": [{"id": "demo-new", "name": name, "province": CENTRES[1].province}],
        "people": [people["registrar"], regulator],
    }
