"""What the database refuses whoever writes to it: steps the table does not have, and people in two parts of a case.

The services say the same earlier and in words; these hold against raw SQL, bulk updates and two requests at once.
"""

from __future__ import annotations

from collections.abc import Iterable

from assessment.casework.states import OVER, AssessmentState, FindingState, Kind, Part, Procedure, Severity
from assessment.services.rules_of_ratings import rules_of_ratings
from assessment.services.rules_of_the_scheme import rules_of_the_scheme
from assessment.services.table import JUDGING, Of, pairs
from operations.rules_in_database import Rule

INDEPENDENT = (Part.REGISTRAR, *JUDGING)
_NATURAL = "centres_person.natural_person"
_ACTS = ("assessment_act.part", "assessment_casepart", _NATURAL)


def rules() -> tuple[Rule, ...]:
    return (*_steps(), *_kept(), *_parts(), *_acts(), *_people(), *rules_of_ratings(), *rules_of_the_scheme())


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _steps() -> tuple[Rule, ...]:
    """A state changes only as the table says, and never to a certificate while a major finding is open."""
    tables = {
        Of.ASSESSMENT: ("assessment_assessment", "assessment_assessment.kind"),
        Of.CERTIFICATE: ("assessment_certificate", "assessment_certificate.replaces_id"),
        Of.FINDING: ("assessment_finding", "assessment_finding.state"),
        Of.DISPUTE: ("assessment_dispute", "assessment_dispute.state"),
        Of.RATING: ("assessment_rating", "assessment_rating.state"),
    }
    steps = tuple(
        Rule(
            f"{of.value}_takes_known_steps",
            table,
            "UPDATE",
            "OLD.state <> NEW.state AND (OLD.state || '>' || NEW.state) NOT IN "
            f"({_listed(sorted('>'.join(pair) for pair in pairs(of)))})",
            f"there is no such step of {of.value}",
            columns=(column,),
        )
        for of, (table, column) in tables.items()
    )
    open_major = (
        "EXISTS (SELECT 1 FROM assessment_finding f WHERE f.assessment_id = NEW.id "
        f"AND f.severity = '{Severity.MAJOR}' "
        f"AND f.state NOT IN ({_listed((FindingState.CLOSED, FindingState.RETRACTED))}))"
    )
    awarded = _listed((AssessmentState.ANNOUNCED, AssessmentState.CERTIFIED))
    return (
        *steps,
        Rule(
            "no_certificate_with_an_open_major_finding",
            "assessment_assessment",
            "UPDATE",
            f"OLD.state <> NEW.state AND NEW.state IN ({awarded}) AND {open_major}",
            "a major finding is open",
            columns=("assessment_finding.severity", "assessment_assessment.kind"),
        ),
        Rule(
            "no_award_from_a_pre_assessment",
            "assessment_assessment",
            "UPDATE",
            f"NEW.kind = '{Kind.PRE_ASSESSMENT}' AND NEW.state IN ({awarded})",
            "a pre-assessment ends in a statement",
            columns=("assessment_assessment.kind",),
        ),
        Rule(
            "a_pinned_case_stays_pinned",
            "assessment_assessment",
            "UPDATE",
            "OLD.edition_id <> NEW.edition_id OR OLD.centre_id <> NEW.centre_id OR OLD.kind <> NEW.kind "
            "OR OLD.procedure <> NEW.procedure OR OLD.notice_days <> NEW.notice_days OR OLD.rating <> NEW.rating",
            "centre, edition and procedure are pinned when a case is opened",
            columns=("assessment_assessment.procedure", "assessment_assessment.rating"),
        ),
    )


def _kept() -> tuple[Rule, ...]:
    tables = ("assessment_storedresult", "assessment_act", "assessment_assessedevidence", "assessment_findingnote")
    more = (
        *("centres_declaration", "assessment_evaluationplan", "assessment_photograph", "assessment_assignment"),
        *("assessment_submissionreceipt", "assessment_resultsummary"),
    )
    return (
        *(
            Rule(f"{table}_is_kept", table, "UPDATE", "1 = 1", "such rows are only added, never changed")
            for table in (*tables, *more)
        ),
        Rule(
            "a_commitment_is_kept",
            "assessment_sample",
            "UPDATE",
            "OLD.body_commitment <> NEW.body_commitment OR OLD.secret <> NEW.secret OR (OLD.committed_at IS NOT NULL "
            "AND (OLD.inventory_commitment <> NEW.inventory_commitment OR OLD.centre_word <> NEW.centre_word)) "
            "OR (OLD.drawn_at IS NOT NULL AND CAST(OLD.drawn AS text) <> CAST(NEW.drawn AS text))",
            "what was committed to cannot be changed",
            columns=("assessment_sample.secret",),
        ),
    )


def _parts() -> tuple[Rule, ...]:
    works_there = (
        "EXISTS (SELECT 1 FROM centres_membership m JOIN centres_person p ON p.id = m.user_id "
        "JOIN assessment_assessment a ON a.centre_id = m.centre_id "
        "WHERE a.id = NEW.assessment_id AND p.natural_person = NEW.natural_person)"
    )
    pre_assessed = (
        "EXISTS (SELECT 1 FROM assessment_casepart c JOIN assessment_assessment e ON e.id = c.assessment_id "
        "JOIN assessment_assessment a ON a.centre_id = e.centre_id WHERE a.id = NEW.assessment_id AND e.id <> a.id "
        f"AND e.kind = '{Kind.PRE_ASSESSMENT}' AND c.part = '{Part.ASSESSOR}' "
        "AND c.natural_person = NEW.natural_person)"
    )
    return (
        Rule(
            "a_part_is_of_the_natural_person",
            "assessment_casepart",
            "INSERT",
            "NOT EXISTS (SELECT 1 FROM centres_person p WHERE p.id = NEW.person_id "
            "AND p.natural_person = NEW.natural_person)",
            "another natural person than the account says",
            columns=(_NATURAL,),
        ),
        Rule(
            "a_part_is_kept",
            "assessment_casepart",
            "UPDATE",
            "OLD.assessment_id <> NEW.assessment_id OR OLD.person_id <> NEW.person_id OR OLD.part <> NEW.part",
            "who took which part is never changed",
        ),
        Rule(
            "nobody_judges_where_they_work",
            "assessment_casepart",
            "INSERT",
            f"NEW.part IN ({_listed(INDEPENDENT)}) AND {works_there}",
            "somebody of the centre cannot judge it",
            columns=(_NATURAL,),
        ),
        Rule(
            "who_pre_assessed_does_not_decide",
            "assessment_casepart",
            "INSERT",
            f"NEW.part IN ('{Part.REVIEWER}', '{Part.DECIDER}') AND {pre_assessed}",
            "an assessor of the pre-assessment cannot review or decide",
            columns=("assessment_assessment.kind",),
        ),
        Rule(
            "an_assigned_assessor_is_competent",
            "assessment_assignment",
            "INSERT",
            "NOT EXISTS (SELECT 1 FROM centres_competence c JOIN centres_person p ON p.id = c.person_id "
            "JOIN centres_person q ON q.natural_person = p.natural_person WHERE q.id = NEW.person_id "
            "AND c.pillar = NEW.pillar AND c.valid_until >= NEW.assigned_on)",
            "no competence for this pillar on that day",
            columns=("centres_competence.pillar", _NATURAL),
        ),
        *(
            Rule(
                f"the_{part.value}_is_part_of_the_case",
                "assessment_assessment",
                "UPDATE",
                f"NEW.{part.value}_id IS NOT NULL AND (OLD.{part.value}_id IS NULL OR OLD.{part.value}_id <> "
                f"NEW.{part.value}_id) AND NOT EXISTS (SELECT 1 FROM assessment_casepart c JOIN centres_person p ON "
                f"p.natural_person = c.natural_person WHERE c.assessment_id = NEW.id AND p.id = NEW.{part.value}_id "
                f"AND c.part = '{part.value}')",
                f"not the {part.value} of this case",
                columns=("assessment_casepart.part", _NATURAL),
            )
            for part in (Part.ASSESSOR, Part.REVIEWER, Part.DECIDER)
        ),
    )


def _acts() -> tuple[Rule, ...]:
    """Who acts is in the case in that part and no other, assigned where assessors are, and declared their interests."""
    same = "p.natural_person = q.natural_person"
    declared = (
        "EXISTS (SELECT 1 FROM centres_declaration d JOIN centres_person p ON p.id = d.person_id "
        f"JOIN centres_person q ON {same} JOIN assessment_assessment a ON a.centre_id = d.centre_id "
        "WHERE a.id = NEW.assessment_id AND q.id = NEW.person_id AND d.valid_until >= {{day}} AND {what})"
    )
    in_full = (
        "EXISTS (SELECT 1 FROM assessment_assessment a WHERE a.id = NEW.assessment_id "
        f"AND a.procedure = '{Procedure.FULL}')"
    )
    return (
        Rule(
            "who_acts_is_in_the_case",
            "assessment_act",
            "INSERT",
            f"NEW.part <> '{Part.SYSTEM}' AND NOT EXISTS (SELECT 1 FROM assessment_casepart c JOIN centres_person p ON "
            "p.natural_person = c.natural_person WHERE c.assessment_id = NEW.assessment_id AND p.id = NEW.person_id "
            "AND c.part = NEW.part)",
            "not in this part of the case",
            columns=_ACTS,
        ),
        Rule(
            "nobody_acts_in_two_parts",
            "assessment_act",
            "INSERT",
            "EXISTS (SELECT 1 FROM assessment_act b JOIN centres_person p ON p.id = b.person_id JOIN centres_person q "
            f"ON {same} WHERE b.assessment_id = NEW.assessment_id AND q.id = NEW.person_id AND b.part <> NEW.part)",
            "one natural person in two parts of a case",
            columns=_ACTS,
        ),
        Rule(
            "nobody_judges_with_a_conflict",
            "assessment_act",
            "INSERT",
            f"NEW.part IN ({_listed(INDEPENDENT)}) AND " + declared.format(what="d.conflict"),
            "a conflict of interest was declared",
            columns=("centres_declaration.conflict", *_ACTS),
        ),
        Rule(
            "who_judges_declared_their_interests",
            "assessment_act",
            "INSERT",
            f"NEW.part IN ({_listed(JUDGING)}) AND {in_full} AND NOT " + declared.format(what="NOT d.conflict"),
            "no declaration of interests in force",
            columns=("centres_declaration.conflict", "assessment_assessment.procedure", *_ACTS),
        ),
        Rule(
            "assessors_are_assigned",
            "assessment_act",
            "INSERT",
            f"NEW.part = '{Part.ASSESSOR}' AND {in_full} AND NOT EXISTS (SELECT 1 FROM assessment_assignment s JOIN "
            f"centres_person p ON p.id = s.person_id JOIN centres_person q ON {same} "
            "WHERE s.assessment_id = NEW.assessment_id AND q.id = NEW.person_id)",
            "not assigned to this case",
            columns=("assessment_assignment.pillar", *_ACTS),
        ),
    )


def _people() -> tuple[Rule, ...]:
    """Two accounts that turn out to be one person are one person in every case, or stay two."""
    changed = "OLD.natural_person <> NEW.natural_person"
    judges_there = (
        "EXISTS (SELECT 1 FROM assessment_casepart c JOIN assessment_assessment a ON a.id = c.assessment_id "
        f"WHERE c.part IN ({_listed(INDEPENDENT)}) AND a.state NOT IN ({_listed(OVER)}) AND "
    )
    return (
        Rule(
            "no_account_joins_a_judge_to_a_centre",
            "centres_person",
            "UPDATE",
            f"{changed} AND ({judges_there} c.natural_person = NEW.natural_person AND a.centre_id IN "
            "(SELECT m.centre_id FROM centres_membership m WHERE m.user_id = NEW.id)) OR "
            f"{judges_there} c.person_id = NEW.id AND a.centre_id IN (SELECT m.centre_id FROM centres_membership m "
            "JOIN centres_person p ON p.id = m.user_id WHERE p.natural_person = NEW.natural_person)))",
            "one person would judge a centre they work for",
            columns=("assessment_casepart.part", _NATURAL),
        ),
        Rule(
            "parts_follow_the_natural_person",
            "centres_person",
            "UPDATE",
            changed,
            columns=("assessment_casepart.part", _NATURAL),
            instead_of_refusing="UPDATE assessment_casepart SET natural_person = NEW.natural_person "
            "WHERE person_id = NEW.id",
        ),
        Rule(
            "no_judge_joins_the_centre",
            "centres_membership",
            "INSERT",
            f"{judges_there} a.centre_id = NEW.centre_id AND c.natural_person = "
            "(SELECT p.natural_person FROM centres_person p WHERE p.id = NEW.user_id))",
            "somebody who judges a centre cannot work for it",
            columns=("assessment_casepart.part", _NATURAL),
        ),
    )
