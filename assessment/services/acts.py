"""Acts of the table that need nothing but a person and a reason, by name: one door each in pages and API."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from assessment.models import Assessment
from assessment.services.application.admit import accept, decline, discontinue, return_application, take_up
from assessment.services.application.submit import submit
from assessment.services.decision.concur import concur
from assessment.services.decision.decide import ask_again, decide, take_effect
from assessment.services.decision.review import issue_statement, review, send_back
from assessment.services.evaluation.evaluate import evaluate
from centres.models import Person


class Taking(Protocol):
    def __call__(
        self, assessment: Assessment, /, *, person: Person, reason: str, version: int | None = None
    ) -> Assessment: ...


ACTS: dict[str, Taking] = {
    "submit": submit,
    "take_up": take_up,
    "return": return_application,
    "accept": accept,
    "decline": decline,
    "evaluate": evaluate,
    "review": review,
    "send_back": send_back,
    "state": issue_statement,
    "concur": concur,
    "certify": partial(decide, certify=True),
    "refuse": partial(decide, certify=False),
    "ask_again": ask_again,
    "take_effect": take_effect,
    "discontinue": discontinue,
}
