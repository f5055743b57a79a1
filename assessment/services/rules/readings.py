"""What the database refuses of evidence: another file than was handed in, another reading than was accepted."""

from __future__ import annotations

from evidence.models import EvidenceState
from operations.rules_in_database import Rule, listed, pinned

_EVIDENCE, _TABLE = "evidence_evidence", "evidence_observationtable"
_S = EvidenceState
_READ = f"OLD.state NOT IN ({listed((_S.RECEIVED, _S.PARSING))})"
# Of a file that was read: it counts, or a newer version counts in its place.
_COUNTING = (f"{_S.ACCEPTED}>{_S.SUPERSEDED}", f"{_S.SUPERSEDED}>{_S.ACCEPTED}")


def rules_of_readings() -> tuple[Rule, ...]:
    return (*_files(), *_tables())


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
        Rule(
            "no_table_is_added_to_what_was_read",
            _TABLE,
            "INSERT",
            f"NOT EXISTS (SELECT 1 FROM {_EVIDENCE} e WHERE e.id = NEW.evidence_id AND e.state = '{_S.PARSING}')",
            "a table holds what was read",
            columns=("evidence_evidence.state",),
        ),
        pinned(
            "months_are_counted_once",
            _TABLE,
            "months",
            once="OLD.months IS NOT NULL",
            message="a table holds what was read",
        ),
    )
