"""What the database refuses of people: to judge what they are bound to, and to be one where two are needed.

Linking two accounts tells that they are one human being; what one could not have done, two linked ones cannot have.
"""

from __future__ import annotations

from assessment.casework.states import OVER, Kind, Part
from assessment.services.chain.bonds import BONDS, is_bound
from assessment.services.chain.independence import INDEPENDENT, JUDGES_THE_EVALUATION
from centres.services.rules_of_humans import both_humans, human_of
from operations.rules_in_database import On, Rule, listed

NATURAL = "centres_person.natural_person"
_PARTS = ("assessment_casepart.part", NATURAL)
_LINKED = "OLD.natural_person <> NEW.natural_person"
_BOTH = both_humans(_LINKED)


def rules_of_people() -> tuple[Rule, ...]:
    return (*_links(), *_memberships(), *_disputes(), _competence())


def _links() -> tuple[Rule, ...]:
    """Two accounts that turn out to be one person are one person in every case, or stay two."""
    judges_there = _judges_there()
    pre_assessed = (
        "EXISTS (SELECT 1 FROM assessment_casepart f JOIN assessment_assessment e ON e.id = f.assessment_id "
        "JOIN assessment_assessment a ON a.centre_id = e.centre_id AND a.id <> e.id "
        "JOIN assessment_casepart l ON l.assessment_id = a.id AND l.id > f.id "
        f"WHERE e.kind = '{Kind.PRE_ASSESSMENT}' AND f.part = '{Part.ASSESSOR}' "
        f"AND l.part IN ({listed(JUDGES_THE_EVALUATION)}) "
        "AND ((f.person_id = NEW.id AND l.natural_person = NEW.natural_person) "
        "OR (l.person_id = NEW.id AND f.natural_person = NEW.natural_person)))"
    )
    heard = (
        "EXISTS (SELECT 1 FROM assessment_dispute d JOIN centres_person p ON p.natural_person = NEW.natural_person "
        "WHERE (d.handler_id = NEW.id AND d.lodged_by_id = p.id) OR (d.lodged_by_id = NEW.id AND d.handler_id = p.id))"
    )
    return (
        Rule(
            "no_account_joins_a_judge_to_a_centre",
            "centres_person",
            "UPDATE",
            f"{_LINKED} AND ({judges_there} c.natural_person = NEW.natural_person AND "
            f"{is_bound('p.id = NEW.id', centre='a.centre_id', at='c.since')}) OR "
            f"{judges_there} c.person_id = NEW.id AND "
            f"{is_bound('p.natural_person = NEW.natural_person', centre='a.centre_id', at='c.since')}))",
            "one person would judge a centre they are bound to",
            columns=("assessment_casepart.since", *_PARTS, *BONDS),
            holds=_BOTH,
        ),
        Rule(
            "no_account_joins_who_pre_assessed_to_who_decided",
            "centres_person",
            "UPDATE",
            f"{_LINKED} AND {pre_assessed}",
            "an assessor of the pre-assessment would have reviewed or decided",
            columns=("assessment_assessment.kind", *_PARTS),
            holds=_BOTH,
        ),
        Rule(
            "no_account_joins_who_lodged_to_who_decides",
            "centres_person",
            "UPDATE",
            f"{_LINKED} AND {heard}",
            "one person would decide what they lodged",
            columns=("assessment_dispute.lodged_by_id", NATURAL),
            holds=_BOTH,
        ),
        Rule(
            "parts_follow_the_natural_person",
            "centres_person",
            "UPDATE",
            _LINKED,
            columns=_PARTS,
            instead_of_refusing="UPDATE assessment_casepart SET natural_person = NEW.natural_person "
            "WHERE person_id = NEW.id",
        ),
    )


def _memberships() -> tuple[Rule, ...]:
    return (_joined("no_judge_joins_the_centre", "INSERT"), _joined("no_judge_moves_to_the_centre", "UPDATE"))


def _joined(name: str, on: On) -> Rule:
    return Rule(
        name,
        "centres_membership",
        on,
        f"{_judges_there()} a.centre_id = NEW.centre_id AND c.natural_person = "
        "(SELECT p.natural_person FROM centres_person p WHERE p.id = NEW.user_id))",
        "somebody who judges a centre cannot work for it",
        columns=_PARTS,
        holds=(human_of("NEW.user_id"),),
    )


def _disputes() -> tuple[Rule, ...]:
    handler_changes = "NEW.handler_id IS NOT NULL AND COALESCE(OLD.handler_id, 0) <> NEW.handler_id"
    return (
        Rule(
            "who_hears_a_dispute_is_in_the_case",
            "assessment_dispute",
            "UPDATE",
            f"{handler_changes} AND NOT EXISTS (SELECT 1 FROM assessment_casepart c JOIN centres_person p ON "
            "p.natural_person = c.natural_person WHERE c.assessment_id = NEW.assessment_id AND p.id = NEW.handler_id "
            f"AND c.part = '{Part.APPEAL_HANDLER}')",
            "not the appeal handler of this case",
            columns=_PARTS,
        ),
        Rule(
            "nobody_decides_what_they_lodged",
            "assessment_dispute",
            "UPDATE",
            f"{handler_changes} AND EXISTS (SELECT 1 FROM centres_person p JOIN centres_person q ON "
            "p.natural_person = q.natural_person WHERE p.id = NEW.handler_id AND q.id = NEW.lodged_by_id)",
            "one person lodged it and decides it",
            columns=(NATURAL,),
            holds=(human_of("NEW.handler_id"),),
        ),
    )


def _competence() -> Rule:
    return Rule(
        "no_human_grants_their_own_competence",
        "centres_competence",
        "INSERT",
        "EXISTS (SELECT 1 FROM centres_person p JOIN centres_person q ON p.natural_person = q.natural_person "
        "WHERE p.id = NEW.person_id AND q.id = NEW.granted_by_id)",
        "nobody grants their own competence",
        columns=(NATURAL,),
    )


def _judges_there() -> str:
    """Open at its end."""
    return (
        "EXISTS (SELECT 1 FROM assessment_casepart c JOIN assessment_assessment a ON a.id = c.assessment_id "
        f"WHERE c.part IN ({listed(INDEPENDENT)}) AND a.state NOT IN ({listed(OVER)}) AND "
    )
