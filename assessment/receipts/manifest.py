"""What a centre hands in, named file by file: the words a receipt is signed over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.canonical import canonical_digest
from core.text import Text

CONTRACT = 1
KIND = "submission"


@dataclass(frozen=True, slots=True)
class PackedFile:
    """One file of a package.

    Args:
        sha256: 64 hexadecimal digits.
        size: bytes.
        parser: `name/version` that read it; empty where none did.
        encoding, timezone: by which it was read; empty where its format has none or nobody said one.
        column_map: `name@number` of a saved map, with its digest; None where it was read without.
        problem: code of the error for which it does not count; None for an accepted file.
    """

    sha256: str
    name: str
    size: int
    format: str
    parser: str
    encoding: str
    timezone: str
    column_map: Mapping[str, str] | None
    problem: str | None

    @property
    def counts(self) -> bool:
        return self.problem is None

    def as_json(self) -> dict[str, Any]:
        return {
            "sha256": self.sha256,
            "name": self.name,
            "size": self.size,
            "format": self.format,
            "parser": self.parser,
            "reading": {
                "encoding": self.encoding or None,
                "timezone": self.timezone or None,
                "column_map": dict(self.column_map) if self.column_map else None,
            },
            "counts": self.counts,
            "problem": self.problem,
        }


def package_content(
    *, rubric: str, edition: str, edition_digest: str, profile_digest: str, files: Iterable[PackedFile]
) -> dict[str, Any]:
    """What is frozen, apart from who does it when: the same files and profile give the same content.

    Files stand by digest, those that count first; bytes stand once.
    """
    ordered = sorted(files, key=lambda file: (not file.counts, file.sha256))
    return {
        "edition": {"rubric": rubric, "edition": edition, "digest": edition_digest},
        "profile": {"digest": profile_digest},
        "files": [file.as_json() for file in ordered],
    }


def manifest_content(
    package: Mapping[str, Any],
    *,
    assessment: str,
    kind: str,
    submission: int,
    centre: str,
    centre_name: Text,
    person: str,
    person_name: Text,
    submitted_at: str,
    reason: str,
) -> dict[str, Any]:
    """The manifest of one submission.

    Args:
        kind: of the case, certification or pre-assessment.
        submission: how often the package of this case was frozen; 1 for the first time.
        submitted_at: ISO 8601 in UTC.
    """
    return {
        "contract": CONTRACT,
        "manifest": KIND,
        "assessment": assessment,
        "kind": kind,
        "submission": submission,
        "centre": {"id": centre, "name": centre_name.as_json()},
        "submitted_by": {"username": person, "name": person_name.as_json()},
        "submitted_at": submitted_at,
        "reason": reason,
        "package_digest": canonical_digest(package),
        "package": dict(package),
    }
