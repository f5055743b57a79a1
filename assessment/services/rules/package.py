"""What the database refuses of files: another reading than the one that was accepted, a file put in later."""

from __future__ import annotations

from assessment.casework.states import AssessmentState
from core.provenance import DIGEST_PREFIX
from evidence.models import EvidenceState
from operations.rules_in_database import Rule, listed, pinned

_EVIDENCE, _TABLE, _PACKAGE = "evidence_evidence", "evidence_observationtable", "assessment_assessedevidence"
_E = EvidenceState
_READ = f"OLD.state NOT IN ({listed((_E.RECEIVED, _E.PARSING))})"
# Of a file that was read: it counts, or a newer version counts in its place.
_COUNTING = (f"{_E.ACCEPTED}>{_E.SUPERSEDED}", f"{_E.SUPERSEDED}>{_E.ACCEPTED}")


def rules_of_the_package() -> tuple[Rule, ...]:
    return (*_files(), *_tables(), *_packages())


def _files() -> tuple[Rule, ...]:
    """A file is read once; whoever wants it read otherwise has it read anew, as another evidence."""
    return (
        pinned(
            "evidence_stays_the_file_it_was",
            _EVIDENCE,
            *("centre_id", "blob_id", "uploaded_by_id", "received_at"),
            *("declared_format", "declared_encoding", "timezone", "column_map_id", "rereads_id"),
            once="1 = 1",
            message="evidence is the file that was handed in",
        ),
        pinned(
            "what_was_read_of_a_file_stays",
            _EVIDENCE,
            *("format", "parser", "encoding", "facts", "runs", "issues", "issue_counts", "coverage", "problem"),
            once=_READ,
            message="what was read of a file changes no more",
        ),
        Rule(
            "a_file_that_was_read_stays_read",
            _EVIDENCE,
            "UPDATE",
            f"{_READ} AND OLD.state <> NEW.state AND (OLD.state || '>' || NEW.state) NOT IN ({listed(_COUNTING)})",
            "a file is read once: have it read anew",
        ),
    )


def _tables() -> tuple[Rule, ...]:
    return (
        pinned(
            "a_table_holds_what_was_read",
            _TABLE,
            *("evidence_id", "kind", "rows", "key"),
            once="1 = 1",
            message="a table holds what was read",
        ),
        pinned(
            "months_are_counted_once",
            _TABLE,
            "months",
            once="OLD.months IS NOT NULL",
            message="a table holds what was read",
        ),
    )


def _packages() -> tuple[Rule, ...]:
    """Files and receipt of a package are written in the transaction that hands it in, before the state follows."""
    handed_in = (
        "EXISTS (SELECT 1 FROM assessment_assessment a WHERE a.id = NEW.assessment_id "
        f"AND a.state = '{AssessmentState.DRAFT}' AND NEW.submission = a.submissions + 1)"
    )
    of_the_centre = (
        f"EXISTS (SELECT 1 FROM {_EVIDENCE} e JOIN assessment_assessment a ON a.centre_id = e.centre_id "
        "WHERE a.id = NEW.assessment_id AND e.id = NEW.evidence_id "
        f"AND NEW.digest = '{DIGEST_PREFIX}' || e.blob_id AND NEW.parser = e.parser)"
    )
    return (
        Rule(
            "no_file_is_put_into_a_frozen_package",
            _PACKAGE,
            "INSERT",
            f"NOT {handed_in}",
            "the package is frozen",
            columns=("assessment_assessment.submissions",),
        ),
        Rule(
            "a_package_names_files_of_its_centre",
            _PACKAGE,
            "INSERT",
            f"NOT {of_the_centre}",
            "no such reading of a file of this centre",
            columns=("evidence_evidence.parser", "evidence_evidence.blob_id"),
        ),
        Rule(
            "a_receipt_is_of_what_is_handed_in",
            "assessment_submissionreceipt",
            "INSERT",
            f"NOT {handed_in}",
            "nothing is handed in",
            columns=("assessment_assessment.submissions",),
        ),
    )
