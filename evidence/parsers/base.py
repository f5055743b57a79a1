"""What a parser is, and what it returns: observations *and* issues, never a guess.

A bad line is an issue; a file that cannot be read at all is a `ParseError`. Nothing else may leave
`parse`, whatever the bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

import pyarrow as pa

from core.canonical import jsonable
from core.provenance import Where
from core.text import Text
from evidence.observations.registry import KIND_BY_NAME
from evidence.parsers.text.source import Source

CONTRACT = 1
LISTED_ISSUES = 100
NOWHERE = Where()


class Severity(StrEnum):
    """An error rejects the evidence; warnings and notes travel along with it."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class ParseIssue:
    """Something a parser could not read or found odd: what, where and how to mend it."""

    code: str
    severity: Severity
    message: Text
    where: Where = NOWHERE
    hint: Text | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "severity": self.severity.value,
            "where": self.where.as_json(),
            "message": self.message.as_json(),
            "hint": self.hint.as_json() if self.hint else None,
        }


class Issues:
    """Collects issues: the first hundred entries of each code are kept, all places are counted."""

    def __init__(self) -> None:
        self.listed: list[ParseIssue] = []
        self.counts: dict[str, int] = {}
        self._entries: dict[str, int] = {}

    def add(
        self,
        code: str,
        message: Text,
        *,
        where: Where = NOWHERE,
        severity: Severity = Severity.WARNING,
        hint: Text | None = None,
        times: int = 1,
    ) -> None:
        """One issue, or one that stands for `times` places of which `where` is the first."""
        self.counts[code] = self.counts.get(code, 0) + times
        entries = self._entries.get(code, 0)
        if entries < LISTED_ISSUES:
            self._entries[code] = entries + 1
            self.listed.append(ParseIssue(code, severity, message, where, hint))

    def __len__(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the file became observations; `lines_used` and `lines_with_issue` never overlap."""

    lines_read: int
    lines_used: int
    lines_with_issue: int


@dataclass(frozen=True, slots=True)
class ParseResult:
    """What one file amounts to.

    Args:
        facts: one run's or file's figures under the field's names with the unit as suffix
            (`duration_s`, `busbw_max_gb_s`); decimals are `Decimal`, counts are `int`.
        runs: the same, one mapping per run, when a file holds several.
        tables: a table per observation kind, each of that kind's schema.
        issues: the first hundred of each code, in file order.
        issue_counts: how many of each code there were.
    """

    facts: Mapping[str, Any]
    tables: Mapping[str, pa.Table]
    coverage: Coverage
    issues: tuple[ParseIssue, ...] = ()
    issue_counts: Mapping[str, int] = field(default_factory=dict)
    runs: tuple[Mapping[str, Any], ...] = ()
    encoding: str = "utf-8"

    @property
    def rows_left_out(self) -> int:
        """How many rows could not be read."""
        return self.coverage.lines_with_issue

    @property
    def has_errors(self) -> bool:
        return any(issue.severity is Severity.ERROR for issue in self.issues)

    def as_json(self, parser: Parser, source: Source) -> dict[str, Any]:
        """The shape `zhiheng parse --json` prints (contract 1)."""
        figures: dict[str, Any] = {"runs": jsonable(self.runs)} if self.runs else {"facts": jsonable(self.facts)}
        return {
            "contract": CONTRACT,
            "format": parser.format,
            "parser": identity(parser),
            "sha256": source.sha256,
            "size": source.size,
            "encoding": self.encoding,
            **figures,
            "tables": {
                name: {"rows": table.num_rows, "columns": KIND_BY_NAME[name].units}
                for name, table in self.tables.items()
            },
            "coverage": jsonable(self.coverage),
            "issues": [issue.as_json() for issue in self.issues],
            "issue_counts": dict(self.issue_counts),
        }


class Parser(Protocol):
    """One format. `recognises` sees name and head only; `parse` sees everything.

    `version` changes whenever the same bytes would yield other observations. `kinds` are the observations its files
    carry, known before a file is read: of a file that could not be read they tell what it would have carried.
    """

    format: str
    version: str
    title: Text

    @property
    def kinds(self) -> tuple[str, ...]: ...

    def recognises(self, source: Source) -> bool: ...

    def parse(self, source: Source) -> ParseResult: ...


def identity(parser: Parser) -> str:
    """`name/version`, as results name the parser they rest on."""
    return f"{parser.format}/{parser.version}"
