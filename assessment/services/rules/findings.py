"""What the database refuses of findings whoever writes them: they move only while their case lets them."""

from __future__ import annotations

from assessment.casework.states import AWARDED, STANDING, AssessmentState, FindingState, Procedure, Severity
from assessment.services.chain.table import Of, When, pairs
from operations.rules_in_database import Rule, listed, pinned

_COLUMNS = ("assessment_finding.severity", "assessment_assessment.procedure")


def rules_of_findings() -> tuple[Rule, ...]:
    evaluated = (
        f"(a.state = '{AssessmentState.IN_EVALUATION}' OR "
        f"(a.state = '{AssessmentState.SUBMITTED}' AND a.procedure = '{Procedure.EXPRESS}'))"
    )
    certified = (
        "EXISTS (SELECT 1 FROM assessment_certificate k WHERE k.assessment_id = a.id "
        f"AND k.state IN ({listed(STANDING)}))"
    )
    later = listed(sorted(">".join(pair) for pair in pairs(Of.FINDING, when=When.ALIVE)))
    case = "EXISTS (SELECT 1 FROM assessment_assessment a WHERE a.id = NEW.assessment_id AND "
    return (
        Rule(
            "findings_are_raised_during_the_evaluation",
            "assessment_finding",
            "INSERT",
            f"NOT {case} {evaluated})",
            "the case is not in evaluation",
            columns=_COLUMNS,
        ),
        Rule(
            "findings_move_while_their_case_lets_them",
            "assessment_finding",
            "UPDATE",
            f"OLD.state <> NEW.state AND NOT {case} "
            f"({evaluated} OR ((OLD.state || '>' || NEW.state) IN ({later}) AND {certified})))",
            "the case is neither in evaluation nor certified",
            columns=(*_COLUMNS, "assessment_certificate.state"),
        ),
        pinned(
            "cause_and_action_are_those_of_the_answer",
            "assessment_finding",
            *("root_cause", "corrective_action"),
            once=f"(OLD.state = NEW.state OR NEW.state <> '{FindingState.ANSWERED}')",
            message="cause and corrective action are what was answered",
        ),
        pinned(
            "the_effect_is_what_the_check_showed",
            "assessment_finding",
            "effectiveness",
            once=f"(OLD.state = NEW.state OR NEW.state <> '{FindingState.CLOSED}')",
            message="what a check showed is written when it closes the finding",
        ),
        Rule(
            "no_certificate_with_a_minor_finding_unanswered",
            "assessment_assessment",
            "UPDATE",
            f"OLD.state = '{AssessmentState.REVIEWED}' AND NEW.state IN ({listed(AWARDED)}) AND "
            "EXISTS (SELECT 1 FROM assessment_finding f WHERE f.assessment_id = NEW.id "
            f"AND f.severity = '{Severity.MINOR}' AND f.state IN ({listed(_UNACCEPTED)}))",
            "a minor finding has no accepted corrective action",
            columns=_COLUMNS,
        ),
    )


_UNACCEPTED = (FindingState.OPEN, FindingState.ANSWERED)
