"""Cases of all states with what belongs to one: acts, parts, certificates, findings, ratings, disputes, audit log."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from assessment.models import (
    Act,
    AssessedEvidence,
    Assessment,
    AssessmentState,
    Assignment,
    CasePart,
    Certificate,
    Dispute,
    Finding,
    FindingNote,
    Part,
    Procedure,
    Rating,
    RatingRule,
)
from centres.models import Person
from indicators.models import Edition
from operations.models import AuditEntry
from pages_world.centres import Made
from pages_world.people import People

# Out of a hundred centres, how their newest case stands; the others have none.
STATES = (
    *("certified",) * 60,
    *("refused",) * 5,
    *("announced",) * 5,
    *("reviewed",) * 4,
    *("evaluated",) * 4,
    *("in_evaluation",) * 6,
    *("accepted",) * 3,
    *("under_review",) * 3,
    *("submitted",) * 3,
    *("draft",) * 3,
    *("declined", "discontinued"),
)
SPREAD = 37  # so that neighbours, who share a base and a province by turns, differ
WAY = (
    ("open", "", "draft", Part.APPLICANT, "owner"),
    ("submit", "draft", "submitted", Part.APPLICANT, "owner"),
    ("take_up", "submitted", "under_review", Part.REGISTRAR, "registrar"),
    ("accept", "under_review", "accepted", Part.REGISTRAR, "registrar"),
    ("begin", "accepted", "in_evaluation", Part.ASSESSOR, "assessor"),
    ("evaluate", "in_evaluation", "evaluated", Part.ASSESSOR, "assessor"),
    ("review", "evaluated", "reviewed", Part.REVIEWER, "reviewer"),
    ("certify", "reviewed", "announced", Part.DECIDER, "decider"),
    ("take_effect", "announced", "certified", Part.REGISTRAR, "registrar"),
)
ENDS = {
    "refused": ("refuse", "reviewed", "refused", Part.DECIDER, "decider"),
    "declined": ("decline", "under_review", "declined", Part.REGISTRAR, "registrar"),
    "discontinued": ("discontinue", "draft", "discontinued", Part.APPLICANT, "owner"),
}
_REASON = "按程序办理，材料齐备。In order, the record is complete."
_TODAY = timezone.localdate()


@dataclass
class Rows:
    """What is inserted in bulk, in this order."""

    cases: list[Assessment] = field(default_factory=list)
    parts: list[CasePart] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    packages: list[AssessedEvidence] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notes: list[FindingNote] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)

    def insert(self) -> None:
        for rows in vars(self).values():
            if rows:
                type(rows[0]).objects.bulk_create(rows, batch_size=2000)


def make_cases(
    made: Sequence[Made],
    *,
    edition: Edition,
    people: People,
    indicators: Sequence[tuple[str, str]],
    chance: random.Random,
) -> Rows:
    """A newest case for nearly every centre, and an earlier, certified one for those with an earlier result.

    Args:
        indicators: code and kind of ruling (`accepted` or `judged`) of those that are rated.
    """
    rows, pillars = Rows(), sorted({code[:2] for code, _ in indicators})
    for number, one in enumerate(made):
        blocked = one.base.result.grade is None
        if one.earlier is not None:
            _case(rows, one, "certified", one.earlier, edition, people, chance, earlier=True)
        place = number * SPREAD % 100
        state = STATES[place] if place < len(STATES) else ""
        if not state:
            continue
        if blocked and state in ("certified", "announced"):  # what carries no grade has no certificate
            state = "refused"
        case = _case(rows, one, state, one.result, edition, people, chance)
        if state == "in_evaluation":
            rows.assignments += [
                Assignment(
                    assessment=case,
                    person=people["assessor"],
                    pillar=pillar,
                    assigned_by=people["registrar"],
                    assigned_on=_TODAY,
                )
                for pillar in pillars
            ]
        if case.result_id:
            _inside(rows, case, one, people, indicators, chance)
    _number_certificates(rows)
    return rows


def audit_entries(rows: Rows, made: Sequence[Made], *, first: int) -> Iterator[AuditEntry]:
    """One for every act, note and evidence; the hashes are numbers here, the chain is no matter of pages."""
    sequence = first
    subjects = [(act.assessment.subject, f"assessment.{act.act}", act.person) for act in rows.acts]
    subjects += [(note.finding.subject, f"finding.{note.act}", note.person) for note in rows.notes]
    subjects += [(f"evidence/{pk}", "evidence.received", None) for one in made for pk in one.evidence]
    for subject, act, person in subjects:
        yield AuditEntry(
            sequence=sequence,
            at=timezone.now(),
            actor=person.username if person else "owner",
            act=act,
            subject=subject,
            reason=_REASON,
            details={},
            previous_hash=f"{sequence - 1:064x}",
            hash=f"{sequence:064x}",
        )
        sequence += 1


def _case(
    rows: Rows,
    one: Made,
    state: str,
    result: int | None,
    edition: Edition,
    people: People,
    chance: random.Random,
    *,
    earlier: bool = False,
) -> Assessment:
    steps = _way(state)
    taken = {part: _who(one, role, people) for _, _, _, part, role in steps}
    at = timezone.now() - dt.timedelta(days=900 if earlier else chance.randrange(1, 400))
    scored = len(steps) > 1 and state != "discontinued"
    case = Assessment(
        centre_id=one.centre.pk,
        edition=edition,
        profile_version_id=one.profile if scored else None,
        procedure=Procedure.FULL,
        notice_days=7,
        rating=RatingRule.SINGLE,
        notice_until=_TODAY + dt.timedelta(days=5) if state == "announced" else None,
        state=state,
        submissions=int(scored),
        result_id=result if scored else None,
        opened_by=one.owner,
        submitted_by=one.owner if scored else None,
        assessor=taken.get(Part.ASSESSOR),
        reviewer=taken.get(Part.REVIEWER),
        decider=taken.get(Part.DECIDER),
    )
    case.created_at = at
    rows.cases.append(case)
    rows.parts += [
        CasePart(assessment=case, person=who, natural_person=who.natural_person, part=part)
        for part, who in taken.items()
    ]
    rows.acts += [
        Act(
            assessment=case,
            act=act,
            from_state=before,
            to_state=after,
            part=part,
            person=_who(one, role, people),
            reason=_REASON,
        )
        for act, before, after, part, role in steps
    ]
    if scored:
        rows.packages += [
            AssessedEvidence(assessment=case, evidence_id=pk, digest=f"sha256:{sha}", parser=parser)
            for pk, sha, parser in one.package
        ]
    if state == "certified":
        rows.certificates.append(_certificate(case, people, chance, earlier=earlier))
    return case


def _way(state: str) -> list[tuple[str, str, str, Part, str]]:
    end = ENDS.get(state)
    last = end[1] if end else state
    found = []
    for step in WAY:
        found.append(step)
        if step[2] == last:
            break
    return [*found, end] if end else found


def _who(one: Made, role: str, people: People) -> Person:
    return one.owner if role == "owner" else people[role]


def _certificate(case: Assessment, people: People, chance: random.Random, *, earlier: bool) -> Certificate:
    issued = _TODAY - dt.timedelta(days=900 if earlier else chance.randrange(1, 700))
    return Certificate(
        assessment=case,
        result_id=case.result_id,
        state="expired" if earlier else chance.choices(("valid", "suspended", "withdrawn"), (95, 3, 2))[0],
        decided_by=people["decider"],
        issued_on=issued,
        valid_until=issued + dt.timedelta(days=730),
        surveillance_due_on=issued + dt.timedelta(days=365),
        pdf_sha256="0" * 64,
    )


def _number_certificates(rows: Rows) -> None:
    for number, one in enumerate(rows.certificates, start=1):
        one.number = f"ZH-{one.issued_on.year}-{number:04d}-X"


def _inside(
    rows: Rows,
    case: Assessment,
    one: Made,
    people: People,
    indicators: Sequence[tuple[str, str]],
    chance: random.Random,
) -> None:
    """Findings and their notes, ratings of what is being evaluated or was, a dispute now and then."""
    state = case.state
    if state in ("submitted", "under_review", "accepted", "draft", "declined"):
        return
    for number in range(chance.randrange(0, 4)):
        finding = Finding(
            assessment=case,
            node="GR-1.1",
            severity="observation",
            statement=f"计量器具检定证书第 {number} 页不清晰。The page is not legible.",
            state="open",
            raised_by=people["assessor"],
        )
        rows.findings.append(finding)
        rows.notes += [
            FindingNote(finding=finding, person=people["assessor"], act="raise", text=_REASON),
            FindingNote(finding=finding, person=people["assessor"], act="ask", text="?", due_on=_TODAY),
        ]
    done = len(indicators) // 2 if state == AssessmentState.IN_EVALUATION else len(indicators)
    rows.ratings += [
        Rating(
            assessment=case,
            node=code,
            state=kind,
            level=5 if kind == "judged" else None,
            text="见证据。" if kind == "judged" else "",
            person=people["assessor"],
            version=1,
        )
        for code, kind in indicators[:done]
    ]
    if chance.random() < 0.1:
        rows.disputes.append(
            Dispute(assessment=case, kind="complaint", statement=_REASON, name="n", contact="c", lodged_by=one.owner)
        )
