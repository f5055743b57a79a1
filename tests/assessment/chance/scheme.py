"""What is legal, a second time: written from the scheme by hand and not from the table of the services."""

from __future__ import annotations

from typing import Any

from assessment.models import Act, Assessment, Assignment, CasePart, Certificate, FindingNote, SignedAgreement
from centres.models import Person

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


def came_by_legal_steps() -> None:
    """Every state of every case and certificate follows from its acts, and every act from the scheme."""
    now: dict[Any, str] = {}
    papers: dict[Any, str] = {}
    acts = Act.objects.order_by("pk").values_list("assessment", "of", "act", "part", "from_state", "to_state")
    for case, of, act, part, before, after in acts:
        assert part == PART_OF[act]
        if of == "certificate":
            assert before == papers.get(case, "valid")
            assert after in LEGAL_CERTIFICATES[before]
            papers[case] = after
            continue
        assert before == now.get(case, ""), f"{act} from {before}, not {now.get(case)}"
        assert after in LEGAL[before][act]
        now[case] = after
    assert dict(Assessment.objects.values_list("pk", "state")) == now
    stood = dict(Certificate.objects.values_list("assessment", "state"))
    assert stood == {case: papers.get(case, "valid") for case in stood}
    assert {case for case, state in now.items() if state == "certified"} == set(stood)


def nobody_is_in_two_parts() -> None:
    """Neither by what was done in a case nor by who is entered into it."""
    taken: dict[tuple[Any, Any], set[str]] = {}
    acts = Act.objects.exclude(person=None).values_list("assessment", "person__natural_person", "part")
    for case, person, part in acts:
        taken.setdefault((case, person), set()).add(part)
    assert all(len(parts) == 1 for parts in taken.values())
    entered = list(CasePart.objects.values_list("assessment", "natural_person", "person__natural_person"))
    assert all(kept == own for _, kept, own in entered)
    assert len({(case, own) for case, _, own in entered}) == len(entered)


def awards_are_earned() -> None:
    """No award for a pre-assessment, over an open major finding, or by fewer than three people."""
    for case in Assessment.objects.filter(state__in=("announced", "certified")):
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


def no_evaluation_ended_with_something_left() -> None:
    over = ("reviewed", "announced", "certified", "stated")
    for case in Assessment.objects.filter(state__in=over).exclude(rating="none"):
        assert not case.ratings.filter(state__in=("open", "proposed", "not_applicable"), ground="").exists()
        assert case.ratings.exists()


def full_evaluations_rest_on_an_agreement() -> None:
    """Signed before the evaluation began, by an owner of the centre."""
    begun = dict(Act.objects.filter(act="begin").values_list("assessment", "at"))
    signed = SignedAgreement.objects.select_related("signed_by")
    found = {one.assessment_id: one for one in signed}
    assert set(begun) <= set(found)
    assert all(found[case].signed_at <= at for case, at in begun.items())
    assert {one.signed_by.username for one in found.values()} <= {"olu"}


def findings_moved_while_they_lived() -> None:
    """While the case was evaluated; and but for new ones and retractions, while its certificate stood."""
    now: dict[tuple[Any, str], str] = {}
    acts = Act.objects.values_list("at", "assessment", "of", "to_state")
    notes = FindingNote.objects.values_list("at", "finding__assessment", "act", "finding__assessment__procedure")
    happened = [(at, 0, case, of, state, "") for at, case, of, state in acts]
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


def the_site_was_seen() -> None:
    """In the full procedure no evaluation ends well without a visit."""
    ended = ("evaluated", "reviewed", "announced", "certified", "refused")
    cases = Assessment.objects.filter(procedure="full", state__in=ended, result__summary__grade__in=("L3", "L4", "L5"))
    for case in cases.exclude(kind="pre_assessment"):
        assert case.visits.exclude(closed_at=None).exists()


def who_assesses_is_assigned() -> None:
    given: dict[tuple[Any, Any], list[Any]] = {}
    rows = Assignment.objects.values_list("assessment", "person__natural_person", "release__released_at")
    for case, person, released_at in rows:
        given.setdefault((case, person), []).append(released_at)
    acts = Act.objects.filter(of="assessment", part="assessor", assessment__procedure="full")
    for case, person, at in acts.values_list("assessment", "person__natural_person", "at"):
        assert any(until is None or at < until for until in given[case, person])


def others_judge_what_was_reopened() -> None:
    """Of reviewers and deciders nobody acts on both sides of an upheld appeal or objection."""
    before: dict[Any, set[Any]] = {}
    since: dict[Any, set[Any]] = {}
    acts = Act.objects.order_by("pk").values_list("assessment", "act", "part", "person__natural_person")
    for case, act, part, person in acts:
        if act == "reconsider":
            before.setdefault(case, set()).update(since.pop(case, set()))
        elif part in ("reviewer", "decider"):
            since.setdefault(case, set()).add(person)
            assert person not in before.get(case, set())
