"""What is legal, a second time: written from the scheme by hand and not from the table of the services."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from assessment.models import (
    Act,
    Assessment,
    Assignment,
    CasePart,
    Certificate,
    Dispute,
    FindingNote,
    SignedAgreement,
)
from centres.models import Person
from operations.models import AuditEntry

# State → act → states it may lead to.
LEGAL: dict[str, dict[str, set[str]]] = {
    "": {"open": {"draft"}},
    "draft": {"submit": {"submitted"}, "discontinue": {"discontinued"}},
    "submitted": {"take_up": {"under_review"}, "evaluate": {"evaluated"}, "discontinue": {"discontinued"}},
    "under_review": {
        **{"accept": {"accepted"}, "return": {"draft"}, "decline": {"declined"}},
        "discontinue": {"discontinued"},
    },
    "accepted": {"begin": {"in_evaluation"}, "discontinue": {"discontinued"}},
    "in_evaluation": {"evaluate": {"evaluated"}, "discontinue": {"discontinued"}},
    "evaluated": {
        **{"review": {"reviewed"}, "state": {"stated"}, "send_back": {"in_evaluation", "submitted"}},
        "discontinue": {"discontinued"},
    },
    "reviewed": {
        **{"certify": {"certified", "announced"}, "refuse": {"refused"}, "ask_again": {"evaluated"}},
        "concur": {"reviewed"},
        "discontinue": {"discontinued"},
    },
    "announced": {"take_effect": {"certified"}, "reconsider": {"evaluated"}},
    "refused": {"reconsider": {"evaluated"}},
    "declined": {"reconsider": {"under_review"}},
}
LEGAL_CERTIFICATES = {
    "valid": {"valid", "suspended", "withdrawn", "terminated", "expired"},
    "suspended": {"valid", "suspended", "withdrawn", "terminated", "expired"},
    "withdrawn": {"valid"},  # after an upheld appeal: `upheld_appeals_wait_for_a_decider`
}
ACTS = {act for acts in LEGAL.values() for act in acts}
PART_OF = {
    **dict.fromkeys(("open", "submit", "discontinue"), "applicant"),
    **dict.fromkeys(("take_up", "accept", "return", "decline", "take_effect", "terminate"), "registrar"),
    **dict.fromkeys(("begin", "evaluate", "survey"), "assessor"),
    **dict.fromkeys(("review", "state", "send_back"), "reviewer"),
    **dict.fromkeys(("concur", "certify", "refuse", "ask_again", "suspend", "restore", "withdraw"), "decider"),
    "reconsider": "appeal_handler",
    **dict.fromkeys(("expire", "suspend_late", "warn", "withdraw_late", "replace"), "system"),
}


class Taken(NamedTuple):
    """An act as it was written; `person` is the natural one."""

    case: Any
    of: str
    act: str
    part: str
    before: str
    after: str
    at: dt.datetime
    person: Any
    procedure: str


_FIELDS = ("assessment", "of", "act", "part", "from_state", "to_state", "at", "person__natural_person")


def acts_taken() -> Sequence[Taken]:
    """All there are, in their order: read once for all laws."""
    found = Act.objects.order_by("pk").values_list(*_FIELDS, "assessment__procedure")
    return [Taken(*row) for row in found]


def came_by_legal_steps(acts: Sequence[Taken]) -> None:
    """Every state of every case and certificate follows from its acts, and every act from the scheme."""
    now: dict[Any, str] = {}
    papers: dict[Any, str] = {}
    for one in acts:
        assert one.part == PART_OF[one.act]
        if one.of == "certificate":
            assert one.before == papers.get(one.case, "valid")
            assert one.after in LEGAL_CERTIFICATES[one.before]
            papers[one.case] = one.after
            continue
        assert one.before == now.get(one.case, ""), f"{one.act} from {one.before}, not {now.get(one.case)}"
        assert one.after in LEGAL[one.before][one.act]
        now[one.case] = one.after
    assert dict(Assessment.objects.values_list("pk", "state")) == now
    stood = dict(Certificate.objects.values_list("assessment", "state"))
    assert stood == {case: papers.get(case, "valid") for case in stood}
    assert {case for case, state in now.items() if state == "certified"} == set(stood)


def of_the_centre_one_certificate_stands(_: Sequence[Taken]) -> None:
    """There is one centre in these lives."""
    assert Certificate.objects.filter(state__in=("valid", "suspended")).count() <= 1


def nobody_is_in_two_parts(acts: Sequence[Taken]) -> None:
    """Neither by what was done in a case nor by who is entered into it."""
    taken: dict[tuple[Any, Any], set[str]] = {}
    for one in acts:
        if one.person is not None:
            taken.setdefault((one.case, one.person), set()).add(one.part)
    assert all(len(parts) == 1 for parts in taken.values())
    entered = list(CasePart.objects.values_list("assessment", "natural_person", "person__natural_person"))
    assert all(kept == own for _, kept, own in entered)
    assert len({(case, own) for case, _, own in entered}) == len(entered)


def awards_are_earned(_: Sequence[Taken]) -> None:
    """No award for a pre-assessment, over an open major finding, or by fewer than three people."""
    awarded = Assessment.objects.filter(state__in=("announced", "certified")).select_related("result")
    for case in awarded.defer("result__tree", "result__inputs"):
        assert case.kind != "pre_assessment"
        open_major = case.findings.filter(severity="major").exclude(state__in=("closed", "retracted"))
        assert not open_major.exists()
        if case.state == "announced":  # later a check of its effect may open it again
            assert not case.findings.filter(severity="minor", state__in=("open", "answered")).exists()
        judges = (case.assessor_id, case.reviewer_id, case.decider_id)
        people = Person.objects.filter(pk__in=judges).values_list("natural_person", flat=True)
        assert len(set(people)) == 3
        if case.two_deciders_from and case.result.grade >= case.two_deciders_from:
            assert len(_deciders(case)) == 2


def _deciders(case: Assessment) -> set[Any]:
    """Who concurred or certified since the last review, as natural persons."""
    acts = case.acts.filter(of="assessment").order_by("pk")
    since = acts.filter(act="review").last().pk
    found = acts.filter(pk__gt=since, act__in=("concur", "certify"))
    return set(found.values_list("person__natural_person", flat=True))


def no_evaluation_ended_with_something_left(_: Sequence[Taken]) -> None:
    over = ("reviewed", "announced", "certified", "stated")
    for case in Assessment.objects.filter(state__in=over).exclude(rating="none"):
        assert not case.ratings.filter(state__in=("open", "proposed", "not_applicable"), ground="").exists()
        assert case.ratings.exists()


def full_evaluations_rest_on_an_agreement(acts: Sequence[Taken]) -> None:
    """Signed before the evaluation began, by an owner of the centre."""
    begun = {one.case: one.at for one in acts if one.act == "begin"}
    signed = SignedAgreement.objects.select_related("signed_by")
    found = {one.assessment_id: one for one in signed}
    assert set(begun) <= set(found)
    assert all(found[case].signed_at <= at for case, at in begun.items())
    assert {one.signed_by.username for one in found.values()} <= {"olu"}


def findings_moved_while_they_lived(acts: Sequence[Taken]) -> None:
    """While the case was evaluated; and but for new ones and retractions, while its certificate stood."""
    now: dict[tuple[Any, str], str] = {}
    notes = FindingNote.objects.values_list("at", "finding__assessment", "act", "finding__assessment__procedure")
    happened = [(one.at, 0, one.case, one.of, one.after, "") for one in acts]
    happened += [(at, 1, case, act, "", procedure) for at, case, act, procedure in notes]
    for _, is_note, case, word, state, procedure in sorted(happened, key=lambda one: (one[0], one[1])):
        if not is_note:
            now[case, word] = state
            continue
        state = now[case, "assessment"]
        if state == "in_evaluation" or (state == "submitted" and procedure == "express"):
            continue
        assert state == "certified", f"{word} in {state}"
        assert word not in ("raise", "retract"), f"{word} in {state}"
        assert now.get((case, "certificate"), "valid") in ("valid", "suspended")


def the_site_was_seen(_: Sequence[Taken]) -> None:
    """In the full procedure no evaluation ends well without a visit."""
    ended = ("evaluated", "reviewed", "announced", "certified", "refused")
    cases = Assessment.objects.filter(procedure="full", state__in=ended, result__summary__grade__in=("L3", "L4", "L5"))
    for case in cases.exclude(kind="pre_assessment"):
        assert case.visits.exclude(closed_at=None).exists()


def who_assesses_is_assigned(acts: Sequence[Taken]) -> None:
    given: dict[tuple[Any, Any], list[Any]] = {}
    rows = Assignment.objects.values_list("assessment", "person__natural_person", "release__released_at")
    for case, person, released_at in rows:
        given.setdefault((case, person), []).append(released_at)
    for one in acts:
        if (one.of, one.part, one.procedure) == ("assessment", "assessor", "full"):
            assert any(until is None or one.at < until for until in given[one.case, one.person])


def others_judge_what_was_reopened(acts: Sequence[Taken]) -> None:
    """Of reviewers and deciders nobody acts on both sides of an upheld appeal or objection; nor of registrars, where an
    application that was declined is reviewed anew.
    """
    before: dict[Any, set[Any]] = {}
    since: dict[Any, set[Any]] = {}
    for one in acts:
        if one.act == "reconsider":
            judges = ("registrar",) if one.after == "under_review" else ("reviewer", "decider")
            met = {(part, who) for part, who in since.get(one.case, set()) if part in judges}
            before.setdefault(one.case, set()).update(met)
        elif one.part in ("registrar", "reviewer", "decider"):
            since.setdefault(one.case, set()).add((one.part, one.person))
            assert (one.part, one.person) not in before.get(one.case, set())


def upheld_appeals_wait_for_a_decider(acts: Sequence[Taken]) -> None:
    """Of a certificate that was stopped: until one of them acts the calendar does nothing but end its term, and out of
    a withdrawal nothing else leads.
    """
    appeals = Dispute.objects.filter(kind="appeal", state="upheld")
    upheld = list(appeals.values_list("assessment", "lodged_at", "ended_at"))
    left: dict[Any, dt.datetime] = {}
    stood: dict[Any, dt.datetime] = {}
    for one in acts:
        if one.of != "certificate":
            continue
        waits = any(
            case == one.case and left[case] < lodged and stood[case] < ended < one.at
            for case, lodged, ended in upheld
            if case in left
        )
        assert not waits or one.act not in ("warn", "withdraw_late"), f"{one.act} after an upheld appeal"
        assert waits or one.before != "withdrawn", "a withdrawn certificate came back by itself"
        if one.before != one.after:
            stood[one.case] = one.at
            if one.before == "valid":
                left[one.case] = one.at


def nobody_bound_to_the_centre_judges_it(_: Sequence[Taken]) -> None:
    """The mole works there from the beginning, and has no part but the applicant's after leaving either."""
    parts = CasePart.objects.filter(person__username="mole").values_list("part", flat=True)
    acts = Act.objects.filter(person__username="mole").values_list("part", flat=True)
    assert {*parts, *acts} <= {"applicant"}


_DECISIONS = ("certify", "refuse", "take_effect")


def nothing_was_decided_on_judges_in_conflict(_: Sequence[Taken]) -> None:
    """As the log tells it: whoever had evaluated or reviewed it last had declared none by then, with that account."""
    told = AuditEntry.objects.order_by("sequence")
    in_conflict: set[str] = set()
    last: dict[tuple[str, str], str] = {}
    acts = ("interests.declare", *(f"assessment.{act}" for act in ("evaluate", "review", *_DECISIONS)))
    for act, actor, subject, details in told.filter(act__in=acts).values_list("act", "actor", "subject", "details"):
        if act == "interests.declare":
            in_conflict |= {actor} if details["conflict"] else set()
        elif act.removeprefix("assessment.") in _DECISIONS:
            judges = {last[subject, "assessment.evaluate"], last[subject, "assessment.review"]}
            assert not judges & in_conflict, f"{act} on {sorted(judges & in_conflict)}, who declared a conflict"
        last[subject, act] = actor


LAWS = (
    upheld_appeals_wait_for_a_decider,
    came_by_legal_steps,
    of_the_centre_one_certificate_stands,
    nobody_is_in_two_parts,
    awards_are_earned,
    full_evaluations_rest_on_an_agreement,
    no_evaluation_ended_with_something_left,
    findings_moved_while_they_lived,
    the_site_was_seen,
    who_assesses_is_assigned,
    others_judge_what_was_reopened,
    nothing_was_decided_on_judges_in_conflict,
    nobody_bound_to_the_centre_judges_it,
)
