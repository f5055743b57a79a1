"""What the database refuses of packages: a file put in later, one that was not read so, a receipt of nothing."""

from __future__ import annotations

from assessment.casework.states import AssessmentState
from core.provenance import DIGEST_PREFIX
from evidence.models import STATES_OF_REJECTION, EvidenceState
from operations.rules_in_database import Rule, listed

_CASE, _FILES = "assessment_assessment", "assessment_assessedevidence"
_PACKED = (EvidenceState.ACCEPTED, *STATES_OF_REJECTION)
_NUMBERED = (f"{_CASE}.submissions",)


def rules_of_the_package() -> tuple[Rule, ...]:
    """Files and receipt are written in the transaction that hands them in, before the state follows."""
    handed_in = (
        f"EXISTS (SELECT 1 FROM {_CASE} a WHERE a.id = NEW.assessment_id "
        f"AND a.state = '{AssessmentState.DRAFT}' AND NEW.submission = a.submissions + 1)"
    )
    as_read = (
        f"EXISTS (SELECT 1 FROM evidence_evidence e JOIN {_CASE} a ON a.centre_id = e.centre_id "
        f"WHERE a.id = NEW.assessment_id AND e.id = NEW.evidence_id AND e.state IN ({listed(_PACKED)}) "
        f"AND NEW.digest = '{DIGEST_PREFIX}' || e.blob_id AND NEW.parser = e.parser)"
    )
    submitted = f"OLD.state = '{AssessmentState.DRAFT}' AND NEW.state = '{AssessmentState.SUBMITTED}'"
    return (
        Rule(
            "no_file_is_put_into_a_frozen_package",
            _FILES,
            "INSERT",
            f"NOT {handed_in}",
            "the package is frozen",
            columns=_NUMBERED,
        ),
        Rule(
            "a_package_names_files_as_they_were_read",
            _FILES,
            "INSERT",
            f"NOT {as_read}",
            "no such reading of a file of this centre",
            columns=("evidence_evidence.parser", "evidence_evidence.blob_id"),
        ),
        Rule(
            "a_receipt_is_of_what_is_handed_in",
            "assessment_submissionreceipt",
            "INSERT",
            f"NOT {handed_in}",
            "nothing is handed in",
            columns=_NUMBERED,
        ),
        Rule(
            "submissions_are_counted",
            _CASE,
            "UPDATE",
            f"NEW.submissions <> OLD.submissions + (CASE WHEN {submitted} THEN 1 ELSE 0 END)",
            "a submission is counted once",
            columns=_NUMBERED,
        ),
    )
