"""What the database refuses of what a case's scheme pinned and of its agreement, whoever writes to it."""

from __future__ import annotations

from collections.abc import Iterable

from assessment.casework.states import AssessmentState, Procedure
from centres.models import CentreRole
from operations.rules_in_database import Rule

_IN_FULL = (
    AssessmentState.ACCEPTED,
    AssessmentState.IN_EVALUATION,
    AssessmentState.EVALUATED,
    AssessmentState.REVIEWED,
)
# When an agreement is signed: from the review of the application, or where there is none from the submission, until
# the decision.
SIGNED_IN = {Procedure.FULL: _IN_FULL, Procedure.EXPRESS: (AssessmentState.SUBMITTED, *_IN_FULL)}
_CASE, _AGREEMENT = "assessment_assessment", "assessment_signedagreement"


def rules_of_the_scheme() -> tuple[Rule, ...]:
    return (*_pinned(), *_agreements())


def _pinned() -> tuple[Rule, ...]:
    awarded = _listed((AssessmentState.ANNOUNCED, AssessmentState.CERTIFIED))
    return (
        Rule(
            "the_scheme_of_a_case_stays",
            _CASE,
            "UPDATE",
            "OLD.scheme_type <> NEW.scheme_type",
            "the scheme is pinned when a case is opened",
            columns=(f"{_CASE}.scheme_type",),
        ),
        Rule(
            "the_names_of_a_decision_stay",
            _CASE,
            "UPDATE",
            f"OLD.state IN ({awarded}) AND OLD.decision IS NOT NULL AND (NEW.decision IS NULL "
            "OR CAST(OLD.decision AS text) <> CAST(NEW.decision AS text))",
            "a decision keeps the names it was taken under",
            columns=(f"{_CASE}.decision",),
        ),
    )


def _agreements() -> tuple[Rule, ...]:
    """Signed once, by an owner of the centre, in its time; no evaluation of the full procedure begins without."""
    owner = (
        "EXISTS (SELECT 1 FROM assessment_assessment a JOIN centres_membership m ON m.centre_id = a.centre_id "
        f"WHERE a.id = NEW.assessment_id AND m.user_id = NEW.signed_by_id AND m.role = '{CentreRole.OWNER}')"
    )
    in_time = " OR ".join(
        f"(a.procedure = '{procedure}' AND a.state IN ({_listed(states)}))" for procedure, states in SIGNED_IN.items()
    )
    unsigned = (
        "EXISTS (SELECT 1 FROM assessment_assessment a WHERE a.id = NEW.assessment_id "
        f"AND a.procedure = '{Procedure.FULL}') "
        f"AND NOT EXISTS (SELECT 1 FROM {_AGREEMENT} g WHERE g.assessment_id = NEW.assessment_id)"
    )
    return (
        Rule(
            "an_agreement_is_kept",
            _AGREEMENT,
            "UPDATE",
            "1 = 1",
            "such rows are only added, never changed",
        ),
        Rule(
            "an_agreement_is_signed_by_an_owner",
            _AGREEMENT,
            "INSERT",
            f"NOT {owner}",
            "not an owner of the centre",
            columns=("centres_membership.role",),
        ),
        Rule(
            "an_agreement_is_signed_in_its_time",
            _AGREEMENT,
            "INSERT",
            f"NOT EXISTS (SELECT 1 FROM assessment_assessment a WHERE a.id = NEW.assessment_id AND ({in_time}))",
            "the case is not open to signing",
            columns=("assessment_assessment.procedure",),
        ),
        Rule(
            "no_evaluation_begins_without_an_agreement",
            "assessment_act",
            "INSERT",
            f"NEW.to_state = '{AssessmentState.IN_EVALUATION}' AND NEW.from_state = '{AssessmentState.ACCEPTED}' "
            f"AND {unsigned}",
            "the agreement is not signed",
            columns=("assessment_assessment.procedure", f"{_AGREEMENT}.digest"),
        ),
    )


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
