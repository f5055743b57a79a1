"""A life: everybody tries everything in any order, from wherever it began; the laws are asked after every step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import ClassVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant

from assessment.models import (
    Act,
    Assessment,
    CasePart,
    Certificate,
    Dispute,
    Finding,
    FindingState,
    SignedAgreement,
)
from assessment.services import disputes
from assessment.services.acts import ACTS
from assessment.services.application.open_assessment import open_assessment
from assessment.services.certificates import calendar as certificate_calendar
from assessment.services.certificates import life as certificate_life
from assessment.services.chain.table import Of, rows
from assessment.services.chain.transitions import open_acts
from assessment.services.evaluation import findings
from assessment.services.evaluation.plan_evaluation import assign, take_off
from centres.models import Membership
from centres.services.declare_interests import declare_interests
from centres.services.join_centre import leave_centre
from centres.services.link_accounts import link_accounts
from tests.assessment.chance import scheme
from tests.assessment.chance.forgeries import FORGERIES
from tests.assessment.chance.moves import step
from tests.assessment.chance.reached import Mark, mark, taken_since
from tests.assessment.chance.rulings import Rulings
from tests.assessment.chance.starts import (
    act_on_certificate,
    lay_down_the_scheme,
    let_notice_end,
    newest_case,
    newest_certificate,
    newest_finding,
    person,
    play,
    sign,
    take,
)
from tests.assessment.chance.world import HONEST, JUDGES, PEOPLE, PILLARS, World
from tests.assessment.conftest import visited

ON_FINDINGS = ("answer", "accept_answer", "reject_answer", "close", "fail_check", "retract")
# Acts that lead backwards; and the one that is always open and ends what it is taken on.
SETBACKS = {"return", "decline", "send_back", "ask_again", "refuse"}
END = "discontinue"
EITHER = (False, True)
ANY = range(100)  # which of those that are open, counted round


@contextmanager
def lives_from(start: str) -> Iterator[type[Life]]:
    """Honest people get there once, and every life goes on from there; all of it is taken back."""
    with transaction.atomic():
        play(start)
        yield type(f"Life from {start}", (Life,), {"start": start, "played": mark()})
        transaction.set_rollback(True)


class Life(Rulings):
    """Everything it does is taken back at its end."""

    start: ClassVar[str]  # where lives of this class begin
    played: ClassVar[Mark]  # what had happened by then

    def __init__(self) -> None:
        super().__init__()
        self.all_of_it = transaction.atomic()
        self.all_of_it.__enter__()
        self.honest = list(HONEST)

    @initialize(honest=st.permutations(sorted(HONEST)))
    def begins(self, honest: list[str]) -> None:
        self.honest = honest
        lay_down_the_scheme(self.start)
        self.wrote()

    def teardown(self) -> None:
        World.rows.update(taken_since(self.played))
        transaction.set_rollback(True)
        self.all_of_it.__exit__(None, None, None)

    @invariant()
    def the_laws_hold(self) -> None:
        """A refusal takes everything back, so after it they hold as they did before."""
        if not self.written:
            return
        self.written = False
        acts = scheme.acts_taken()
        for law in scheme.LAWS:
            law(acts)

    # --- the chain ---

    @step(name=PEOPLE, kind=("certification", "certification", "renewal", "pre_assessment"),
          express=EITHER, days=(0, 7), rating=("none", "single", "double"), two=("none", "L4"))  # fmt: skip
    def opens(self, name: str, kind: str, express: bool, days: int, rating: str, two: str) -> None:
        World.scheme.SCHEME_EXPRESS, World.scheme.SCHEME_NOTICE_DAYS = express, days
        World.scheme.SCHEME_TWO_DECIDERS_FROM = two
        World.scheme.SCHEME_RATING = rating
        applicant = person(name)
        if not Membership.objects.filter(user=applicant, centre=World.centre).exists():
            return  # the doors ask that
        self.tried(lambda: open_assessment(World.centre, edition=World.edition, person=applicant, kind=kind))

    @step(needs=Assessment, name=PEOPLE, act=sorted(ACTS))
    def anybody_tries_any_act(self, name: str, act: str) -> None:
        self.tried(lambda: take(newest_case(), act, name))

    @step(needs=Assessment, steps=(1, 2, 4, 8), which=ANY, back=(False, False, True))
    def the_case_goes_on(self, steps: int, which: int, back: bool) -> None:
        """Steps that are open to those who may take them, so that lives get somewhere."""
        for _ in range(steps):
            case = newest_case()
            for name, open_to_them in self.due(case):
                acts = [act for act in open_to_them if act != END and (back or act not in SETBACKS)]
                if acts:
                    self.tried(partial(take, case, acts[which % len(acts)], name))
                    break

    def due(self, case: Assessment, *, of: Of = Of.ASSESSMENT, state: str = "") -> Iterator[tuple[str, list[str]]]:
        """What each of the honest may do in their part; who has no part in any act there is need not be asked."""
        parts = {row.part for row in rows(of, state or case.state, case)}
        for name in self.honest:
            if HONEST[name] in parts:
                found = open_acts(case, person=person(name), of=of, state=state)
                yield name, [one.act for one in found if one.part == HONEST[name]]

    @step(needs=Assessment, really=(False, False, False, True))
    def the_centre_withdraws(self, really: bool) -> None:
        if really:
            self.tried(lambda: take(newest_case(), END, "olu"))

    @step(needs=Assessment)
    def everybody_gets_ready(self) -> None:
        for name in JUDGES:
            self.declares(name=name, conflict=False)
        for assessor in ("ana", "bo"):
            self.assigns(name="rita", assessor=assessor, all_of_them=True)
        self.signs(name="olu")

    @step(needs=Assessment, name=PEOPLE)
    def signs(self, name: str) -> None:
        self.tried(lambda: sign(newest_case(), name))

    @step(needs=Assessment, name=PEOPLE)
    def somebody_writes_an_agreement(self, name: str) -> None:
        """Past the services it is an owner who signs, and while the case is open to it, or it is refused."""
        case, forger = newest_case(), person(name)

        def write() -> None:
            SignedAgreement.objects.create(
                assessment=case, text="x", digest="x", may_publish=True, parties={}, signed_by=forger
            )
            assert name == "olu"
            assert case.state in ("submitted", "accepted", "in_evaluation", "evaluated", "reviewed")
            raise IntegrityError("taken back")

        self.forced(write)

    @step(needs=Assessment, name=("rita", "poly", "ana"), assessor=PEOPLE, all_of_them=EITHER)
    def assigns(self, name: str, assessor: str, all_of_them: bool) -> None:
        pillars = PILLARS if all_of_them else PILLARS[:1]
        self.tried(lambda: assign(newest_case(), assessor=person(assessor), pillars=pillars, person=person(name)))

    @step(needs=Assessment, name=("rita", "poly", "ana"), assessor=PEOPLE, all_of_them=EITHER)
    def takes_off(self, name: str, assessor: str, all_of_them: bool) -> None:
        pillars = () if all_of_them else PILLARS[:1]
        self.tried(
            lambda: take_off(newest_case(), assessor=person(assessor), pillars=pillars, reason="x", person=person(name))
        )

    @step(needs=Assessment, name=PEOPLE)
    def visits(self, name: str) -> None:
        self.tried(lambda: visited(newest_case(), by=person(name)))

    @step(needs=Assessment)
    def a_period_of_notice_ends(self) -> None:
        """By its name the first of all moves: the dullest life hypothesis tries does nothing else, so it is quick."""
        World.taken += 1
        if let_notice_end():
            self.wrote()

    # --- findings and disputes ---

    @step(needs=Assessment, name=PEOPLE, severity=("major", "minor", "observation"))
    def raises(self, name: str, severity: str) -> None:
        self.tried(lambda: findings.raise_finding(newest_case(), severity=severity, statement="x", person=person(name)))

    @step(needs=Finding, name=PEOPLE, words=EITHER, act=ON_FINDINGS)
    def works_on_a_finding(self, name: str, act: str, words: bool) -> None:
        finding = newest_finding()
        said = {"root_cause": "r", "corrective_action": "c"} if words else {}
        self.tried(lambda: findings.act_on(finding, act, text="x", person=person(name), **said))

    @step(needs=Assessment, severity=("major", "minor", "observation"), steps=(1, 2, 4), which=ANY)
    def a_finding_goes_on(self, severity: str, steps: int, which: int) -> None:
        """Raised where there is none, then worked on by those who may, so that some are closed."""
        if not Finding.objects.exists():
            self.raises(name="ana", severity=severity)
        for _ in range(steps if Finding.objects.exists() else 0):
            finding = newest_finding()
            for name, acts in self.due(finding.assessment, of=Of.FINDING, state=finding.state):
                if acts:
                    self.works_on_a_finding(name=name, act=acts[which % len(acts)], words=True)
                    break

    @step(needs=Finding, name=PEOPLE, days=(0, 30))
    def asks(self, name: str, days: int) -> None:
        due_on = timezone.localdate() + dt.timedelta(days=days)
        self.tried(lambda: findings.ask(newest_finding(), text="?", due_on=due_on, person=person(name)))

    @step(needs=Finding, state=FindingState.values)
    def somebody_writes_a_finding(self, state: str) -> None:
        """Past the services: not while the case rests, and no effect but with the step that closes it."""
        finding, case = newest_finding(), newest_finding().assessment

        def write() -> None:
            Finding.objects.filter(pk=finding.pk).update(state=state, effectiveness="x")
            evaluated = case.state == "in_evaluation" or (case.state == "submitted" and case.procedure == "express")
            moved = state != finding.state
            assert not moved or evaluated or case.state == "certified"
            assert finding.effectiveness == "x" or (moved and state == "closed")
            raise IntegrityError("taken back")

        self.forced(write)

    @step(needs=Assessment, name=PEOPLE, kind=("complaint", "appeal", "objection"))
    def lodges(self, name: str, kind: str) -> None:
        self.tried(
            lambda: disputes.lodge(
                newest_case(), kind=disputes.DisputeKind(kind), statement="x", name="n", contact="c",
                person=person(name),
            )
        )  # fmt: skip

    @step(needs=Dispute, name=("hana", "poly", "twin", "deng"),
          act=("acknowledge", "uphold", "dismiss"))  # fmt: skip
    def handles(self, name: str, act: str) -> None:
        dispute = Dispute.objects.select_related("assessment").order_by("-lodged_at")[0]
        self.tried(lambda: disputes.act_on(dispute, act, person=person(name), reason="x"))

    @step(needs=Assessment, kind=("complaint", "appeal", "objection"), end=("uphold", "dismiss"))
    def a_dispute_is_heard(self, kind: str, end: str) -> None:
        self.lodges(name="olu", kind=kind)
        if Dispute.objects.exists():
            self.handles(name="hana", act="acknowledge")
            self.handles(name="hana", act=end)

    # --- certificates ---

    @step(needs=Certificate, name=PEOPLE, act=sorted(certificate_life.ACTS))
    def works_on_a_certificate(self, name: str, act: str) -> None:
        self.tried(lambda: act_on_certificate(newest_certificate(), act, name))

    @step(needs=Certificate, which=ANY)
    def the_certificate_lives_on(self, which: int) -> None:
        certificate = newest_certificate()
        for name, acts in self.due(certificate.assessment, of=Of.CERTIFICATE, state=certificate.state):
            if acts:
                self.works_on_a_certificate(name=name, act=acts[which % len(acts)])
                break

    @step(needs=Certificate, days=(1, 200, 240, 430, 800))
    def time_passes(self, days: int) -> None:
        self.tried(lambda: certificate_calendar.keep_terms(on=timezone.localdate() + dt.timedelta(days=days)))

    # --- people ---

    @step(needs=Membership, name=("mole", "olu"))
    def leaves_the_centre(self, name: str) -> None:
        """Its last owner cannot."""
        for membership in Membership.objects.filter(user=person(name), centre=World.centre):
            self.tried(lambda one=membership: leave_centre(one, person=person("ada")))

    @step(name=PEOPLE, conflict=(False, False, False, True))
    def declares(self, name: str, conflict: bool) -> None:
        self.tried(lambda: declare_interests(World.centre, person=person(name), conflict=conflict, statement="x"))

    @step(name=PEOPLE, to=PEOPLE, by=("ada", "poly"))
    def turns_out_to_be(self, name: str, to: str, by: str) -> None:
        self.tried(lambda: link_accounts(person(name), to=person(to), reason="x", person=person(by)))

    @step(name=("late", "poly", "ana", "deng"))
    def joins_the_centre(self, name: str) -> None:
        self.forced(lambda: Membership.objects.create(user=person(name), centre=World.centre, role="engineer"))

    # --- past the services ---

    @step(needs=Assessment, name=PEOPLE, what=sorted(FORGERIES))
    def somebody_forges(self, name: str, what: str) -> None:
        """None of it passes; where there is nothing to forge nothing is written."""
        forger = person(name)

        def write() -> None:
            written = FORGERIES[what](forger)
            assert not written, f"{what}: {written} rows"

        self.forced(write)

    @step(needs=Assessment, state=("submitted", "evaluated", "reviewed", "announced", "certified", "draft"))
    def somebody_writes_a_state(self, state: str) -> None:
        """Legal steps are refused as well, since no act stands behind them."""
        case = newest_case()

        def write() -> None:
            Assessment.objects.filter(pk=case.pk).update(state=state)
            assert state == case.state, f"{case.state} became {state}"

        self.forced(write)

    @step(needs=Assessment, name=PEOPLE, act=sorted(scheme.ACTS))
    def somebody_writes_an_act(self, name: str, act: str) -> None:
        """Where one passes it is legal now, and the person is in its part."""
        case, forger = newest_case(), person(name)
        legal, part = scheme.LEGAL.get(case.state, {}).get(act, set()), scheme.PART_OF[act]

        def write() -> None:
            Act.objects.create(
                assessment=case, act=act, from_state=case.state, to_state=next(iter(sorted(legal)), "certified"),
                part=part, person=forger,
            )  # fmt: skip
            entry = CasePart.objects.filter(assessment=case, natural_person=forger.natural_person).get()
            assert entry.part == part
            assert legal
            raise IntegrityError("taken back")

        self.forced(write)

    @step(needs=Assessment, name=PEOPLE, column=("assessor", "reviewer", "decider"))
    def somebody_writes_a_judge(self, name: str, column: str) -> None:
        case, judge = newest_case(), person(name)

        def write() -> None:
            Assessment.objects.filter(pk=case.pk).update(**{column: judge})
            entry = CasePart.objects.filter(assessment=case, natural_person=judge.natural_person).get()
            assert entry.part == column
            raise IntegrityError("taken back")

        self.forced(write)
