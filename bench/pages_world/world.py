"""The whole installation: centres, results, evidence, cases, people, notices, in a database of its own."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management import call_command
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from assessment.models import Assessment
from assessment.services.results.explain import keep_differences
from assessment.services.rules.case import rules
from centres.provinces import PROVINCES
from evidence.models import Evidence
from indicators.models import Edition, EditionState
from indicators.rubric import model
from indicators.rubric.curve import Linear
from indicators.rubric.loader import load_edition
from operations import rules_in_database
from operations.models import AuditEntry
from pages_world.cases import Rows, audit_entries, make_cases
from pages_world.centres import (
    Made,
    keep_all_draws,
    keep_files,
    make_centres,
    make_evidence,
    make_notices,
    make_results,
)
from pages_world.people import JUDGES, People, make_people
from pages_world.results import bases

RUBRIC = Path(__file__).parents[2] / "indicators" / "rubrics" / "zhisuan" / "2026.1"
SEED = 20261128


@dataclass(frozen=True)
class World:
    """What addresses are made of.

    Args:
        slugs, provinces, files: of the centres, in one order; the ids of a centre's files.
        cases: ids by state; `scored` are those that have a result.
        valid: numbers of valid certificates, `shown` the centres that hold them.
    """

    people: People
    slugs: Sequence[str]
    provinces: Sequence[str]
    files: Sequence[Sequence[UUID]]
    cases: Mapping[str, Sequence[UUID]]
    scored: Sequence[UUID]
    valid: Sequence[str]
    shown: Sequence[str]
    indicators: Sequence[str]


def make_world(*, centres: int, evidence: int) -> World:
    """Everything, from the complete edition of our own rubric; the same in every run but for the instants."""
    chance = random.Random(SEED)  # noqa: S311  (repeatable on purpose)
    rubric = load_edition(RUBRIC)
    edition = _publish(rubric)
    people = make_people(PROVINCES[0])
    real = bases(rubric)
    rules_in_database.remove(connection, rules())  # as for a restored dump: rows come in bulk, not act by act
    made = make_centres(real, count=centres, owner=people["owner"], owner_of_many=people["owner of many"])
    make_results(made, real, edition)
    keep_all_draws(made, rubric)
    with _as_given(Evidence, "received_at"):
        make_evidence(made, count=evidence, chance=chance)
    trees = [{node.code for node in base.result.root.walk()} for base in real]  # some indicators are of a class only
    keep_files(made)
    rated = [
        (one.code, "accepted" if isinstance(one.curve, Linear) else "judged")
        for one in rubric.indicators
        if not one.display and all(one.code in shown for shown in trees)
    ]
    rows = make_cases(made, edition=edition, people=people, indicators=rated, chance=chance)
    with _as_given(Assessment, "created_at"):
        rows.insert()
    keep_all_differences()
    call_command("keep_draws")  # of the earlier results; all others were drawn for together
    make_notices(made, judges=[people[name] for name in JUDGES], regulator=people["regulator"])
    first = (AuditEntry.objects.order_by("-sequence").values_list("sequence", flat=True).first() or 0) + 1
    AuditEntry.objects.bulk_create(audit_entries(rows, made, first=first), batch_size=2000)
    rules_in_database.install(connection, rules())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return _told(people, made, rows, [code for code, _ in rated])


def keep_all_differences() -> None:
    """What scoring keeps beside each result whose centre had one before."""
    had_one = Assessment.objects.exclude(result=None).values("centre").annotate(cases=Count("pk")).filter(cases__gt=1)
    for case in Assessment.objects.filter(centre__in=had_one.values("centre")).exclude(result=None):
        assert case.result is not None  # noqa: S101  (those without were left out)
        keep_differences(case.result, assessment=case)


def _told(people: People, made: Sequence[Made], rows: Rows, indicators: Sequence[str]) -> World:
    cases = defaultdict(list)
    for case in rows.cases:
        cases[case.state].append(case.pk)
    slugs = {one.centre.pk: one.centre.slug for one in made}
    valid = [one for one in rows.certificates if one.state == "valid"]
    return World(
        people=people,
        slugs=list(slugs.values()),
        provinces=[one.centre.province for one in made],
        files=[one.evidence for one in made],
        cases=dict(cases),
        scored=[case.pk for case in rows.cases if case.result_id],
        valid=[one.number for one in valid],
        shown=[slugs[one.assessment.centre_id] for one in valid],
        indicators=indicators,
    )


def _publish(rubric: model.Edition) -> Edition:
    return Edition.objects.create(
        rubric=rubric.rubric,
        edition=rubric.edition,
        digest=rubric.digest,
        content=dict(rubric.content),
        standing_zh=rubric.standing.zh,
        standing_en=rubric.standing.en,
        state=EditionState.PUBLISHED,
        sealed=True,
        published_at=timezone.now(),
    )


@contextmanager
def _as_given(of: Any, name: str) -> Iterator[None]:
    """Instants that a model sets itself are those that were given."""
    own = of._meta.get_field(name)
    own.auto_now_add = False
    try:
        yield
    finally:
        own.auto_now_add = True
