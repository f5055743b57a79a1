"""Everybody tries everything in any order: no state the scheme does not know, nobody in two parts of one case.

`CHAIN_STEPS` in the environment asks for more steps than the few of every day, which are the same ones each day.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from assessment.services.certificates import issue as issue_certificate
from tests.assessment.chance.machine import lives_from
from tests.assessment.chance.reached import EVERY_ROW
from tests.assessment.chance.starts import STARTS
from tests.assessment.chance.world import World, make_world
from tests.assessment.judged_edition import JUDGED, judged_edition

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.torture("T37")]

EVERY_DAY, A_NIGHT = 300, 100_000
STEPS = int(os.environ.get("CHAIN_STEPS", EVERY_DAY))
BY_DAY = STEPS <= EVERY_DAY
STEPS_A_LIFE = 12 if BY_DAY else 40
TRIED_A_STEP = 4  # about so many acts
FEWEST_LIVES = 3  # from one start; the first of them is always the dullest there is
# What has to have happened by chance on a day, one of each; in a night it is every row of the table.
HAPPENS = {
    "decisions": {"concur", "certify", "refuse", "ask_again"},
    "disputes": {"uphold", "dismiss"},
    "acts on certificates": {"survey", "suspend", "restore", "withdraw", "terminate"},
    "levels": {"judge", "propose", "agree", "adjudicate"},
    "findings": {"answer", "accept_answer", "close", "retract", "fail_check"},
}


@pytest.fixture
def world(db: None, measured: dict[str, str], settings: Any, monkeypatch: pytest.MonkeyPatch) -> type[World]:
    measured |= dict.fromkeys(JUDGED, "5")
    make_world(judged_edition(), settings)
    # Papers are not what this is about.
    monkeypatch.setattr(issue_certificate, "certificate_html", lambda content: "")
    monkeypatch.setattr(issue_certificate, "refuse_missing_glyphs", lambda html: None)
    monkeypatch.setattr(issue_certificate, "content_of", lambda certificate: None)
    monkeypatch.setattr(issue_certificate, "_interval", lambda stored: {"varied": {}})
    return World


def test_whatever_people_try_every_state_is_legal_and_nobody_is_in_two_parts(world: type[World]) -> None:
    began = time.monotonic()
    while world.taken < STEPS:  # lives end early; the promised number is taken all the same
        lives = max(FEWEST_LIVES, (STEPS - world.taken) // (STEPS_A_LIFE * TRIED_A_STEP * len(STARTS)))
        for start in STARTS:
            with lives_from(start) as life:
                run_state_machine_as_test(life, settings=_settings(lives))
            if not BY_DAY:
                sys.stdout.write(f"{world.taken:,} steps so far, with {lives} lives from {start}\n")
                sys.stdout.flush()
    rate = world.taken / (time.monotonic() - began)
    sys.stdout.write(f"{world.taken:,} steps, 0 illegal states; {rate:.0f} a second\n")
    sys.stdout.write("".join(f"{times:7,} {row}\n" for row, times in sorted(world.rows.items())))
    unreached = [str(row) for row in EVERY_ROW if not world.rows[row]]
    sys.stdout.write("".join(f"  never {row}\n" for row in unreached))
    done = {row.act for row in world.rows}
    never = [what for what, acts in HAPPENS.items() if not acts & done]
    assert not never, f"the machine does not reach what it is to test: {never}, only {sorted(done)}"
    assert not (STEPS >= A_NIGHT and unreached), f"rows no life has taken: {unreached}"


def _settings(lives: int) -> settings:
    return settings(
        max_examples=lives,
        stateful_step_count=STEPS_A_LIFE,
        phases=(Phase.generate,),  # a failing life is short enough to be read as it is
        deadline=None,
        database=None,
        derandomize=BY_DAY,
        suppress_health_check=list(HealthCheck),
    )
