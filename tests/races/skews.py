"""What two requests would do together that neither may: each looks at what the other one is about to write.

    python -m tests.races.skews

On the PostgreSQL of the environment. Prints one line of JSON for each pair: what the two were told and what came of it;
in both orders where the services hold them, in one by the database alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from unittest import mock

import django

django.setup()

from django.conf import settings  # noqa: E402

from assessment.case_selectors import upheld_complaint  # noqa: E402
from assessment.certificate_selectors import standing_certificates  # noqa: E402
from assessment.models import Assessment, CasePart, Certificate, Dispute, DisputeKind, Finding, Severity  # noqa: E402
from assessment.services import disputes  # noqa: E402
from assessment.services.application.open_assessment import open_assessment  # noqa: E402
from assessment.services.application.submit import submit  # noqa: E402
from assessment.services.certificates import life  # noqa: E402
from assessment.services.certificates.surveillance import watched_of  # noqa: E402
from assessment.services.chain.certificate_version import version_of  # noqa: E402
from assessment.services.decision.decide import decide  # noqa: E402
from assessment.services.decision.review import review  # noqa: E402
from assessment.services.evaluation import findings  # noqa: E402
from assessment.services.evaluation.evaluate import evaluate  # noqa: E402
from assessment.services.results import score as scoring  # noqa: E402
from centres.models import CentreRole, Membership, Person, Role  # noqa: E402
from centres.services.give_role import give_role, roles_of  # noqa: E402
from centres.services.join_centre import join_centre  # noqa: E402
from centres.services.link_accounts import link_accounts  # noqa: E402
from tests.factories import person, staff  # noqa: E402
from tests.races import cases  # noqa: E402
from tests.races.at_once import Act, at_once, held_by_the_database_alone  # noqa: E402


@dataclass(frozen=True)
class Pair:
    """Two acts at once, and what is found when both are over."""

    acts: tuple[Act, Act]
    found: Callable[[], object]


class Cast:
    """The people of the body, with a centre and accounts of each round, which are named after it."""

    def __init__(self) -> None:
        self.mark, self.edition = "", cases.edition()
        self.ana, self.ravi = staff("ana", Role.ASSESSOR), staff("ravi", Role.REVIEWER)
        self.deng, self.hana = staff("deng", Role.DECIDER), staff("hana", Role.APPEAL_HANDLER)

    def case(self) -> Assessment:
        return cases.submitted(f"centre-{self.mark}", self.edition)

    def owner(self) -> Person:
        return Person.objects.get(username=f"centre-{self.mark}")

    def reviewed(self, case: Assessment) -> Assessment:
        evaluate(case, person=self.ana, reason="x")
        return review(case, person=self.ravi, reason="x")

    def certified(self, case: Assessment) -> Certificate:
        decide(self.reviewed(case), person=self.deng, certify=True, reason="x")
        return Certificate.objects.get(assessment=case)

    def acknowledged(self, case: Assessment, kind: DisputeKind, lodged_by: Person | None = None) -> Dispute:
        lodged = disputes.lodge(case, kind=kind, statement="s", name="n", contact="c", person=lodged_by)
        return disputes.act_on(lodged, "acknowledge", person=self.hana, reason="x")


def certificate(cast: Cast) -> Pair:
    """A new case is certified while the certificate that was withdrawn comes back."""
    case = cast.case()
    old, owner = cast.certified(case), cast.owner()
    life.withdraw(old, person=cast.deng, reason="x")
    disputes.act_on(cast.acknowledged(case, DisputeKind.APPEAL, owner), "uphold", person=cast.hana, reason="x")
    new = open_assessment(case.centre, edition=cast.edition, person=owner)
    with mock.patch.object(scoring, "measure_all", cases._measured):
        scoring.score_package(submit(new, person=owner))
    cast.reviewed(new)
    return Pair(
        (
            lambda: decide(new, person=cast.deng, certify=True, reason="x"),
            lambda: life.restore(old, person=cast.deng, reason="x"),
        ),
        lambda: standing_certificates(case.centre).count(),
    )


def roles(cast: Cast) -> Pair:
    """One human being is made an administrator and a decider."""
    both = person(f"both-{cast.mark}")
    return Pair(
        (lambda: give_role(_anew(both), role=Role.ADMINISTRATOR), lambda: give_role(_anew(both), role=Role.DECIDER)),
        lambda: len(roles_of(both)),
    )


def accounts(cast: Cast) -> Pair:
    """Somebody becomes a decider and turns out to be an administrator."""
    ada, other = (staff(f"{name}-{cast.mark}", Role.ADMINISTRATOR) for name in ("ada", "other"))
    judge = person(f"judge-{cast.mark}")
    return Pair(
        (
            lambda: give_role(_anew(judge), role=Role.DECIDER),
            lambda: link_accounts(_anew(judge), to=_anew(other), reason="x", person=ada),
        ),
        lambda: len(roles_of(_anew(judge)) | roles_of(judge)),
    )


def bond(cast: Cast) -> Pair:
    """An assessor joins the centre and raises a finding in its open case."""
    case = cast.case()
    bo = staff(f"bo-{cast.mark}", Role.ASSESSOR)
    return Pair(
        (
            lambda: join_centre(_anew(bo), centre=case.centre, role=CentreRole.ENGINEER),
            lambda: findings.raise_finding(case, severity=Severity.MINOR, statement="s", person=_anew(bo)),
        ),
        lambda: CasePart.objects.filter(person=bo).count() + Membership.objects.filter(user=bo).count(),
    )


def complaint(cast: Cast) -> Pair:
    """A complaint is upheld while the surveillance is recorded by who read the certificate before."""
    case = cast.case()
    held = cast.certified(case)
    read, reasons = version_of(held), {one.code: "x" for one in watched_of(held)}
    dispute = cast.acknowledged(case, DisputeKind.COMPLAINT)
    return Pair(
        (
            lambda: disputes.act_on(dispute, "uphold", person=cast.hana, reason="x"),
            lambda: life.survey(held, person=cast.ana, reason="x", reasons=reasons, version=read),
        ),
        lambda: upheld_complaint(Certificate.objects.get(pk=held.pk)) is not None,
    )


def finding(cast: Cast) -> Pair:
    """A finding is closed while the certificate is withdrawn."""
    case = cast.case()
    raised = findings.raise_finding(case, severity=Severity.MINOR, statement="s", person=cast.ana)
    said = {"text": "t", "root_cause": "r", "corrective_action": "c"}
    findings.act_on(raised, "answer", person=cast.owner(), **said)
    findings.act_on(raised, "accept_answer", text="t", person=cast.ana)
    held = cast.certified(case)
    return Pair(
        (
            lambda: life.withdraw(held, person=cast.deng, reason="x"),
            lambda: findings.act_on(raised, "close", text="works", person=cast.ana),
        ),
        lambda: [Certificate.objects.get(pk=held.pk).state, Finding.objects.get(pk=raised.pk).state],
    )


def _anew(account: Person) -> Person:
    """As another request reads it."""
    return Person.objects.get(pk=account.pk)


BY_RULES = (certificate, roles, accounts, bond)  # which the database keeps too
ALL = (*BY_RULES, complaint, finding)


def main() -> None:
    settings.SCHEME_EXPRESS, settings.SCHEME_RATING, settings.SCHEME_NOTICE_DAYS = True, "none", 0
    cast = Cast()
    for how, pairs in (("services", ALL), ("services, turned", ALL), ("database", BY_RULES)):
        for made in pairs:
            cast.mark = f"{made.__name__}-{how.replace(', ', '-')}"
            pair = made(cast)
            with held_by_the_database_alone() if how == "database" else nullcontext():
                told = at_once(*(reversed(pair.acts) if how.endswith("turned") else pair.acts))
            print(json.dumps({"of": f"{made.__name__}, {how}", "told": told, "found": pair.found()}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
