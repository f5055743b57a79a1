"""Real processes: two members of the body decide one case at one instant, twenty-five times each."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from fixtures.migrated import place
from tests.installation import ROOT, Installation

pytestmark = [
    pytest.mark.slow,
    pytest.mark.long,
    pytest.mark.torture("T37", "fifty decide at once", "one decision", "one number", "complete history"),
]

# A case that was reviewed, and the tokens of its two deciders, each got with a one-time code.
REVIEWED = """
import json
from decimal import Decimal
import django
django.setup()
from django.core.management import call_command
from assessment.services.results import score as scoring
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.application.open_assessment import open_assessment
from assessment.services.decision.review import review
from assessment.services.application.submit import submit
from centres.models import Person, Role, StaffRole
from centres.services.issue_token import issue_token
from centres.services.second_factor import give_second_factor
from core.outcome import Outcome, Quality
from indicators.measures.base import Measurement
from indicators.models import Edition
from tests.assessment.conftest import GOOD, add_centre
from tests.assessment.documents import examples
from tests.editions import ZHISUAN
from tests.second_factor import SECRET, code

call_command("prepare", verbosity=0)
call_command("load_rubric", str(ZHISUAN / "2026.0"), verbosity=0)
scoring.measure_all = lambda evidence: {
    name: Measurement(name, Outcome.SCORED, value=Decimal(value), quality=Quality.A, period=examples.MONTHS)
    for name, value in GOOD.items()
}

def person(name, *roles):
    made = Person.objects.create_user(name, password="a long pass phrase", name_en=name.title())
    StaffRole.objects.bulk_create(StaffRole(user=made, role=role) for role in roles)
    return made

olu, ana, ravi = person("olu"), person("ana", Role.ASSESSOR), person("ravi", Role.REVIEWER)
case = open_assessment(add_centre("demo-horinger-1", owner=olu), edition=Edition.objects.get(), person=olu)
scoring.score_package(submit(case, person=olu))
evaluate(case, person=ana, reason="x")
reviewed = review(case, person=ravi, reason="x")
tokens = []
for name in ("deng", "dina"):
    decider = person(name, Role.DECIDER)
    give_second_factor(decider, SECRET)
    tokens.append(issue_token(decider, code=code())[1])
print(json.dumps({"case": str(case.pk), "version": reviewed.version, "tokens": tokens}))
"""


def test_of_fifty_decisions_at_once_one_is_taken_and_the_others_learn_whose(tmp_path: Path) -> None:
    site = Installation(tmp_path)
    site.environment |= {"ZHIHENG_SCHEME_EXPRESS": "1", "ZHIHENG_SCHEME_RATING": "none"}
    place(tmp_path / "zhiheng.sqlite3")
    made = subprocess.run(
        [sys.executable, "-c", REVIEWED], cwd=ROOT, env=site.environment, check=True, capture_output=True, text=True
    )
    found = json.loads(made.stdout.splitlines()[-1])

    def decide(number: int) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", port, timeout=600)
        headers = {"Authorization": f"Token {found['tokens'][number % 2]}", "Content-Type": "application/json"}
        headers["If-Match"] = f'"{found["version"]}"'
        said = json.dumps({"decision": "certify", "reason": f"number {number}"})
        connection.request("POST", f"/api/v1/assessments/{found['case']}/decide/", said, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())

    with site.server() as port, ThreadPoolExecutor(50) as deciders:
        answers = list(deciders.map(decide, range(50)))

    assert sorted(status for status, _ in answers) == [200] + [409] * 49, answers
    [winner] = [answer["certificate"] for status, answer in answers if status == 200]
    refusals = [answer for status, answer in answers if status == 409]
    assert {refusal["code"] for refusal in refusals} == {"wrong_state"}
    who_and_when = re.compile(r"certify by (Deng|Dina) at 20\d\d-\d\d-\d\d \d\d:\d\d")
    assert all(who_and_when.search(str(refusal)) for refusal in refusals), refusals[0]
    assert site.row("SELECT count(*) AS n, max(number) AS number FROM assessment_certificate") == {
        "n": 1,
        "number": winner,
    }
    acts = "SELECT group_concat(act, ' ') AS acts FROM (SELECT act FROM assessment_act ORDER BY id)"
    assert site.row(acts) == {"acts": "open submit evaluate review certify"}
