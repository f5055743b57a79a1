"""Taking the acts of the table: who may, in which state, and what is written with each step."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache, partial
from uuid import UUID

import rules
from django.core.exceptions import PermissionDenied
from django.db import transaction

from assessment.certificate_selectors import standing_of
from assessment.models import Act, Assessment, AssessmentState, Certificate, CertificateState, FindingNote, Part
from assessment.services.chain import certificate_version, separation
from assessment.services.chain.changed_meanwhile import changed_meanwhile, name_of
from assessment.services.chain.table import JUDGING, PERMISSIONS, TITLES, TRANSITIONS, Of, Transition, rows
from assessment.services.chain.two_deciders import is_for_two
from assessment.services.chain.wrong_state import wrong_state
from centres.models import Person
from centres.selectors import centres_worked_on
from core.errors import DecisionBlocked
from core.text import Text
from operations import audit

# Where an assessment itself remembers who last acted in a part.
_COLUMNS = {
    Part.APPLICANT: "submitted_by",
    Part.ASSESSOR: "assessor",
    Part.REVIEWER: "reviewer",
    Part.DECIDER: "decider",
}
_PART_OF = {(row.of, row.act): row.part for row in TRANSITIONS}


def locked(assessment: Assessment) -> Assessment:
    """The assessment as it is now, held until the end of the transaction: of two acts at once one goes first."""
    found = Assessment.objects.select_for_update(of=("self",)).select_related("centre", "edition")
    return found.defer("edition__content").get(pk=assessment.pk)


def check(assessment: Assessment, act: str, *, person: Person, version: int | None = None) -> Transition:
    """Whether this person may take this act on the assessment now, having read this version of it.

    Raises:
        PermissionDenied: the person lacks the role.
        DecisionBlocked: `wrong_state` naming the allowed acts and the last one taken; `separation_of_duties`,
            `conflict_of_interest`, `no_declaration`, `not_assigned`; `version_changed`.
    """
    permit(assessment, _PART_OF[Of.ASSESSMENT, act], person=person)
    found = find(Of.ASSESSMENT, act, assessment.state, case=assessment)
    require_version(assessment, version)
    return found


def require_version(assessment: Assessment, version: int | None) -> None:
    """The state alone does not tell: a case that was sent back and evaluated anew is as ready for review as before.

    Args:
        version: the one that was read; None asks nothing.

    Raises:
        DecisionBlocked: `version_changed`, with who took the last step, when and why.
    """
    if version in (None, assessment.version):
        return
    last = assessment.acts.select_related("person").filter(of=Of.ASSESSMENT.value).latest("pk")
    saved = TITLES.get(last.act, TITLES["open"])
    raise changed_meanwhile(
        by=name_of(last.person), at=last.at, saved=saved, words=last.reason, version=assessment.version
    )


def permit(case: Assessment, part: Part, *, person: Person, assigned: bool = True) -> None:
    """Whether this person may act in this part of this case, whatever its state.

    Raises:
        PermissionDenied, DecisionBlocked: as `check`.
    """
    subject = (case,) if part is Part.APPLICANT else ()
    # Asked of `rules` itself: an administrator's blanket permission does not reach into the chain.
    if not rules.has_perm(PERMISSIONS[part], person, *subject):
        raise PermissionDenied
    if found := separation.obstacle(case, person=person, part=part, assigned=assigned):
        raise found


def find(of: Of, act: str, state: str, *, case: Assessment, last: Act | FindingNote | None = None) -> Transition:
    """The row of the table for this act in this state.

    Args:
        last: the last act on what is acted on, where it has acts of its own; a refusal says whose it was.

    Raises:
        DecisionBlocked: `wrong_state`.
    """
    for row in rows(of, state, case):
        if row.act == act:
            return row
    raise wrong_state(case, act, of=of, state=state, last=last)


def take(
    assessment: Assessment,
    transition: Transition,
    *,
    person: Person,
    reason: str,
    audited: Mapping[str, str] | None = None,
) -> Assessment:
    """Write the step: one act, then the new state and who took it, one audit entry. Call in a transaction, locked."""
    assert transaction.get_connection().in_atomic_block  # noqa: S101  (a bug in a service, not an input)
    separation.join(assessment, person=person, part=transition.part)
    if column := _COLUMNS.get(transition.part):
        setattr(assessment, column, person)
    before, assessment.state = assessment.state, str(transition.after.value)
    assessment.concurrence_due = transition.act == "review" and is_for_two(assessment)
    assessment.version += 1
    people = ("submitted_by", "assessor", "reviewer", "decider")
    assessment.full_clean(exclude=["profile_version", "result", "measured", "job", "notice_until", "decision", *people])
    write(assessment, transition, before=before, person=person, reason=reason)
    assessment.save()  # a state follows its act
    act = f"assessment.{transition.act}"
    audit.record(actor=person, act=act, subject=assessment.subject, reason=reason, details=audited)
    return assessment


def take_on_certificate(
    certificate: Certificate,
    act: str,
    *,
    person: Person | None,
    reason: str,
    version: int | None = None,
    audited: dict[str, str] | None = None,
) -> Certificate:
    """The same for a certificate, which must be locked; without a person it is the platform that acts.

    Args:
        version: the one that was read, as `certificate_version` counts; None asks nothing.
    """
    case, part = certificate.assessment, _PART_OF[Of.CERTIFICATE, act]
    if person is not None:
        permit(case, part, person=person, assigned=False)
    state = certificate.state if person is None else standing_of(certificate).value  # ended terms are the calendar's
    transition = find(Of.CERTIFICATE, act, state, case=case)
    certificate_version.require_version(certificate, version)
    if person is not None:
        separation.join(case, person=person, part=part)
    before, certificate.state = certificate.state, str(transition.after.value)
    if certificate.state != CertificateState.SUSPENDED:
        certificate.withdrawal_on = None  # announced for a suspension alone
    if certificate.state != before:
        certificate.upheld_on = None  # acted on
    write(case, transition, before=before, person=person, reason=reason)
    certificate.save()
    audit.record(
        actor=person or audit.SYSTEM,
        act=f"certificate.{act}",
        subject=f"certificate/{certificate.number}",
        reason=reason,
        details=audited,
    )
    return certificate


def write(case: Assessment, transition: Transition, *, before: str, person: Person | None, reason: str) -> Act:
    return Act.objects.create(
        assessment=case,
        of=transition.of.value,
        act=transition.act,
        from_state=before,
        to_state=str(transition.after.value),
        part=transition.part,
        person=person,
        reason=reason,
    )


def open_acts(case: Assessment, *, person: Person, of: Of = Of.ASSESSMENT, state: str = "") -> tuple[Transition, ...]:
    """What this person may do now with the assessment, or with what else of it is in `state`.

    The services ask again, and the database last.
    """
    assigned = of is not Of.CERTIFICATE and is_for_the_assigned(case)  # as `take_on_certificate` and findings ask
    ties = separation.Ties(person, case)
    walked = _walk((case,), person=person, ties=ties, of=of, state=state, assigned=assigned)
    return tuple(row for _, row, obstacle in walked if obstacle is None)


def open_acts_among(
    cases: Iterable[Assessment], *, person: Person, ties: separation.Ties | None = None
) -> dict[UUID, tuple[Transition, ...]]:
    """`open_acts` of many assessments by their keys, with as many queries as of one; a case without any is left out.

    Args:
        ties: of this person, where they are known already.
    """
    found: dict[UUID, tuple[Transition, ...]] = {}
    for case, row, obstacle in _walk(cases, person=person, ties=ties):
        if obstacle is None:
            found[case.pk] = (*found.get(case.pk, ()), row)
    return found


def undeclared_among(cases: Iterable[Assessment], *, person: Person, ties: separation.Ties | None = None) -> set[UUID]:
    """The keys of those in which this person would judge now, and only a declaration of interests is missing.

    Args:
        ties: of this person, where they are known already.
    """
    walked = _walk(cases, person=person, ties=ties, parts=JUDGING, assigned=False)
    return {case.pk for case, _, obstacle in walked if obstacle is not None and obstacle.code == "no_declaration"}


def is_for_the_assigned(case: Assessment) -> bool:
    """Whether the assigned assessors alone act in a case; while its certificate stands any assessor does.

    Nobody is assigned then any more, and who was may have left.
    """
    return case.state != AssessmentState.CERTIFIED


def act_title(act: str) -> Text:
    return TITLES.get(act, TITLES["open"])


def _walk(
    cases: Iterable[Assessment],
    *,
    person: Person,
    ties: separation.Ties | None,
    of: Of = Of.ASSESSMENT,
    state: str = "",
    parts: Container[Part] = frozenset(Part),
    assigned: bool = True,
) -> Iterator[tuple[Assessment, Transition, DecisionBlocked | None]]:
    """The acts that exist now in each case and that a role of this person takes, each with what stands in its way.

    The table is read once for cases alike, each role asked once, and neither unless some case needs it.
    """
    ties = ties or separation.Ties(person)
    is_allowed, own = cache(partial(_is_permitted, person=person)), cache(partial(centres_worked_on, person))
    existing: dict[tuple[object, ...], list[Transition]] = {}
    for case in cases:
        now = state or case.state
        # What `When` looks at.
        pinned = (case.kind, case.procedure, case.notice_days > 0, case.rating)
        like = (now, case.state, *pinned, case.concurrence_due)
        if like not in existing:
            existing[like] = [row for row in rows(of, now, case) if not row.follows and row.part in parts]
        for row in existing[like]:
            if row.act == "certify" and case.two_deciders_from and case.pk in ties.concurred:
                continue  # another decider's
            if case.centre_id in own() if row.part is Part.APPLICANT else is_allowed(row.part):
                obstacle = separation.obstacle(case, person=person, part=row.part, assigned=assigned, ties=ties)
                yield case, row, obstacle


def _is_permitted(part: Part, *subject: Assessment, person: Person) -> bool:
    return bool(rules.has_perm(PERMISSIONS[part], person, *subject))
