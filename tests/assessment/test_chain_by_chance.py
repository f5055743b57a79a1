"""Everybody tries everything in any order: no state the scheme does not know, nobody in two parts of one case.

`CHAIN_STEPS` in the environment asks for more steps than the few of every day, which are the same ones each day;
`CHAIN_FIRST` is the number of the first life, to live again the one that went wrong in a night.
"""

from __future__ import annotations

import os
import random
import sys
import time
from typing import Any

import pytest

from assessment.services import issue_certificate
from indicators.models import Edition
from tests.assessment.chance.machine import Life
from tests.assessment.chance.starts import STARTS
from tests.assessment.chance.world import World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.torture("T37")]

EVERY_DAY = 300
STEPS = int(os.environ.get("CHAIN_STEPS", EVERY_DAY))
BY_DAY = STEPS <= EVERY_DAY
FIRST = int(os.environ.get("CHAIN_FIRST", "0" if BY_DAY else random.SystemRandom().randrange(10**6)))
STEPS_A_LIFE = 25 if BY_DAY else 40
# What has to have happened by chance, whatever else was tried: one of each row by day, all of them in a night.
HAPPENS = {
    "decisions": ("assessment certify", "assessment refuse", "assessment ask_again"),
    "disputes": ("dispute upheld", "dispute dismissed"),
    "acts on certificates": tuple(
        f"certificate {act}" for act in ("survey", "suspend", "restore", "withdraw", "terminate")
    ),
    "terms of certificates": ("certificate expire", "certificate suspend_late"),
}


@pytest.fixture
def world(edition: Edition, measured: dict[str, str], settings: Any, monkeypatch: pytest.MonkeyPatch) -> type[World]:
    make_world(edition, settings)
    # Papers are not what this is about.
    monkeypatch.setattr(issue_certificate, "certificate_html", lambda content: "")
    monkeypatch.setattr(issue_certificate, "refuse_missing_glyphs", lambda html: None)
    monkeypatch.setattr(issue_certificate, "content_of", lambda certificate: None)
    monkeypatch.setattr(issue_certificate, "_interval", lambda stored: {"varied": {}})
    return World


def test_whatever_people_try_every_state_is_legal_and_nobody_is_in_two_parts(world: type[World]) -> None:
    began, lives = time.monotonic(), 0
    while world.taken < STEPS:
        Life(FIRST + lives).live(STEPS_A_LIFE)
        lives += 1
    assert lives >= len(STARTS), "no life from some of the starts"
    rate = world.taken / (time.monotonic() - began)
    sys.stdout.write(f"{world.taken:,} steps in {lives:,} lives from {FIRST}, 0 illegal states; {rate:.0f} a second\n")
    sys.stdout.write("".join(f"{times:7,} {act}\n" for act, times in sorted(world.done.items())))
    enough = any if BY_DAY else all
    never = [what for what, acts in HAPPENS.items() if not enough(world.done[act] for act in acts)]
    assert not never, f"the machine does not reach what it is to test: {never}, only {dict(world.done)}"
