"""What the database refuses of what a case's scheme pinned and of its agreement, whoever writes to it."""

from __future__ import annotations

from django.conf import settings

from assessment.casework.states import AWARDED, SIGNED_IN, AssessmentState, Procedure
from assessment.services.rules.procedures import case_in
from centres.models import CentreRole
from operations.rules_in_database import Rule, listed

_CASE, _AGREEMENT = "assessment_assessment", "assessment_signedagreement"


def rules_of_the_scheme() -> tuple[Rule, ...]:
    return (*_pinned(), _two_deciders(), *_agreements())


def _pinned() -> tuple[Rule, ...]:
    return (
        Rule(
            "the_scheme_of_a_case_stays",
            _CASE,
            "UPDATE",
            "OLD.scheme_type <> NEW.scheme_type OR OLD.two_deciders_from <> NEW.two_deciders_from",
            "the scheme is pinned when a case is opened",
            columns=(f"{_CASE}.scheme_type", f"{_CASE}.two_deciders_from"),
        ),
        Rule(
            "a_draw_of_certificates_stays",
            "assessment_ratingdraw",
            "UPDATE",
            "OLD.drawn_at IS NOT NULL OR OLD.secret <> NEW.secret OR OLD.body_commitment <> NEW.body_commitment",
            "what was committed to cannot be changed",
        ),
        Rule(
            "the_names_of_a_decision_stay",
            _CASE,
            "UPDATE",
            f"OLD.state IN ({listed(AWARDED)}) AND OLD.decision IS NOT NULL AND (NEW.decision IS NULL "
            "OR CAST(OLD.decision AS text) <> CAST(NEW.decision AS text))",
            "a decision keeps the names it was taken under",
            columns=(f"{_CASE}.decision",),
        ),
    )


def _two_deciders() -> Rule:
    """Of grades the setting knows; no other rubric's can be meant."""
    high = (
        "NEW.two_deciders_from <> '' AND EXISTS (SELECT 1 FROM assessment_storedresult s WHERE s.id = NEW.result_id "
        f"AND s.grade IN ({listed(settings.SCHEME_GRADES)}) AND s.grade >= NEW.two_deciders_from)"
    )
    concurred = (
        "EXISTS (SELECT 1 FROM assessment_act c JOIN centres_person p ON p.id = c.person_id "
        "JOIN centres_person q ON q.id = NEW.decider_id WHERE c.assessment_id = NEW.id AND c.act = 'concur' "
        "AND p.natural_person <> q.natural_person AND c.id > (SELECT max(r.id) FROM assessment_act r "
        "WHERE r.assessment_id = NEW.id AND r.act = 'review'))"
    )
    return Rule(
        "two_decide_on_high_grades",
        _CASE,
        "UPDATE",
        f"OLD.state = '{AssessmentState.REVIEWED}' AND NEW.state IN ({listed(AWARDED)}) AND {high} AND NOT {concurred}",
        "a second decider has not concurred",
        columns=(f"{_CASE}.two_deciders_from", "assessment_act.part", "centres_person.natural_person"),
    )


def _agreements() -> tuple[Rule, ...]:
    """Signed once, by an owner of the centre, in its time; no evaluation of the full procedure begins without."""
    owner = (
        "EXISTS (SELECT 1 FROM assessment_assessment a JOIN centres_membership m ON m.centre_id = a.centre_id "
        f"WHERE a.id = NEW.assessment_id AND m.user_id = NEW.signed_by_id AND m.role = '{CentreRole.OWNER}')"
    )
    unsigned = (
        "EXISTS (SELECT 1 FROM assessment_assessment a WHERE a.id = NEW.assessment_id "
        f"AND a.procedure = '{Procedure.FULL}') "
        f"AND NOT EXISTS (SELECT 1 FROM {_AGREEMENT} g WHERE g.assessment_id = NEW.assessment_id)"
    )
    return (
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
            f"NOT {case_in(SIGNED_IN)}",
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
