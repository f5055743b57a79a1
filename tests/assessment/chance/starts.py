"""Where a life may begin: a case played there by honest people through the services, none of it past them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone

from assessment.desk_selectors import Item, Standing, items
from assessment.documents.content.agreement import agreement
from assessment.models import Assessment, Certificate, Finding, Rating
from assessment.services.acts import ACTS
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.sign_agreement import sign_agreement
from assessment.services.certificates import life as certificate_life
from assessment.services.certificates.calendar import keep_terms
from assessment.services.certificates.surveillance import watched_of
from assessment.services.desk.accept_figures import accept_figures
from assessment.services.desk.ratings import Said
from assessment.services.desk.ratings import rule as rule_on
from assessment.services.evaluation.findings import act_on, raise_finding
from assessment.services.evaluation.plan_evaluation import assign, begin_evaluation
from centres.models import Person
from centres.services.declare_interests import declare_interests
from tests.assessment.chance.world import HONEST, JUDGES, PILLARS, World
from tests.assessment.conftest import visited
from tests.operations.triggers import without_rule

# Who does what; acts that are none of the table are the calendar's: to wait for the end of the notice, and to announce.
Way = tuple[tuple[str, str], ...]
OPENED: Way = (("olu", "open"), ("olu", "submit"))
SHORT: Way = (*OPENED, ("ana", "evaluate"), ("ravi", "review"))
TAKEN_UP: Way = (*OPENED, ("rita", "take_up"))
ACCEPTED: Way = (*TAKEN_UP, ("rita", "accept"))
ADMITTED: Way = (*ACCEPTED, ("rita", "assign"), ("olu", "sign"), ("ana", "begin"))
FULL: Way = (*ADMITTED, ("ana", "evaluate"), ("ravi", "review"))
AWARDED: Way = (*FULL, ("dora", "concur"), ("deng", "certify"))
FOUND: Way = (("ana", "find"), ("olu", "answer"), ("ana", "accept_answer"))
CERTIFIED: Way = (*SHORT, ("deng", "certify"))


class Start(NamedTuple):
    """How a life comes there, and the states in which its newest case and certificate then are."""

    way: Way
    case: str
    certificate: str = ""
    express: bool = True
    notice_days: int = 0
    rating: str = "none"


STARTS = {
    "a certificate": Start(CERTIFIED, "certified", "valid"),
    "an application under review": Start(TAKEN_UP, "under_review", express=False),
    "an application accepted": Start(ACCEPTED, "accepted", express=False),
    "a finding to answer": Start((*ADMITTED, ("ana", "find")), "in_evaluation", express=False),
    "a case to decide": Start(FULL, "reviewed", express=False, notice_days=7),
    "a case to decide, its assessor in conflict since": Start((*SHORT, ("ana", "conflict")), "reviewed"),
    "a decision under notice": Start(AWARDED, "announced", express=False, notice_days=7),
    "a certificate after notice": Start(
        (*AWARDED, ("", "wait"), ("rita", "take_effect")),
        "certified",
        "valid",
        express=False,
        notice_days=7,
    ),
    "a suspended certificate": Start((*CERTIFIED, ("deng", "suspend")), "certified", "suspended"),
    "a withdrawal the calendar announced": Start(
        (*CERTIFIED, ("deng", "suspend"), ("", "announce")), "certified", "suspended"
    ),
    "a withdrawn certificate": Start((*CERTIFIED, ("deng", "withdraw")), "certified", "withdrawn"),
    "a renewal to decide": Start((*CERTIFIED, ("olu", "renew"), *SHORT[1:]), "reviewed", "valid"),
    "a renewal to decide, the old one suspended": Start(
        (*CERTIFIED, ("deng", "suspend"), ("olu", "renew"), *SHORT[1:]), "reviewed", "suspended"
    ),
    "figures to rule on": Start(OPENED, "submitted", rating="single"),
    "levels to rate twice": Start(OPENED, "submitted", rating="double"),
    "levels that differ": Start((*OPENED, ("ana", "rate"), ("bo", "rate")), "submitted", rating="double"),
    "a finding whose effect is to be seen": Start(
        (*OPENED, *FOUND, ("ana", "evaluate"), ("ravi", "review"), ("deng", "certify")), "certified", "valid"
    ),
    "a refusal": Start((*SHORT, ("deng", "refuse")), "refused"),
    "an application declined": Start((*TAKEN_UP, ("rita", "decline")), "declined", express=False),
    "a pre-assessment to state": Start((("olu", "try"), *SHORT[1:-1]), "evaluated"),
    "nothing": Start((), ""),
}
LEVEL = Said(level=Decimal(3), text="x")
LEVELS = {"ana": LEVEL, "bo": Said(level=Decimal(4), text="x")}  # of two who do not agree
FIVE_MONTHS = 200  # days after which the calendar gives notice; a month more, and it withdraws
KINDS = {"open": "certification", "renew": "renewal", "try": "pre_assessment"}


def play(start: str) -> None:
    """Honest people get to where lives start; anything that stops them is a fault."""
    begin = STARTS[start]
    lay_down_the_scheme(start)
    if begin.way:
        for name in JUDGES:
            declare_interests(World.centre, person=person(name), conflict=False, statement="x")
    for name, act in begin.way:
        _step(act, name)
    found, paper = newest_case(), newest_certificate()
    assert (found.state if found else "", paper.state if paper else "") == (begin.case, begin.certificate)


def lay_down_the_scheme(start: str) -> None:
    """As it is when a life begins there; lives change it."""
    begin = STARTS[start]
    World.scheme.SCHEME_EXPRESS, World.scheme.SCHEME_NOTICE_DAYS = begin.express, begin.notice_days
    World.scheme.SCHEME_RATING, World.scheme.SCHEME_TWO_DECIDERS_FROM = begin.rating, "L4"


def newest_case() -> Assessment | None:
    return Assessment.objects.order_by("-created_at", "-pk").first()


def newest_finding() -> Finding:
    """Of those there are."""
    return Finding.objects.select_related("assessment").order_by("-raised_at")[0]


def newest_certificate() -> Certificate | None:
    return Certificate.objects.select_related("assessment").order_by("-number").first()


def person(name: str) -> Person:
    return Person.objects.get(username=name)


def take(case: Assessment, act: str, name: str) -> None:
    """An act of the table, with the plan, the visit, the result or the rulings it needs."""
    if act == "begin":
        begin_evaluation(case, plan="the plan", person=person(name), reason="x", visit_needed=False)
        return
    if act == "evaluate" and name in HONEST and case.result is not None:
        if case.procedure == "full" and not case.visits.exclude(closed_at=None).exists():
            visited(case, by=person(name))
        settle(case)
    if act in ("review", "state") and name in HONEST:
        for one in Rating.objects.filter(assessment=case, state="not_applicable"):
            rule_on(case, one.node, "approve_reason", person=person(name))
    ACTS[act](case, person=person(name), reason="x")
    if act == "submit":
        Assessment.objects.filter(pk=case.pk).update(result=World.result)


def act_on_certificate(certificate: Certificate, act: str, name: str) -> None:
    """With a reason for every watched indicator, as nothing is measured anew in these lives."""
    reasons = {one.code: "x" for one in watched_of(certificate)} if act == "survey" else None
    certificate_life.take(act, certificate, person=person(name), reason="x", reasons=reasons)


def sign(case: Assessment, name: str) -> None:
    sign_agreement(case, digest=agreement().digest, may_publish=True, person=person(name))


def settle(case: Assessment) -> None:
    """Ana rules on all that is left; levels that are rated twice Bo rates as well, and where they differ he agrees."""
    ana, bo = person("ana"), person("bo")
    if case.rating == "none":
        return
    accept_figures(case, person=ana, codes=[one.code for one in items(case) if not one.judged and _left(one)])
    for one in items(case):
        if not _left(one):
            continue
        if one.standing in (Standing.OPEN, Standing.AWAITS_SECOND):
            for rater in (ana, bo) if one.twice else (ana,):
                rule_on(case, one.code, "judge", person=rater, said=LEVEL)
        else:
            rule_on(case, one.code, "propose", person=ana, said=LEVEL)
            rule_on(case, one.code, "agree", person=bo)


def _left(item: Item) -> bool:
    return not item.standing.is_settled


def let_notice_end() -> bool:
    """Whether there was one. It is the calendar that goes on, so the rule is lifted; never for nothing, as every
    statement has to be read anew afterwards.
    """
    announced = Assessment.objects.filter(state="announced")
    if not announced.exists():
        return False
    with without_rule("a_period_of_notice_stays"):
        announced.update(notice_until=timezone.localdate() - dt.timedelta(days=1))
    return True


def _step(act: str, name: str) -> None:
    case, certificate = newest_case(), newest_certificate()
    if act in KINDS:
        open_assessment(World.centre, edition=World.edition, person=person(name), kind=KINDS[act])
    elif act == "conflict":
        declare_interests(World.centre, person=person(name), conflict=True, statement="found out later")
    elif act == "wait":
        let_notice_end()
    elif act == "announce":
        keep_terms(on=timezone.localdate() + dt.timedelta(days=FIVE_MONTHS))
    elif act == "find":
        raise_finding(case, severity="minor", statement="x", person=person(name))
    elif act == "sign":
        sign(case, name)
    elif act == "assign":
        for assessor in ("ana", "bo"):
            assign(case, assessor=person(assessor), pillars=PILLARS, person=person(name))
    elif act == "rate":
        for one in [one for one in items(case) if one.twice]:
            rule_on(case, one.code, "judge", person=person(name), said=LEVELS[name])
    elif act in ("answer", "accept_answer"):
        act_on(newest_finding(), act, text="x", person=person(name), root_cause="r", corrective_action="c")
    elif act in certificate_life.ACTS:
        act_on_certificate(certificate, act, name)
    else:
        take(case, act, name)
