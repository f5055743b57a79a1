"""Everybody tries everything in any order: no state the scheme does not know, nobody in two parts of one case.

What is legal stands here a second time, written from the scheme and not from the table of the services. `CHAIN_STEPS`
in the environment asks for more steps than the few of every day.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from assessment.models import Act, Assessment, CasePart, Certificate, Dispute, Finding, Part
from assessment.services import certificate_life, disputes, findings, issue_certificate
from assessment.services.acts import ACTS
from assessment.services.open_assessment import open_assessment
from assessment.services.plan_evaluation import assign, begin_evaluation
from assessment.services.score import score_package
from assessment.services.submit import submit
from assessment.services.table import Of, rows
from assessment.services.transitions import open_acts
from centres.models import Centre, Competence, Membership, Person, Role, StaffRole
from centres.services.declare_interests import declare_interests
from centres.services.link_accounts import link_accounts
from core.errors import UserFacingError
from indicators.models import Edition
from tests.assessment.conftest import add_centre

pytestmark = [pytest.mark.django_db, pytest.mark.torture("T37")]

EVERY_DAY = 300
STEPS = int(os.environ.get("CHAIN_STEPS", EVERY_DAY))
STEPS_A_LIFE = 50
# The scheme, by hand: state → act → states it may lead to.
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
        "discontinue": {"discontinued"},
    },
    "announced": {"take_effect": {"certified"}, "reconsider": {"evaluated"}},
    "refused": {"reconsider": {"evaluated"}},
    "declined": {"reconsider": {"under_review"}},
}
ON_FINDINGS = ("answer", "accept_answer", "reject_answer", "close", "fail_check", "retract")
LEGAL_CERTIFICATES = {
    "valid": {"valid", "suspended", "withdrawn", "terminated", "expired"},
    "suspended": {"valid", "withdrawn", "terminated", "expired"},
}
PART_OF = {
    **dict.fromkeys(("open", "submit", "discontinue"), "applicant"),
    **dict.fromkeys(("take_up", "accept", "return", "decline", "take_effect", "terminate"), "registrar"),
    **dict.fromkeys(("begin", "evaluate", "survey"), "assessor"),
    **dict.fromkeys(("review", "state", "send_back"), "reviewer"),
    **dict.fromkeys(("certify", "refuse", "ask_again", "suspend", "restore", "withdraw"), "decider"),
    "reconsider": "appeal_handler",
    **dict.fromkeys(("expire", "suspend_late", "replace"), "system"),
}
EVERY_ROLE = (Role.REGISTRAR, Role.ASSESSOR, Role.REVIEWER, Role.DECIDER, Role.APPEAL_HANDLER)
STAFF: dict[str, tuple[Role, ...]] = {
    **{"ada": (Role.ADMINISTRATOR,), "rita": (Role.REGISTRAR,), "ana": (Role.ASSESSOR,), "bo": (Role.ASSESSOR,)},
    **{"ravi": (Role.REVIEWER,), "deng": (Role.DECIDER,), "hana": (Role.APPEAL_HANDLER,)},
    **{"poly": EVERY_ROLE, "twin": EVERY_ROLE, "mole": EVERY_ROLE, "late": EVERY_ROLE},
}
PEOPLE = ("olu", "zoe", *STAFF)
# Those with one part each, and acts that lead backwards, so that some lives come to a good end.
HONEST = {
    **{"olu": {Part.APPLICANT}, "rita": {Part.REGISTRAR}, "ana": {Part.ASSESSOR}, "ravi": {Part.REVIEWER}},
    "deng": {Part.DECIDER},
}
SETBACKS = {"discontinue", "return", "decline", "send_back", "ask_again", "refuse"}
who = st.sampled_from(PEOPLE)


class World:
    """What every life of the machine starts from, made once."""

    centre: ClassVar[Centre]
    edition: ClassVar[Edition]
    people: ClassVar[dict[str, Person]]
    result: ClassVar[int]
    scheme: ClassVar[Any]
    taken: ClassVar[int] = 0
    certified: ClassVar[int] = 0


class Chain(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.life = transaction.atomic()
        self.life.__enter__()

    def teardown(self) -> None:
        World.certified += Certificate.objects.exists()
        transaction.set_rollback(True)
        self.life.__exit__(None, None, None)

    # --- one step, however it ends ---

    def tried(self, act: Callable[[], object]) -> None:
        """Anything may be refused, in words; a bug or a database error is no refusal."""
        World.taken += 1
        try:
            with transaction.atomic():
                act()
        except (PermissionDenied, UserFacingError):
            pass

    def forced(self, act: Callable[[], object]) -> None:
        """Past the services: what the database lets through must be legal all the same."""
        World.taken += 1
        try:
            with transaction.atomic():
                act()
        except DatabaseError:
            pass

    @property
    def case(self) -> Assessment | None:
        found = Assessment.objects.select_related("centre", "edition").order_by("-created_at", "-pk")
        return found.first()

    @staticmethod
    def person(name: str) -> Person:
        return Person.objects.get(username=name)

    # --- the chain ---

    @rule(name=who, kind=st.sampled_from(("certification", "certification", "renewal", "pre_assessment")),
          express=st.booleans(), days=st.sampled_from((0, 7)))  # fmt: skip
    def opens(self, name: str, kind: str, express: bool, days: int) -> None:
        World.scheme.SCHEME_EXPRESS, World.scheme.SCHEME_NOTICE_DAYS = express, days
        person = self.person(name)
        if not Membership.objects.filter(user=person, centre=World.centre).exists():
            return  # the doors ask that
        self.tried(lambda: open_assessment(World.centre, edition=World.edition, person=person, kind=kind))

    @precondition(lambda self: self.case is not None)
    @rule(name=who, act=st.sampled_from(sorted(ACTS)))
    def anybody_tries_any_act(self, name: str, act: str) -> None:
        self.tried(lambda: self.take(act, name))

    @precondition(lambda self: self.case is not None)
    @rule(choice=st.integers(0, 1000), steps=st.integers(1, 4), order=st.permutations(sorted(HONEST)))
    def the_case_goes_on(self, choice: int, steps: int, order: list[str]) -> None:
        """Steps that are open to those who may take them, so that lives get somewhere."""
        for _ in range(steps):
            case = self.case
            parts = {row.part for row in rows(Of.ASSESSMENT, case.state, case)}
            for name in (one for one in order if parts & HONEST[one]):
                acts = [one.act for one in open_acts(case, person=self.person(name)) if one.act not in SETBACKS]
                if acts:
                    act = acts[choice % len(acts)]
                    self.tried(partial(self.take, act, name))
                    break

    @precondition(lambda self: self.case is not None)
    @rule(choice=st.integers(0, 1000), order=st.permutations(sorted(HONEST)))
    def the_case_goes_on_a_while(self, choice: int, order: list[str]) -> None:
        self.the_case_goes_on(choice=choice, steps=8, order=order)

    @precondition(lambda self: self.case is not None)
    @rule()
    def everybody_gets_ready(self) -> None:
        for name in ("ana", "ravi", "deng"):
            self.declares(name=name, conflict=False)
        self.assigns(name="rita", assessor="ana", all_of_them=True)

    def take(self, act: str, name: str) -> None:
        case, person = self.case, self.person(name)
        if act == "begin":
            begin_evaluation(case, plan="the plan", person=person, reason="x", visit_needed=False)
            return
        ACTS[act](case, person=person, reason="x")
        if act == "submit":
            Assessment.objects.filter(pk=case.pk).update(result=World.result)

    @precondition(lambda self: self.case is not None)
    @rule(name=st.sampled_from(("rita", "poly", "ana")), assessor=who, all_of_them=st.booleans())
    def assigns(self, name: str, assessor: str, all_of_them: bool) -> None:
        pillars = ["CE", "ST", "GR", "US"] if all_of_them else ["CE"]
        self.tried(lambda: assign(self.case, assessor=self.person(assessor), pillars=pillars, person=self.person(name)))

    @precondition(lambda self: self.case is not None)
    @rule()
    def the_period_of_notice_ends(self) -> None:
        World.taken += 1
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        Assessment.objects.filter(state="announced").update(notice_until=yesterday)

    # --- findings and disputes ---

    @precondition(lambda self: self.case is not None)
    @rule(name=who, severity=st.sampled_from(("major", "minor", "observation")))
    def raises(self, name: str, severity: str) -> None:
        self.tried(
            lambda: findings.raise_finding(self.case, severity=severity, statement="x", person=self.person(name))
        )

    @precondition(lambda self: Finding.objects.exists())
    @rule(name=who, words=st.booleans(), act=st.sampled_from(ON_FINDINGS))
    def works_on_a_finding(self, name: str, act: str, words: bool) -> None:
        finding = Finding.objects.order_by("-raised_at")[0]
        said = {"root_cause": "r", "corrective_action": "c"} if words else {}
        self.tried(lambda: findings.act_on(finding, act, text="x", person=self.person(name), **said))

    @precondition(lambda self: self.case is not None)
    @rule(name=who, kind=st.sampled_from(("complaint", "appeal", "objection")))
    def lodges(self, name: str, kind: str) -> None:
        self.tried(
            lambda: disputes.lodge(
                self.case, kind=disputes.DisputeKind(kind), statement="x", name="n", contact="c",
                person=self.person(name),
            )
        )  # fmt: skip

    @precondition(lambda self: Dispute.objects.exists())
    @rule(name=st.sampled_from(("hana", "poly", "twin", "deng")),
          act=st.sampled_from(("acknowledge", "uphold", "dismiss")))  # fmt: skip
    def handles(self, name: str, act: str) -> None:
        dispute = Dispute.objects.select_related("assessment").order_by("-lodged_at")[0]
        self.tried(lambda: disputes.act_on(dispute, act, person=self.person(name), reason="x"))

    # --- certificates ---

    @precondition(lambda self: Certificate.objects.exists())
    @rule(name=who, act=st.sampled_from(sorted(certificate_life.ACTS)))
    def works_on_a_certificate(self, name: str, act: str) -> None:
        certificate = Certificate.objects.order_by("-number")[0]
        self.tried(lambda: certificate_life.ACTS[act](certificate, person=self.person(name), reason="x"))

    @precondition(lambda self: Certificate.objects.exists())
    @rule(days=st.sampled_from((1, 430, 800)))
    def time_passes(self, days: int) -> None:
        self.tried(lambda: certificate_life.keep_terms(on=timezone.localdate() + dt.timedelta(days=days)))

    # --- people ---

    @rule(name=who, conflict=st.sampled_from((False, False, False, True)))
    def declares(self, name: str, conflict: bool) -> None:
        self.tried(lambda: declare_interests(World.centre, person=self.person(name), conflict=conflict, statement="x"))

    @rule(name=who, to=who, by=st.sampled_from(("ada", "poly")))
    def turns_out_to_be(self, name: str, to: str, by: str) -> None:
        self.tried(lambda: link_accounts(self.person(name), to=self.person(to), reason="x", person=self.person(by)))

    @rule(name=st.sampled_from(("late", "poly", "ana", "deng")))
    def joins_the_centre(self, name: str) -> None:
        self.forced(lambda: Membership.objects.create(user=self.person(name), centre=World.centre, role="engineer"))

    # --- past the services ---

    @precondition(lambda self: self.case is not None)
    @rule(state=st.sampled_from(("submitted", "evaluated", "reviewed", "announced", "certified", "draft")))
    def somebody_writes_a_state(self, state: str) -> None:
        """Legal pairs pass, since the database cannot know the act; they are taken back."""
        case = self.case
        legal = {case.state}.union(*LEGAL.get(case.state, {}).values())

        def write() -> None:
            Assessment.objects.filter(pk=case.pk).update(state=state)
            assert state in legal, f"{case.state} became {state}"
            raise IntegrityError("taken back")

        self.forced(write)

    @precondition(lambda self: self.case is not None)
    @rule(name=who, part=st.sampled_from(Part.values[:-1]))
    def somebody_writes_an_act(self, name: str, part: str) -> None:
        """An act of nobody's part is refused; where it passes, the person is in that part."""
        case, person = self.case, self.person(name)

        def write() -> None:
            Act.objects.create(
                assessment=case, act="forged", from_state=case.state, to_state=case.state, part=part, person=person
            )
            entry = CasePart.objects.filter(assessment=case, natural_person=person.natural_person).get()
            assert entry.part == part
            raise IntegrityError("taken back")

        self.forced(write)

    @precondition(lambda self: self.case is not None)
    @rule(name=who, column=st.sampled_from(("assessor", "reviewer", "decider")))
    def somebody_writes_a_judge(self, name: str, column: str) -> None:
        case, person = self.case, self.person(name)

        def write() -> None:
            Assessment.objects.filter(pk=case.pk).update(**{column: person})
            entry = CasePart.objects.filter(assessment=case, natural_person=person.natural_person).get()
            assert entry.part == column
            raise IntegrityError("taken back")

        self.forced(write)

    # --- what always holds ---

    @invariant()
    def every_case_came_by_legal_steps(self) -> None:
        acts = list(Act.objects.select_related("assessment").order_by("pk"))
        now: dict[Any, str] = {}
        papers: dict[Any, str] = {}
        for act in acts:
            case = act.assessment_id
            assert act.part == PART_OF[act.act]
            if act.of == "certificate":
                assert act.from_state == papers.get(case, "valid")
                assert act.to_state in LEGAL_CERTIFICATES[act.from_state]
                papers[case] = act.to_state
                continue
            assert act.from_state == now.get(case, ""), f"{act.act} from {act.from_state}, not {now.get(case)}"
            assert act.to_state in LEGAL[act.from_state][act.act]
            now[case] = act.to_state
        assert dict(Assessment.objects.values_list("pk", "state")) == now
        stood = dict(Certificate.objects.values_list("assessment", "state"))
        assert stood == {case: papers.get(case, "valid") for case in stood}
        assert {case for case, state in now.items() if state == "certified"} == set(stood)

    @invariant()
    def nobody_is_in_two_parts_of_one_case(self) -> None:
        taken: dict[tuple[Any, Any], set[str]] = {}
        for case, person, part in Act.objects.exclude(person=None).values_list(
            "assessment", "person__natural_person", "part"
        ):
            taken.setdefault((case, person), set()).add(part)
        assert all(len(parts) == 1 for parts in taken.values())
        entered = list(CasePart.objects.values_list("assessment", "natural_person", "person__natural_person"))
        assert all(kept == own for _, kept, own in entered)
        assert len({(case, own) for case, _, own in entered}) == len(entered)

    @invariant()
    def awards_are_earned(self) -> None:
        for case in Assessment.objects.filter(state__in=("announced", "certified")):
            assert case.kind != "pre_assessment"
            open_major = case.findings.filter(severity="major").exclude(state__in=("closed", "retracted"))
            assert not open_major.exists()
            judges = [
                Person.objects.values_list("natural_person", flat=True).get(pk=pk)
                for pk in (case.assessor_id, case.reviewer_id, case.decider_id)
            ]
            assert len(set(judges)) == 3


@pytest.fixture
def world(edition: Edition, measured: dict[str, str], settings: Any, monkeypatch: pytest.MonkeyPatch) -> type[World]:
    people = {name: Person.objects.create_user(name, password="a long pass phrase") for name in PEOPLE}
    for name, roles in STAFF.items():
        StaffRole.objects.bulk_create(StaffRole(user=people[name], role=role) for role in roles)
        if Role.ASSESSOR in roles:
            today = timezone.localdate()
            Competence.objects.bulk_create(
                Competence(
                    person=people[name], pillar=pillar, grounds="x", granted_by=people["ada"], granted_on=today,
                    valid_until=today + dt.timedelta(days=900),
                )
                for pillar in ("CE", "ST", "GR", "US")
            )  # fmt: skip
    World.centre = add_centre("demo-chance", owner=people["olu"])
    Membership.objects.create(user=people["mole"], centre=World.centre, role="engineer")
    World.edition, World.people, World.scheme = edition, people, settings
    World.taken = World.certified = 0
    settings.SCHEME_EXPRESS = True
    with transaction.atomic():
        first = submit(open_assessment(World.centre, edition=edition, person=people["olu"]), person=people["olu"])
        World.result = score_package(first).pk
        for model in (Act, CasePart):
            model.objects.all().delete()
        first.package.all().delete()
        Assessment.objects.all().delete()
    # Papers are not what this is about.
    monkeypatch.setattr(issue_certificate, "certificate_html", lambda content: "")
    monkeypatch.setattr(issue_certificate, "refuse_missing_glyphs", lambda html: None)
    monkeypatch.setattr(issue_certificate, "content_of", lambda certificate: None)
    monkeypatch.setattr(issue_certificate, "_interval", lambda stored: {"varied": {}})
    return World


def test_whatever_people_try_every_state_is_legal_and_nobody_is_in_two_parts(world: type[World]) -> None:
    few = STEPS <= EVERY_DAY
    while world.taken < STEPS:  # hypothesis may end lives early; the promised number is taken all the same
        run_state_machine_as_test(
            Chain,
            settings=settings(
                max_examples=max(1, (STEPS - world.taken) // STEPS_A_LIFE),
                stateful_step_count=STEPS_A_LIFE,
                phases=(Phase.generate,),  # a failing life is short enough to be read as it is
                deadline=None,
                database=None,
                derandomize=few,
                suppress_health_check=list(HealthCheck),
            ),
        )
    # A few steps need not come that far; the many of a night must.
    assert world.certified or few, "no life came to a certificate: the machine does not reach what it is to test"
    sys.stdout.write(f"{world.taken:,} steps, 0 illegal states; {world.certified} lives with a certificate\n")
