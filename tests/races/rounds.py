"""Rounds in which many people decide one case at once, on the database of the environment; run by `nightly`.

    python -m tests.races.rounds (service|http) --rounds 20 --people 50 [--address http://127.0.0.1:8000]

Exit code 1 when a round ended with anything but one decision and one number, and all others told so in words.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from unittest import mock

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402
from knox.models import AuthToken  # noqa: E402

from assessment.models import Act, Assessment, Certificate  # noqa: E402
from assessment.services import score as scoring  # noqa: E402
from assessment.services.certificate_numbers import check_character  # noqa: E402
from assessment.services.decide import decide  # noqa: E402
from assessment.services.evaluate import evaluate  # noqa: E402
from assessment.services.open_assessment import open_assessment  # noqa: E402
from assessment.services.review import review  # noqa: E402
from assessment.services.submit import submit  # noqa: E402
from centres.models import Person, Role, TokenGrant  # noqa: E402
from core.errors import DecisionBlocked  # noqa: E402
from core.outcome import Outcome, Quality  # noqa: E402
from indicators.measures.base import CentreEvidence, Measurement  # noqa: E402
from indicators.models import Edition, EditionState  # noqa: E402
from operations.audit import first_broken_entry  # noqa: E402
from tests.assessment.conftest import GOOD, add_centre  # noqa: E402
from tests.assessment.documents import examples  # noqa: E402
from tests.editions import zhisuan  # noqa: E402
from tests.factories import staff  # noqa: E402
from tests.second_factor import give_factor  # noqa: E402

Trying = Callable[[Assessment, Person], str]
WON = "decided"


def main() -> int:
    given = _arguments()
    settings.SCHEME_EXPRESS, settings.SCHEME_RATING, settings.SCHEME_NOTICE_DAYS = True, "none", 0
    edition = _edition()
    mark = f"{given.door}-{int(time.time())}"
    people = [staff(f"decider-{mark}-{number}", Role.DECIDER) for number in range(given.people)]
    cast = {role: staff(f"{role}-{mark}", Role(role)) for role in ("assessor", "reviewer")}
    trying = _at_the_service if given.door == "service" else _over_http(given.address, people)
    told: Counter[str] = Counter()
    faults: list[str] = []
    began = time.monotonic()
    for number in range(given.rounds):
        case = _reviewed(f"race-{mark}-{number}", edition, cast)
        answers = _at_once(case, people, trying)
        told.update(answers)
        faults += [f"round {number}: {fault}" for fault in _faults(case, answers)]
    faults += _faults_of_the_whole()
    seconds = time.monotonic() - began
    print(  # noqa: T201
        f"{connection.vendor}, {given.door}: {given.rounds} rounds of {given.people} people, {seconds:.0f} s: "
        + ", ".join(f"{count} × {answer}" for answer, count in sorted(told.items()))
        + f"; {len(faults)} faults"
    )
    print("\n".join(faults[:20]))  # noqa: T201
    return 1 if faults else 0


def _at_once(case: Assessment, people: list[Person], trying: Trying) -> list[str]:
    barrier = threading.Barrier(len(people))

    def act(person: Person) -> str:
        barrier.wait()
        try:
            return trying(case, person)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(act, people))


def _faults(case: Assessment, answers: list[str]) -> list[str]:
    found = Counter(answers)
    faults = [] if found[WON] == 1 else [f"{found[WON]} were told that they decided"]
    if strange := set(found) - {WON, "409 wrong_state"}:
        faults.append(f"told {sorted(strange)}")
    numbers = Certificate.objects.filter(assessment=case).count()
    acts = Act.objects.filter(assessment=case, act="certify").count()
    if (numbers, acts) != (1, 1):
        faults.append(f"{numbers} certificate numbers and {acts} decisions in the history")
    return faults


def _faults_of_the_whole() -> list[str]:
    """Numbers without a gap, each with its check character; a chain of the audit log that holds."""
    bodies = sorted(Certificate.objects.values_list("number", flat=True))
    running = [int(number.split("-")[2]) for number in bodies]
    faults = [] if running == list(range(1, len(bodies) + 1)) else ["numbers were skipped or given twice"]
    faults += [
        f"{number} has another check character" for number in bodies if check_character(number[:-2]) != number[-1]
    ]
    return [*faults, *(["the chain of the audit log is broken"] if first_broken_entry() else [])]


def _at_the_service(case: Assessment, person: Person) -> str:
    try:
        decide(case, person=person, certify=True, reason="requirements met")
    except DecisionBlocked as refusal:
        return f"409 {refusal.code}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:200]
    return WON


def _over_http(address: str, people: list[Person]) -> Trying:
    tokens = {person.pk: _token(person) for person in people}

    def ask(case: Assessment, person: Person) -> str:
        asked = urllib.request.Request(  # noqa: S310
            f"{address}/api/v1/assessments/{case.pk}/decide/",
            data=json.dumps({"decision": "certify", "reason": "requirements met"}).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Token {tokens[person.pk]}"},
        )
        try:
            with urllib.request.urlopen(asked, timeout=600) as answer:  # noqa: S310
                return WON if answer.status == 200 else str(answer.status)
        except urllib.error.HTTPError as refusal:
            return f"{refusal.code} {json.loads(refusal.read()).get('code')}"
        except OSError as error:
            return type(error).__name__

    return ask


def _token(person: Person) -> str:
    give_factor(person)
    stored, token = AuthToken.objects.create(user=person)
    TokenGrant.objects.create(token=stored, proved_at=timezone.now())
    return str(token)


def _reviewed(slug: str, edition: Edition, cast: dict[str, Person]) -> Assessment:
    owner = Person.objects.create_user(slug, name_zh=slug, name_en=slug)
    case = open_assessment(add_centre(slug, owner=owner), edition=edition, person=owner)
    with mock.patch.object(scoring, "measure_all", _measured):
        scoring.score_package(submit(case, person=owner))
    evaluate(case, person=cast["assessor"], reason="evidence agrees")
    return review(case, person=cast["reviewer"], reason="sound")


def _measured(evidence: CentreEvidence) -> dict[str, Measurement]:
    made = partial(Measurement, outcome=Outcome.SCORED, quality=Quality.A, period=examples.MONTHS)
    return {name: made(name, value=Decimal(value)) for name, value in GOOD.items()}


def _edition() -> Edition:
    read = zhisuan()
    made, _ = Edition.objects.get_or_create(
        rubric=read.rubric,
        edition=read.edition,
        defaults={
            "digest": read.digest,
            "content": dict(read.content),
            "standing_zh": read.standing.zh,
            "standing_en": read.standing.en,
            "state": EditionState.PUBLISHED,
            "sealed": True,
            "published_at": timezone.now(),
        },
    )
    return made


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("door", choices=("service", "http"))
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--address", default="")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
