"""Rounds in which many people save one thing at once, on the database of the environment; run by `nightly`.

    python -m tests.races.rounds (service|http) [--rounds 20] [--decision 50] [--finding 2] [--address http://…]
                                 [--job 1 --jobs 1]

Others may race in the same database, as `nightly --jobs` has them; `whole` then looks at what all of them left. Exit
code 1 when a round ended with anything but one who was first, and all others told so in words.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from centres.models import Person  # noqa: E402
from tests.races.decisions import Decisions  # noqa: E402
from tests.races.findings import Findings  # noqa: E402

RACES = {"decision": Decisions, "finding": Findings}


def main() -> int:
    given = _arguments()
    settings.SCHEME_EXPRESS, settings.SCHEME_RATING, settings.SCHEME_NOTICE_DAYS = True, "none", 0
    asked = {name: getattr(given, name) for name in RACES}
    return max(_raced(name, people, given) for name, people in asked.items() if people)


def _raced(name: str, people: int, given: argparse.Namespace) -> int:
    race = RACES[name](f"{name}-{given.door}-{int(time.time())}-{given.job}", people, address=given.address)
    act = race.at_the_service if given.door == "service" else race.over_http
    told: Counter[str] = Counter()
    faults: list[str] = []
    began = time.monotonic()
    for number in range(given.rounds):
        subject = race.begin(number)
        answers = _at_once(subject, race.people, act)
        told.update(answers)
        faults += [f"round {number}: {fault}" for fault in race.faults(subject, answers)]
    seconds = time.monotonic() - began
    answered = ", ".join(f"{count} × {answer}" for answer, count in sorted(told.items()))
    process = f", process {given.job} of {given.jobs}" if given.jobs > 1 else ""
    print(  # noqa: T201
        f"{connection.vendor}, {name}, {given.door}{process}: {given.rounds} rounds of {people} people, "
        f"{seconds:.0f} s: {answered}; {len(faults)} faults",
        *faults[:20],
        sep="\n",
        flush=True,
    )
    return 1 if faults else 0


def _at_once(subject: Any, people: list[Person], trying: Callable[[Any, Person], str]) -> list[str]:
    barrier = threading.Barrier(len(people))

    def act(person: Person) -> str:
        barrier.wait()
        try:
            return trying(subject, person)
        except Exception as error:
            return f"{type(error).__name__}: {error}"[:200]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(act, people))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("door", choices=("service", "http"))
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--decision", type=int, default=50, help="people who decide one case; 0: none of these rounds")
    parser.add_argument("--finding", type=int, default=2, help="assessors who save one finding; 0: likewise")
    parser.add_argument("--address", default="")
    parser.add_argument("--job", type=int, default=1, help="which of the processes that race at one time")
    parser.add_argument("--jobs", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
