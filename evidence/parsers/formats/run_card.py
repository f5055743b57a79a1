"""Run cards: what no training log says about itself – model, system and precision, named by the log's digest.

One row per log. Shape: `docs/formats/run_card.md`, contract 1. Of a mixture of experts the card tells how many
parameters are active, since FLOP count of these alone (scheme §3.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import re2

from core.errors import InputError, ParseError
from core.provenance import Where
from core.quantity import read_number
from core.text import Text
from core.yaml_document import YamlDocument
from evidence.observations.run_cards import RUN_CARDS
from evidence.parsers.base import CONTRACT, Coverage, Issues, ParseResult, Severity
from evidence.parsers.columns.figures import count, figure
from evidence.parsers.documents.yaml_documents import add_line, read_document
from evidence.parsers.text.log_lines import words
from evidence.parsers.text.source import Source

WORKLOADS = ("reference_dense", "reference_moe", "operator_job")
OBJECTIVES = ("pretrain", "lora", "inference")
PRECISIONS = ("fp32", "tf32", "bf16", "fp16", "fp8", "fp4", "int8")

_DIGEST = re2.compile(r"sha256:[0-9a-f]{64}")
_HEAD = re2.compile(rb"(?m)^(?:model|system)\s*:")
_WORKLOAD = re2.compile(rb"(?m)^workload\s*:")
_EXPERTS = re2.compile(r"(?i)\b(?:moe|experts?|mixtral|[0-9]{1,4}x[0-9]{1,4}(?:\.[0-9]{1,3})?b)\b|专家")
_WHAT_IS_ACTIVE = Text(
    zh='请填写每个词元实际用到的参数量（路由选中的与共享的专家，加注意力等），例如 params_active: "12.9e9"。',
    en="Write how many parameters a token uses: those of the routed and shared experts, attention and so on; such as "
    'params_active: "12.9e9".',
)


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of the card: where it stands, the column it fills, and what it may hold."""

    path: tuple[str, ...]
    column: str
    kind: str  # text | count | figure
    choices: tuple[str, ...] = ()
    required: bool = True


_FIELDS = (
    _Field(("workload",), "workload", "text", WORKLOADS),
    _Field(("model", "name"), "model", "text"),
    _Field(("model", "params"), "params", "figure"),
    _Field(("model", "params_active"), "params_active", "figure", required=False),
    _Field(("model", "layers"), "layers", "count", required=False),
    _Field(("model", "hidden"), "hidden", "count", required=False),
    _Field(("model", "seq_len"), "sequence_length", "count"),
    _Field(("model", "objective"), "objective", "text", OBJECTIVES),
    _Field(("system", "accelerator"), "accelerator", "text"),
    _Field(("system", "accelerators"), "accelerators", "count"),
    _Field(("system", "nodes"), "nodes", "count", required=False),
    _Field(("system", "precision"), "precision", "text", PRECISIONS),
    _Field(("witnessed_by",), "witnessed_by", "text", required=False),
)
_NEEDED = ("params_active", *(field.column for field in _FIELDS if field.required))
_KNOWN = {
    (): {"contract", "evidence", "workload", "model", "system", "witnessed_by"},
    ("model",): {field.path[1] for field in _FIELDS if field.path[0] == "model"},
    ("system",): {field.path[1] for field in _FIELDS if field.path[0] == "system"},
}


class RunCard:
    format = "run_card"
    version = "2"
    title = Text(zh="运行卡", en="Run card")
    kinds = (RUN_CARDS.name,)

    def recognises(self, source: Source) -> bool:
        head = source.head_in_utf8
        return _WORKLOAD.search(head) is not None and _HEAD.search(head) is not None

    def parse(self, source: Source) -> ParseResult:
        card = read_document(source)
        issues = Issues()
        _check_contract(card)
        _tell_unknown(card, issues)
        logs = _logs(card, issues)
        row = {field.column: _value(card, field, issues) for field in _FIELDS}
        row["params_active"] = _active(card, row, issues)
        complete = all(row[column] is not None for column in _NEEDED)
        rows = logs if complete else []
        columns: dict[str, list[Any]] = {name: [value] * len(rows) for name, value in row.items()}
        columns |= {"log": [log for log, _ in rows], "line": [line for _, line in rows]}
        lines = sum(1 for _ in source.lines())
        return ParseResult(
            facts={**row, "logs": [log for log, _ in logs]},
            tables={RUN_CARDS.name: RUN_CARDS.table(columns)},
            coverage=Coverage(lines, lines if rows else 0, 0 if rows else len(issues.listed[:lines])),
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding=source.text_encoding,
        )


def _check_contract(card: YamlDocument) -> None:
    if card.content.get("contract") != CONTRACT:
        raise ParseError(
            "unknown_contract",
            Text(zh=f"运行卡须写明 contract: {CONTRACT}。", en=f"A run card must say `contract: {CONTRACT}`."),
            where=card.where("contract"),
            hint=add_line(f"contract: {CONTRACT}"),
        )


def _tell_unknown(card: YamlDocument, issues: Issues) -> None:
    for path, known in _KNOWN.items():
        section = _at(card.content, path)
        for key in section if isinstance(section, dict) else ():
            if key not in known:
                name = words(".".join((*path, key)))
                issues.add(
                    "unknown_field",
                    Text(zh=f"运行卡没有“{name}”这一项。", en=f"A run card has no field `{name}`."),
                    where=card.where(*path, key),
                    severity=Severity.ERROR,
                )


def _logs(card: YamlDocument, issues: Issues) -> list[tuple[str, int]]:
    """The digests the card speaks of, each with its line; a card for a set names several."""
    named = card.content.get("evidence")
    items = named if isinstance(named, list) else [named]
    logs: list[tuple[str, int]] = []
    for index, item in enumerate(items):
        where = card.where("evidence", index) if isinstance(named, list) else card.where("evidence")
        if isinstance(item, str) and _DIGEST.fullmatch(item):
            if item not in (log for log, _ in logs):
                logs.append((item, where.line or 1))
            continue
        _wrong(
            issues,
            "bad_digest",
            "evidence",
            where,
            Text(zh="应为 sha256: 加 64 位十六进制小写", en="`sha256:` and 64 lower-case hexadecimal digits"),
        )
    return logs


def _value(card: YamlDocument, field: _Field, issues: Issues) -> str | int | Decimal | None:
    name, where = ".".join(field.path), card.where(*field.path)
    value = _at(card.content, field.path)
    if value is None:
        if field.required:
            issues.add(
                "missing_field",
                Text(zh=f"运行卡缺少“{name}”。", en=f"The run card lacks `{name}`."),
                where=where,
                severity=Severity.ERROR,
            )
        return None
    if field.kind == "text":
        return _text(value, field, name, where, issues)
    number = _number(value)
    read = count(number) if field.kind == "count" else figure(number)
    if read is None or read <= 0:
        expected = Text(zh="应为正整数", en="a whole number above zero")
        if field.kind == "figure":
            expected = Text(zh='应为正数，例如 "175e9"', en='a number above zero, such as "175e9"')
        _wrong(issues, "not_a_number", name, where, expected)
        return None
    return read


def _active(card: YamlDocument, row: Mapping[str, Any], issues: Issues) -> Decimal | None:
    """How many parameters are active: all, but for a mixture of experts; null where that is not told, or cannot be."""
    told: Decimal | None = row["params_active"]
    everything: Decimal | None = row["params"]
    mixture = row["workload"] == "reference_moe" or bool(_EXPERTS.search(row["model"] or ""))
    where = card.where("model", "params_active")
    if told is None and not mixture:
        return everything
    if told is None:
        if _at(card.content, ("model", "params_active")) is None:
            issues.add(
                "missing_field",
                Text(
                    zh="混合专家模型的运行卡缺少“model.params_active”。",
                    en="The run card of a mixture of experts lacks `model.params_active`.",
                ),
                where=where,
                severity=Severity.ERROR,
                hint=_WHAT_IS_ACTIVE,
            )
        return None
    if everything is not None and (told > everything or (mixture and told == everything)):
        issues.add(
            "too_many_active",
            Text(
                zh=f"激活参数量{'须小于' if mixture else '不能大于'}“model.params”。",
                en=f"The active parameters must be {'fewer' if mixture else 'no more'} than `model.params`.",
            ),
            where=where,
            severity=Severity.ERROR,
            hint=_WHAT_IS_ACTIVE,
        )
        return None
    return told


def _text(value: object, field: _Field, name: str, where: Where, issues: Issues) -> str | None:
    text = words(value) if isinstance(value, str) else ""
    if text and (not field.choices or text in field.choices):
        return text
    expected = Text(zh="应为加引号的文字", en="quoted text")
    if field.choices:
        listed = " | ".join(field.choices)
        expected = Text(zh=f"可选值：{listed}", en=f"one of {listed}")
    _wrong(issues, "bad_value", name, where, expected)
    return None


def _number(value: object) -> Decimal | None:
    if isinstance(value, str):
        try:
            return read_number(value)
        except InputError:
            return None
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def _wrong(issues: Issues, code: str, name: str, where: Where, expected: Text) -> None:
    issues.add(
        code,
        Text(
            zh=f"“{name}”的值无法使用：{expected.zh}。",
            en=f"The value of `{name}` cannot be used: expected {expected.en}.",
        ),
        where=where,
        severity=Severity.ERROR,
    )


def _at(content: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        content = content.get(key) if isinstance(content, dict) else None
    return content


PARSER = RunCard()
