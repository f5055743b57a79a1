"""What the database lets nobody delete, and what it lets nobody change once it was written, agreed or decided."""

from __future__ import annotations

from assessment.casework.states import AWARDED, EVALUATED_IN, PREPARED_IN, AssessmentState, DisputeState
from assessment.services.rules.procedures import case_in
from operations.rules_in_database import Rule, listed, pinned

# Written once: neither changed nor deleted.
ADDED = (
    *("assessment_act", "assessment_assessedevidence", "assessment_assignment", "assessment_evaluationplan"),
    *("assessment_findingnote", "assessment_flagreason", "assessment_photograph", "assessment_release"),
    "assessment_screening",
    *("assessment_signedagreement", "assessment_storedresult", "assessment_submissionreceipt"),
    *("assessment_surveillance", "centres_competence", "centres_declaration", "centres_formermembership"),
    "centres_profileversion",
    *("evidence_archivemember", "evidence_blob", "evidence_flag"),
)
# Never deleted either; they change as people act on them and as jobs get on, or are kept from that by other rules.
STAYING = (
    *("assessment_assessment", "assessment_casepart", "assessment_certificate", "assessment_certificateseries"),
    *("assessment_dispute", "assessment_finding", "assessment_rankedreport", "assessment_rating"),
    *("assessment_ratingdraw", "assessment_ratingversion", "assessment_reminder", "assessment_sample"),
    *("assessment_sitevisit", "centres_centre", "centres_invitation", "centres_person"),
    *("evidence_columnmapversion", "evidence_evidence", "evidence_observationtable"),
    *("indicators_editionact", "indicators_editiontrial"),
)
# Made anew from a result wherever it is missing, so that it may be deleted; what is there is not changed.
DERIVED = ("assessment_resultsummary",)

_S = AssessmentState
_DECIDED = (*AWARDED, _S.REFUSED, _S.STATED)
_EVALUATED = (_S.EVALUATED, _S.REVIEWED, *_DECIDED)
_ENDED = (DisputeState.UPHELD, DisputeState.DISMISSED)


def rules_of_keeping() -> tuple[Rule, ...]:
    return (*_rows(), *_case(), *_papers(), *_said())


def _rows() -> tuple[Rule, ...]:
    return (
        *(
            Rule(f"{table}_is_kept", table, "UPDATE", "1 = 1", "such rows are only added, never changed")
            for table in (*ADDED, *DERIVED)
        ),
        *(
            Rule(f"{table}_stays", table, "DELETE", "1 = 1", "such rows are only added, never deleted")
            for table in (*ADDED, *STAYING)
        ),
    )


def _case() -> tuple[Rule, ...]:
    """The package and its result from the end of the evaluation on; from the decision on, who took it and for when."""
    table = "assessment_assessment"
    return (
        _result(table),
        pinned(
            "what_was_evaluated_stays",
            table,
            *("result_id", "measured_id", "profile_version_id", "submissions"),
            once=f"OLD.state IN ({listed(_EVALUATED)})",
            message="what was evaluated changes no more",
        ),
        pinned(
            "who_decided_stays",
            table,
            *("submitted_by_id", "assessor_id", "reviewer_id", "decider_id"),
            once=f"OLD.state IN ({listed(_DECIDED)})",
            message="who decided is never changed",
        ),
        pinned(
            "a_period_of_notice_stays",
            table,
            "notice_until",
            once=f"OLD.state = '{_S.ANNOUNCED}' AND NEW.state = OLD.state",
            message="a period of notice that was announced is neither shortened nor prolonged",
        ),
    )


def _result(table: str) -> Rule:
    """By the digest of the profile: one saved anew as it was before has a result already, of the earlier version."""
    changed = " OR ".join(
        f"COALESCE(OLD.{column}, 0) <> COALESCE(NEW.{column}, 0)" for column in ("result_id", "profile_version_id")
    )
    of_the_package = (
        "EXISTS (SELECT 1 FROM assessment_storedresult s JOIN centres_profileversion p ON p.id = s.profile_version_id "
        "JOIN centres_profileversion q ON q.digest = p.digest "
        "WHERE s.id = NEW.result_id AND q.id = NEW.profile_version_id)"
    )
    return Rule(
        "a_result_is_of_the_profile_of_its_package",
        table,
        "UPDATE",
        f"NEW.result_id IS NOT NULL AND ({changed}) AND NOT {of_the_package}",
        "the result is of another profile than the package",
        columns=("assessment_storedresult.profile_version_id",),
    )


def _papers() -> tuple[Rule, ...]:
    return (
        pinned(
            "a_certificate_says_what_was_decided",
            "assessment_certificate",
            *("number", "assessment_id", "result_id", "replaces_id", "decided_by_id", "issued_on", "valid_until"),
            "interval",
            once="1 = 1",
            message="what a certificate says is what was decided",
        ),
        Rule(
            "no_number_is_given_again",
            "assessment_certificateseries",
            "UPDATE",
            "NEW.year <> OLD.year OR NEW.last < OLD.last",
            "numbers of certificates only go up",
        ),
        pinned(
            "a_report_says_what_was_asked_then",
            "assessment_rankedreport",
            *("edition_id", "query", "rows", "varied", "made_on", "made_by_id"),
            once="1 = 1",
            message="a report is never changed",
        ),
    )


def _said() -> tuple[Rule, ...]:
    """What was found, complained about, committed to and seen on site."""
    return (
        pinned(
            "a_finding_says_what_was_found",
            "assessment_finding",
            *("assessment_id", "node", "severity", "statement", "raised_by_id", "raised_at", "due_on"),
            once="1 = 1",
            message="what was found is never changed",
        ),
        pinned(
            "a_dispute_says_what_was_lodged",
            "assessment_dispute",
            *("assessment_id", "kind", "statement", "name", "contact", "lodged_by_id"),
            once="1 = 1",
            message="what was lodged is never changed",
        ),
        pinned(
            "an_answered_dispute_stays_answered",
            "assessment_dispute",
            *("handler_id", "answer", "ended_at"),
            once=f"OLD.state IN ({listed(_ENDED)})",
            message="the answer to a dispute is never changed",
        ),
        Rule(
            "a_commitment_is_kept",
            "assessment_sample",
            "UPDATE",
            "OLD.body_commitment <> NEW.body_commitment OR OLD.secret <> NEW.secret OR (OLD.committed_at IS NOT NULL "
            "AND (OLD.inventory_commitment <> NEW.inventory_commitment OR OLD.centre_word <> NEW.centre_word))",
            "what was committed to cannot be changed",
            columns=("assessment_sample.secret",),
        ),
        pinned(
            "a_closed_visit_stays_as_it_was_closed",
            "assessment_sitevisit",
            *("assessment_id", "begins_on", "ends_on", "place", "agenda", "record", "closed_at", "closed_by_id"),
            once="OLD.closed_at IS NOT NULL",
            message="the visit is closed",
        ),
        Rule(
            "no_record_after_the_evaluation",
            "assessment_sitevisit",
            "UPDATE",
            f"NOT {case_in(EVALUATED_IN)}",
            "the case is not in evaluation",
            columns=("assessment_assessment.procedure",),
        ),
        Rule(
            "a_visit_is_arranged_for_a_settled_package",
            "assessment_sitevisit",
            "INSERT",
            f"NEW.closed_at IS NOT NULL OR NOT {case_in(PREPARED_IN)}",
            "no visit is arranged in this state of the case",
            columns=("assessment_assessment.procedure",),
        ),
        Rule(
            "a_sample_is_asked_for_of_a_settled_package",
            "assessment_sample",
            "INSERT",
            f"NEW.drawn_at IS NOT NULL OR NOT {case_in(PREPARED_IN)}",
            "no sample is drawn in this state of the case",
            columns=("assessment_assessment.procedure",),
        ),
        Rule(
            "no_sample_is_drawn_after_the_evaluation",
            "assessment_sample",
            "UPDATE",
            f"NOT {case_in(PREPARED_IN)}",
            "no sample is drawn in this state of the case",
            columns=("assessment_assessment.procedure",),
        ),
        pinned(
            "a_sample_is_of_what_was_asked_for",
            "assessment_sample",
            *("assessment_id", "of", "share", "at_least", "asked_by_id", "asked_at"),
            once="1 = 1",
            message="what was committed to cannot be changed",
        ),
        pinned(
            "a_drawn_sample_stays_as_it_was_drawn",
            "assessment_sample",
            *("inventory", "committed_by_id", "committed_at", "drawn", "drawn_at"),
            once="OLD.drawn_at IS NOT NULL",
            message="what was drawn cannot be changed",
        ),
        Rule(
            "no_picture_is_added_to_a_closed_visit",
            "assessment_photograph",
            "INSERT",
            "NOT EXISTS (SELECT 1 FROM assessment_sitevisit v WHERE v.id = NEW.visit_id AND v.closed_at IS NULL)",
            "the visit is closed",
            columns=("assessment_sitevisit.closed_at",),
        ),
    )
