"""Centres with profile, results and evidence, in bulk: trees are inserted as the text they are."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from assessment.models import (
    DrawnKeys,
    KeptExplanation,
    ProvisionalResult,
    Reminder,
    ResultSummary,
    Screening,
    StoredResult,
)
from assessment.scoring.explain.kept import METHOD as EXPLAINED_BY
from assessment.scoring.firmness import drawn_for
from assessment.scoring.kept_draws import METHOD, packed
from centres.models import Centre, CentreRole, Declaration, Membership, Person, ProfileVersion
from centres.provinces import PROVINCES
from evidence import store
from evidence.models import Blob, Evidence, EvidenceState, ObservationTable
from indicators.models import Edition
from indicators.rubric import model
from operations.models import Job, JobState
from pages_world.results import Base, own_sha256

EARLIER = 10  # of a hundred centres have an earlier result as well
LARGE = 40  # times the files of others, at the first centre
BATCH = 2000
ROWS_OF_TREES = 100  # inserted at a time: forty megabytes
_STATES = (
    (EvidenceState.ACCEPTED, 91),
    (EvidenceState.REJECTED, 4),
    (EvidenceState.SUPERSEDED, 3),
    (EvidenceState.WITHDRAWN, 2),
)
_MONTHS = {f"2025-{month:02d}": 744 for month in range(1, 13)}
_PROBLEM = {
    "code": "contradictory_log",
    "message": {"zh": "第 7 行互相矛盾。", "en": "Line 7 contradicts itself."},
    "where": {"line": 7},
    "hint": None,
}
_ISSUE = {
    "code": "gap",
    "severity": "warning",
    "where": {"line": 42},
    "message": {"zh": "缺少三个读数。", "en": "Three readings are missing."},
    "hint": None,
}


@dataclass
class Made:
    """One centre and what later rows refer to.

    Args:
        result, earlier: primary keys of stored results.
        package: id, SHA-256 and parser of the files the result rests on.
        evidence: ids of all files.
    """

    centre: Centre
    owner: Person
    base: Base
    profile: int
    result: int
    earlier: int | None
    package: list[tuple[uuid.UUID, str, str]]
    evidence: list[uuid.UUID]


def make_centres(bases: Sequence[Base], *, count: int, owner: Person, owner_of_many: Person) -> list[Made]:
    """The first one is the owner's, forty others are those of the owner of many; the rest have owners of their own."""
    owners = Person.objects.bulk_create(
        (
            Person(username=f"owner-{number}", name_zh=f"业主 {number}", name_en=f"Owner {number}")
            for number in range(count)
        ),
        batch_size=BATCH,
    )
    owners[0] = owner
    owners[1:41] = [owner_of_many] * len(owners[1:41])
    chosen = [bases[number % len(bases)] for number in range(count)]
    centres = Centre.objects.bulk_create(
        (
            Centre(
                slug=f"centre-{number:05d}",
                name_zh=f"示例智算中心 {number}（虚构）",
                name_en=f"Example centre {number} (fictional)",
                province=PROVINCES[number % len(PROVINCES)],
            )
            for number in range(count)
        ),
        batch_size=BATCH,
    )
    profiles = ProfileVersion.objects.bulk_create(
        (
            ProfileVersion(centre=centre, content=_profile(base, centre), digest=base.profile.digest, created_by=person)
            for centre, base, person in zip(centres, chosen, owners, strict=True)
        ),
        batch_size=BATCH,
    )
    Membership.objects.bulk_create(
        (
            Membership(user=person, centre=centre, role=CentreRole.OWNER)
            for centre, person in zip(centres, owners, strict=True)
        ),
        batch_size=BATCH,
    )
    return [
        Made(centre, person, base, profile.pk, 0, None, [], [])
        for centre, person, base, profile in zip(centres, owners, chosen, profiles, strict=True)
    ]


def make_results(made: Sequence[Made], bases: Sequence[Base], edition: Edition) -> None:
    """A result for each centre and an earlier one for some, from other values; screened, and provisional too."""
    graded = [base for base in bases if base.result.grade is not None]
    key = 0
    rows: list[tuple[object, ...]] = []
    summaries: list[ResultSummary] = []
    for number, one in enumerate(made):
        earlier = [graded[(number + 7) % len(graded)]] if number % 100 < EARLIER else []
        for base in (*earlier, one.base):
            key += 1
            tree, inputs, digest, inputs_digest = base.named(one.centre.slug)
            told = (base.result.verdict.value, base.result.score, base.result.grade or "")
            named = (key, one.centre.pk, edition.pk, one.profile, tree, inputs, digest, inputs_digest)
            rows.append((*named, told[0], None if told[1] is None else str(told[1]), told[2], timezone.now()))
            summaries.append(_summary(key, base, one.centre, digest, inputs_digest))
            one.earlier, one.result = one.result or None, key
        if len(rows) >= ROWS_OF_TREES:
            _insert_results(rows)
            rows.clear()
    _insert_results(rows)
    ResultSummary.objects.bulk_create(summaries, batch_size=BATCH)
    KeptExplanation.objects.bulk_create(
        (
            KeptExplanation(result_id=one.result, about=about, method=EXPLAINED_BY, content=content)
            for one in made
            for about, content in one.base.explanations.items()
        ),
        batch_size=BATCH,
    )
    Screening.objects.bulk_create(
        (
            Screening(result_id=pk, content={"flags": [], "checks": {}, "compared": {}}, prints={}, digest="sha256:0")
            for pk in range(1, key + 1)
        ),
        batch_size=BATCH,
    )
    ProvisionalResult.objects.bulk_create(
        (ProvisionalResult(centre=one.centre, result_id=one.result) for one in made), batch_size=BATCH
    )


def keep_all_draws(made: Sequence[Made], rubric: model.Edition) -> None:
    """What scoring keeps beside each newest result, drawn for all of them together."""
    drawn = drawn_for(rubric, [replace(one.base.facility, name=one.centre.slug) for one in made])
    assert drawn is not None  # noqa: S101  (our own rubric is drawn)
    results = {one.centre.slug: one.result for one in made}
    DrawnKeys.objects.bulk_create(
        (DrawnKeys(result_id=results[slug], method=METHOD, keys=keys) for slug, keys in packed(drawn).items()),
        batch_size=BATCH,
    )


def make_evidence(made: Sequence[Made], *, count: int, chance: random.Random) -> None:
    """The files results rest on, then others until there are so many; each with its job and one table of a year."""
    shares = [LARGE, *[1] * (len(made) - 1)]
    each = count / sum(shares)
    blobs: list[Blob] = []
    jobs: list[Job] = []
    files: list[Evidence] = []
    tables: list[ObservationTable] = []
    for one, share in zip(made, shares, strict=True):
        for item in _files(one, round(each * share), chance):
            files.append(item)
            blobs.append(item.blob)
            jobs.append(item.job)
            one.evidence.append(item.pk)
            if item.state != EvidenceState.REJECTED:
                kind = "energy_readings"
                tables.append(
                    ObservationTable(evidence=item, kind=kind, rows=8928, key=f"tables/{item.pk}", months=_MONTHS)
                )
    for rows in (blobs, jobs, files, tables):
        type(rows[0]).objects.bulk_create(rows, batch_size=BATCH)


def keep_files(made: Sequence[Made]) -> None:
    """The bytes behind every result, as links to those of the few bases: a page that shows lines finds its file."""
    for one in made:
        for file in one.base.files:
            original, own = (
                Path(settings.STORE_ROOT) / store.blob_key(sha)
                for sha in (file.sha256, own_sha256(file.sha256, one.centre.slug))
            )
            for path in (original, own):
                path.parent.mkdir(parents=True, exist_ok=True)
            if not original.exists():
                original.write_bytes(file.content)
            own.hardlink_to(original)


def make_notices(made: Sequence[Made], *, judges: Sequence[Person], regulator: Person) -> None:
    """Declarations of interests of those who judge, for every centre; a reminder at every fifth."""
    today = timezone.localdate()
    Declaration.objects.bulk_create(
        (
            Declaration(
                person=judge,
                centre=one.centre,
                conflict=False,
                statement="none",
                declared_on=today,
                valid_until=today + dt.timedelta(days=300),
            )
            for one in made
            for judge in judges
        ),
        batch_size=BATCH,
    )
    Reminder.objects.bulk_create(
        (Reminder(centre=one.centre, text="请补交五月能耗。", sent_by=regulator) for one in made[::5]), batch_size=BATCH
    )


def _profile(base: Base, centre: Centre) -> dict[str, object]:
    content = base.profile.model_dump(mode="json", by_alias=True, exclude_none=True)
    names = {"id": centre.slug, "name": {"zh": centre.name_zh, "en": centre.name_en}}
    return content | {"centre": content["centre"] | names, "place": content["place"] | {"province": centre.province}}


def _summary(key: int, base: Base, centre: Centre, digest: str, inputs_digest: str) -> ResultSummary:
    summary, attributes = base.summary(centre.slug), base.facility.profile
    return ResultSummary(
        result_id=key,
        digest=digest,
        inputs_digest=inputs_digest,
        name_zh=centre.name_zh,
        name_en=centre.name_en,
        verdict=base.result.verdict.value,
        score=None if base.result.score is None else str(base.result.score),
        grade=base.result.grade or "",
        province=centre.province,
        scale_tier=str(attributes.get("scale_tier") or ""),
        centre_class=str(attributes["class"]),
        figures=summary.as_json()["figures"],
        content=summary.as_json(),
    )


def _insert_results(rows: Sequence[tuple[object, ...]]) -> None:
    fields = ("id", "centre_id", "edition_id", "profile_version_id", "tree", "inputs", "digest", "inputs_digest")
    names = ", ".join((*fields, "verdict", "score", "grade", "created_at"))
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * (len(fields) + 4))
        cursor.executemany(
            f"INSERT INTO {StoredResult._meta.db_table} ({names}) VALUES ({marks})",  # noqa: S608  (our own words)
            rows,
        )


def _files(one: Made, wanted: int, chance: random.Random) -> Iterator[Evidence]:
    slug = one.centre.slug
    for file in one.base.files:
        sha = own_sha256(file.sha256, slug)
        item = _file(one, sha, file.name, file.size, file.format, file.parser, EvidenceState.ACCEPTED, chance)
        one.package.append((item.pk, sha, file.parser))
        yield item
    for number in range(len(one.base.files), wanted):
        file = one.base.files[number % len(one.base.files)]
        sha = own_sha256(file.sha256, f"{slug}/{number}")
        state = chance.choices(*zip(*_STATES, strict=True))[0]
        name = f"{number:04d}-{file.name}"
        yield _file(one, sha, name, file.size, file.format, file.parser, state, chance)


def _file(
    one: Made, sha: str, name: str, size: int, format: str, parser: str, state: str, chance: random.Random
) -> Evidence:
    at = timezone.now() - dt.timedelta(minutes=chance.randrange(1, 500_000))
    pk = uuid.uuid4()
    job = Job(
        task="evidence.parse",
        subject=f"evidence/{pk}",
        scope=one.centre.slug,
        state=JobState.DONE,
        attempts=1,
        finished_at=at,
    )
    rejected = state == EvidenceState.REJECTED
    item = Evidence(
        pk=pk,
        centre=one.centre,
        blob=Blob(sha256=sha, size=size),
        name=name,
        state=state,
        format=format,
        parser=parser,
        encoding="utf-8",
        facts={"rows": "8928", "first": "2025-01-01", "last": "2025-12-31", "energy_kwh": "12345678.5"},
        issues=[_ISSUE] * 5,
        issue_counts={"gap": 5},
        coverage={"lines": 8929, "used": 8928, "with_issues": 5},
        problem=_PROBLEM if rejected else None,
        job=job,
        uploaded_by=one.owner,
    )
    item.received_at = at
    return item
