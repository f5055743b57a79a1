"""System Usability Scale: tables with numbers or words, individual scores as JSON, a filled-in Markdown form.

Only answers count: the instructions of a form hold a filled example, and a report of means holds no respondents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeGuard

import pyarrow as pa
import re2

from core.errors import ParseError
from core.provenance import DIGEST_PREFIX, Where, digest_of_chunks
from core.text import Text
from evidence.observations.survey_responses import SURVEY_RESPONSES, SUS_ITEMS
from evidence.parsers.base import Coverage, Issues, ParseResult, Severity
from evidence.parsers.documents.json_arrays import read_array
from evidence.parsers.documents.json_documents import read_json_object
from evidence.parsers.documents.strict_json import ORIGINAL_FILE
from evidence.parsers.tables.simple_tables import holds_table
from evidence.parsers.tables.sus_items import ANSWERS, HEADINGS, sus_facts, sus_score, sus_scores
from evidence.parsers.tables.table_batches import Layout, no_rows
from evidence.parsers.tables.typed_rows import TypedRows, read_table
from evidence.parsers.text.log_lines import words
from evidence.parsers.text.source import Source

_QUESTIONS = re2.compile(r"^#{1,6}\s*Questions\s*$")
_RATING = re2.compile(r"^\s*(?:[-*]\s*)?\**Your rating\**\s*[::]\**\s*(\S.*)?$")


class Sus:
    format = "sus"
    version = "2"
    title = Text(zh="系统可用性量表（SUS）", en="System Usability Scale (SUS)")
    kinds = (SURVEY_RESPONSES.name,)

    def recognises(self, source: Source) -> bool:
        return _is_form(source) or _is_scores(source) or _is_report(source) or holds_table(source, HEADINGS)

    def parse(self, source: Source) -> ParseResult:
        if _is_form(source):
            return _form(source)
        if _is_scores(source):
            return _scores(source)
        if _is_report(source):
            return _report(source)
        read = read_table(source, headings=HEADINGS, kind=SURVEY_RESPONSES, columns=_columns)
        return read.result(source, _facts(read.table))


def _is_form(source: Source) -> bool:
    return b"System Usability Scale" in source.head_in_utf8 and b"Your rating" in source.head_in_utf8


def _is_scores(source: Source) -> bool:
    return _is_object(source) and b'"participants"' in source.head_in_utf8 and b'"ratings"' in source.head_in_utf8


def _is_report(source: Source) -> bool:
    return (
        _is_object(source)
        and b'"summary_statistics"' in source.head_in_utf8
        and b'"benchmark_thresholds"' in source.head_in_utf8
    )


def _is_object(source: Source) -> bool:
    return source.head_in_utf8.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def _columns(rows: TypedRows, layout: Layout) -> Mapping[str, pa.Array]:
    answers = {item: rows.coded(item, ANSWERS, required=True) for item in SUS_ITEMS}
    return {
        "respondent": rows.text("respondent", required=True),
        **answers,
        "sus": sus_scores(list(answers.values())),
        "role": rows.text("role"),
        "answered_on": rows.date("answered_on"),
    }


def _facts(table: pa.Table) -> dict[str, Any]:
    counted = table.group_by(["role", "sus"]).aggregate([([], "count_all")]).to_pylist()
    everybody: Counter[Decimal] = Counter()
    roles: dict[str, Counter[Decimal]] = {}
    for group in counted:
        score, number = group["sus"].quantize(Decimal("0.1")), group["count_all"]
        everybody[score] += number
        if group["role"]:
            roles.setdefault(group["role"], Counter())[score] += number
    by_role = {role: sus_facts(roles[role]) for role in sorted(roles)}
    return sus_facts(everybody) | ({"by_role": by_role} if by_role else {})


def _scores(source: Source) -> ParseResult:
    """One object per participant: `participant_id`, `ratings` (ten levels), `user_type`, and a score to check."""
    document = read_array(source, "participants")
    if not document.elements:
        raise no_rows()
    issues, rows = Issues(), []
    for element in document.elements:
        entry, where = element.value, Where(line=element.line)
        answers = entry.get("ratings") if isinstance(entry, Mapping) else None
        name = entry.get("participant_id") if isinstance(entry, Mapping) else None
        if not _are_levels(answers) or not isinstance(name, str | int):
            _tell_unscorable(issues, where)
            continue
        role = entry.get("user_type")
        _check_printed(entry.get("sus_score"), sus_score(answers), issues, where)
        rows.append(_row(words(str(name)), answers, element.line, role=words(role) if isinstance(role, str) else None))
    return _result(source, rows, issues, read=len(document.elements))


def _form(source: Source) -> ParseResult:
    """One respondent. The form names nobody, so the row is named by the digest of its text."""
    issues = Issues()
    answers: list[int | None] = []
    first = 1
    for number, answer in _ratings(source):
        first = number if not answers else first
        answers.append(int(answer) if answer in ("1", "2", "3", "4", "5") else None)
    rows = []
    if _are_levels(answers):
        rows.append(_row(_name_of(source), answers, first))
    else:
        _tell_unscorable(issues, Where(line=first))
    return _result(source, rows, issues, read=1)


def _name_of(source: Source) -> str:
    """The first digits of the digest of a form's lines in UTF-8, each ended by LF.

    One form saved in two encodings, with other line ends or compressed is one respondent; as UTF-8 with LF, which
    forms mostly are, the digest is that of the file.
    """
    return digest_of_chunks(f"{line}\n".encode() for _, line in source.lines()).removeprefix(DIGEST_PREFIX)[:12]


def _ratings(source: Source) -> Iterator[tuple[int, str]]:
    """The answers below the heading `Questions`; above it stands the example of the instructions."""
    below = False
    for number, line in source.lines():
        below = below or bool(_QUESTIONS.match(line))
        match = _RATING.match(line) if below else None
        if match:
            yield number, (match.group(1) or "").strip("`*_ ")


def _report(source: Source) -> ParseResult:
    """A report of means: facts to compare with, but no respondents to measure."""
    content = read_json_object(source)
    groups = content.get("summary_statistics")
    if not isinstance(groups, Mapping):
        raise ParseError(
            "unexpected_shape",
            Text(zh="报告缺少 summary_statistics。", en="The report lacks `summary_statistics`."),
            hint=ORIGINAL_FILE,
        )
    issues = Issues()
    issues.add(
        "summary_only",
        Text(
            zh="该文件只有汇总结果，没有每位受访者的回答，不能用于计算。",
            en="The file holds means only, no answers of respondents; nothing can be measured from it.",
        ),
        hint=Text(zh="请上传每位受访者的回答。", en="Upload the answers of each respondent."),
    )
    names = {"count": "respondents", "mean": "sus_mean", "std": "sus_sd", "min": "sus_min", "max": "sus_max"}
    facts = {
        words(group): {name: figures[key] for key, name in names.items() if _is_number(figures.get(key))}
        for group, figures in groups.items()
        if isinstance(figures, Mapping)
    }
    lines = sum(1 for _ in source.lines())
    return ParseResult(
        facts={"groups": facts},
        tables={},
        coverage=Coverage(lines, lines, 0),
        issues=tuple(issues.listed),
        issue_counts=issues.counts,
        encoding=source.text_encoding,
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _are_levels(answers: Any) -> TypeGuard[list[int]]:
    return (
        isinstance(answers, list)
        and len(answers) == len(SUS_ITEMS)
        and all(isinstance(level, int) and not isinstance(level, bool) and 1 <= level <= 5 for level in answers)
    )


def _row(respondent: str, answers: list[int], line: int, *, role: str | None = None) -> dict[str, Any]:
    levels = dict(zip(SUS_ITEMS, answers, strict=True))
    return {"respondent": respondent, **levels, "sus": sus_score(answers), "role": role, "line": line}


def _result(source: Source, rows: list[dict[str, Any]], issues: Issues, *, read: int) -> ParseResult:
    names = ("respondent", *SUS_ITEMS, "sus", "role", "line")
    table = SURVEY_RESPONSES.table({name: [row[name] for row in rows] for name in names})
    return ParseResult(
        facts=_facts(table),
        tables={SURVEY_RESPONSES.name: table},
        coverage=Coverage(read, len(rows), read - len(rows)),
        issues=tuple(issues.listed),
        issue_counts=issues.counts,
        encoding=source.text_encoding,
    )


def _check_printed(printed: Any, score: Decimal, issues: Issues, where: Where) -> None:
    if _is_number(printed) and printed != score:
        issues.add(
            "score_differs",
            Text(
                zh=f"文件中的得分 {printed} 与按标准公式计算的 {score} 不符，以后者为准。",
                en=f"The printed score {printed} is not the {score} of the standard formula, which counts.",
            ),
            where=where,
        )


def _tell_unscorable(issues: Issues, where: Where) -> None:
    issues.add(
        "unscorable",
        Text(
            zh="该问卷没有恰好十个 1–5 的回答，未计分。",
            en="The questionnaire does not hold exactly ten answers from 1 to 5 and is not scored.",
        ),
        where=where,
        severity=Severity.WARNING,
    )


PARSER = Sus()
