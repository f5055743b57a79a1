"""What the database refuses whoever writes to it: here, people in two parts of a case, or in one they may not take.

The services say the same earlier and in words; these hold against raw SQL, bulk updates and two requests at once.
"""

from __future__ import annotations

from assessment.casework.states import Kind, Part, Procedure
from assessment.services.chain.bonds import BONDS, is_bound
from assessment.services.chain.independence import INDEPENDENT, JUDGED_UNTIL
from assessment.services.chain.table import JUDGING
from assessment.services.rules.certificates import rules_of_certificates
from assessment.services.rules.findings import rules_of_findings
from assessment.services.rules.keeping import rules_of_keeping
from assessment.services.rules.package import rules_of_the_package
from assessment.services.rules.people import NATURAL, rules_of_people
from assessment.services.rules.ratings import rules_of_ratings
from assessment.services.rules.readings import rules_of_readings
from assessment.services.rules.reasons import rules_of_reasons
from assessment.services.rules.scheme import rules_of_the_scheme
from assessment.services.rules.steps import rules_of_steps
from centres.services.rules_of_humans import human
from operations.rules_in_database import Rule, listed, pinned

_CENTRE = "(SELECT a.centre_id FROM assessment_assessment a WHERE a.id = NEW.assessment_id)"
_HUMAN = (human("NEW.natural_person"),)
_ACTS = ("assessment_act.part", "assessment_casepart", NATURAL)


def rules() -> tuple[Rule, ...]:
    of_people = (*_parts(), *_acts(), *rules_of_people())
    of_work = (*rules_of_findings(), *rules_of_ratings(), *rules_of_reasons(), *rules_of_the_scheme())
    of_papers = (*rules_of_readings(), *rules_of_the_package(), *rules_of_certificates())
    return (*rules_of_steps(), *rules_of_keeping(), *of_people, *of_work, *of_papers)


def _parts() -> tuple[Rule, ...]:
    pre_assessed = (
        "EXISTS (SELECT 1 FROM assessment_casepart c JOIN assessment_assessment e ON e.id = c.assessment_id "
        "JOIN assessment_assessment a ON a.centre_id = e.centre_id WHERE a.id = NEW.assessment_id AND e.id <> a.id "
        f"AND e.kind = '{Kind.PRE_ASSESSMENT}' AND c.part = '{Part.ASSESSOR}' "
        "AND c.natural_person = NEW.natural_person)"
    )
    bound = is_bound("p.natural_person = NEW.natural_person", centre=_CENTRE, at="NEW.since")
    return (
        Rule(
            "a_part_is_of_the_natural_person",
            "assessment_casepart",
            "INSERT",
            "NOT EXISTS (SELECT 1 FROM centres_person p WHERE p.id = NEW.person_id "
            "AND p.natural_person = NEW.natural_person)",
            "another natural person than the account says",
            columns=(NATURAL,),
            holds=_HUMAN,
        ),
        pinned(
            "a_part_is_kept",
            "assessment_casepart",
            *("assessment_id", "person_id", "part", "since"),
            once="1 = 1",
            message="who took which part is never changed",
        ),
        Rule(
            "a_part_follows_its_account",
            "assessment_casepart",
            "UPDATE",
            "NOT EXISTS (SELECT 1 FROM centres_person p WHERE p.id = NEW.person_id "
            "AND p.natural_person = NEW.natural_person)",
            "another natural person than the account says",
            columns=(NATURAL,),
        ),
        Rule(
            "nobody_judges_where_they_work",
            "assessment_casepart",
            "INSERT",
            f"NEW.part IN ({listed(INDEPENDENT)}) AND {bound}",
            "somebody bound to the centre cannot judge it",
            columns=BONDS,
            holds=_HUMAN,
        ),
        Rule(
            "who_pre_assessed_does_not_decide",
            "assessment_casepart",
            "INSERT",
            f"NEW.part IN ('{Part.REVIEWER}', '{Part.DECIDER}') AND {pre_assessed}",
            "an assessor of the pre-assessment cannot review or decide",
            columns=("assessment_assessment.kind",),
            holds=_HUMAN,
        ),
        Rule(
            "an_assigned_assessor_is_competent",
            "assessment_assignment",
            "INSERT",
            "NOT EXISTS (SELECT 1 FROM centres_competence c JOIN centres_person p ON p.id = c.person_id "
            "JOIN centres_person q ON q.natural_person = p.natural_person WHERE q.id = NEW.person_id "
            "AND c.pillar = NEW.pillar AND c.valid_until >= NEW.assigned_on)",
            "no competence for this pillar on that day",
            columns=("centres_competence.pillar", NATURAL),
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
                columns=("assessment_casepart.part", NATURAL),
            )
            for part in (Part.ASSESSOR, Part.REVIEWER, Part.DECIDER)
        ),
    )


def _acts() -> tuple[Rule, ...]:
    """Who acts is in the case in that part and no other, assigned where assessors are, and declared their interests."""
    same = "p.natural_person = q.natural_person"
    again = " OR ".join(
        f"(r.to_state = '{to}' AND b.part IN ({listed(parts)}) AND NEW.part IN ({listed(parts)}))"
        for to, parts in JUDGED_UNTIL.items()
    )
    declared = (
        "EXISTS (SELECT 1 FROM centres_declaration d JOIN centres_person p ON p.id = d.person_id "
        f"JOIN centres_person q ON {same} JOIN assessment_assessment a ON a.centre_id = d.centre_id "
        "WHERE a.id = NEW.assessment_id AND q.id = NEW.person_id AND d.valid_until >= {{day}} AND {what})"
    )
    acting = "p.natural_person = (SELECT q.natural_person FROM centres_person q WHERE q.id = NEW.person_id)"
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
            "nobody_judges_what_they_are_bound_to",
            "assessment_act",
            "INSERT",
            f"NEW.part IN ({listed(INDEPENDENT)}) AND {is_bound(acting, centre=_CENTRE, at='NEW.at')}",
            "somebody bound to the centre cannot judge it",
            columns=(*BONDS, *_ACTS),
        ),
        Rule(
            "nobody_judges_with_a_conflict",
            "assessment_act",
            "INSERT",
            f"NEW.part IN ({listed(INDEPENDENT)}) AND " + declared.format(what="d.conflict"),
            "a conflict of interest was declared",
            columns=("centres_declaration.conflict", *_ACTS),
        ),
        Rule(
            "who_judges_declared_their_interests",
            "assessment_act",
            "INSERT",
            f"NEW.part IN ({listed(JUDGING)}) AND {in_full} AND NOT " + declared.format(what="NOT d.conflict"),
            "no declaration of interests in force",
            columns=("centres_declaration.conflict", "assessment_assessment.procedure", *_ACTS),
        ),
        Rule(
            "assessors_are_assigned",
            "assessment_act",
            "INSERT",
            f"NEW.\"of\" = 'assessment' AND NEW.part = '{Part.ASSESSOR}' AND {in_full} AND NOT EXISTS (SELECT 1 FROM "
            f"assessment_assignment s JOIN centres_person p ON p.id = s.person_id JOIN centres_person q ON {same} "
            "WHERE s.assessment_id = NEW.assessment_id AND q.id = NEW.person_id AND NOT EXISTS "
            "(SELECT 1 FROM assessment_release x WHERE x.assignment_id = s.id))",
            "not assigned to this case",
            columns=("assessment_assignment.pillar", "assessment_release.reason", *_ACTS),
        ),
        Rule(
            "nobody_judges_again_what_was_reopened",
            "assessment_act",
            "INSERT",
            "EXISTS (SELECT 1 FROM assessment_act b JOIN assessment_act r "
            "ON r.assessment_id = b.assessment_id AND r.act = 'reconsider' AND r.id > b.id "
            f"JOIN centres_person p ON p.id = b.person_id JOIN centres_person q ON {same} "
            f"WHERE b.assessment_id = NEW.assessment_id AND q.id = NEW.person_id AND ({again}))",
            "the case was reopened after they judged it",
            columns=_ACTS,
        ),
    )
