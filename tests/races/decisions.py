"""Many deciders certify one case at once: one decision, one certificate number, and the others told in words."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections import Counter

from django.utils import timezone
from knox.models import AuthToken

from assessment.models import Act, Assessment, Certificate
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from centres.models import Person, Role, TokenGrant
from core.errors import DecisionBlocked
from tests.factories import staff
from tests.races import cases
from tests.second_factor import give_factor

WON = "decided"


class Decisions:
    """One reviewed case a round."""

    def __init__(self, mark: str, people: int, *, address: str) -> None:
        self.mark, self.address = mark, address
        self.edition = cases.edition()
        self.people = [staff(f"decider-{mark}-{number}", Role.DECIDER) for number in range(people)]
        self.assessor, self.reviewer = (staff(f"{role}-{mark}", role) for role in (Role.ASSESSOR, Role.REVIEWER))
        self.tokens = {person.pk: _token(person) for person in self.people} if address else {}

    def begin(self, number: int) -> Assessment:
        case = cases.submitted(f"race-{self.mark}-{number}", self.edition)
        evaluate(case, person=self.assessor, reason="evidence agrees")
        return review(case, person=self.reviewer, reason="sound")

    def at_the_service(self, case: Assessment, person: Person) -> str:
        try:
            decide(case, person=person, certify=True, reason="requirements met")
        except DecisionBlocked as refusal:
            return f"409 {refusal.code}"
        return WON

    def over_http(self, case: Assessment, person: Person) -> str:
        asked = urllib.request.Request(  # noqa: S310
            f"{self.address}/api/v1/assessments/{case.pk}/decide/",
            data=json.dumps({"decision": "certify", "reason": "requirements met"}).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Token {self.tokens[person.pk]}",
                "If-Match": f'"{case.version}"',
            },
        )
        try:
            with urllib.request.urlopen(asked, timeout=600) as answer:  # noqa: S310
                return WON if answer.status == 200 else str(answer.status)
        except urllib.error.HTTPError as refusal:
            return f"{refusal.code} {json.loads(refusal.read()).get('code')}"

    def faults(self, case: Assessment, answers: list[str]) -> list[str]:
        found = Counter(answers)
        faults = [] if found[WON] == 1 else [f"{found[WON]} were told that they decided"]
        if strange := set(found) - {WON, "409 wrong_state"}:
            faults.append(f"told {sorted(strange)}")
        numbers = Certificate.objects.filter(assessment=case).count()
        acts = Act.objects.filter(assessment=case, act="certify").count()
        if (numbers, acts) != (1, 1):
            faults.append(f"{numbers} certificate numbers and {acts} decisions in the history")
        return faults


def _token(person: Person) -> str:
    give_factor(person)
    stored, token = AuthToken.objects.create(user=person)
    TokenGrant.objects.create(token=stored, proved_at=timezone.now())
    return str(token)
