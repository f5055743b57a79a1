"""Declarations: what a centre says about itself where no record can be measured – a value, or a checklist.

One declaration, or a list of them under `declarations`; contract 1. A value carries its unit; a checklist item is
`yes` or `no`. Unknown fields are errors, because a misspelt one would be a silent omission.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import re2

from core.errors import InputError, ParseError
from core.quantity import read_number
from core.text import Text
from core.yaml_document import Path, YamlDocument
from evidence.observations.declarations import DECLARATIONS
from evidence.parsers.base import CONTRACT, Coverage, Issues, ParseResult, Severity
from evidence.parsers.columns.figures import figure
from evidence.parsers.documents.yaml_documents import add_line, read_document
from evidence.parsers.tables.table_batches import no_rows
from evidence.parsers.text.log_lines import words
from evidence.parsers.text.source import Source

LONGEST_STATEMENT = 2_000
YES_NO = {"yes": True, "no": False, "是": True, "否": False, True: True, False: False}

_FIELDS = frozenset(
    (
        "indicator",
        "value",
        "unit",
        "items",
        "statement",
        "documents",
        "declared_by",
        "declared_on",
        "witnessed_by",
    )
)
_HEAD = re2.compile(rb"(?m)^(?:declarations\s*:|indicator\s*:)")
_CODE = re2.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
# An item of a checklist, or a point, series or job as its own system calls it.
_ITEM = re2.compile(r"[\pL\pN_][\pL\pN_ .:/#,\[\]()（）-]*")
LONGEST_ITEM = 80
_DIGEST = re2.compile(r"sha256:[0-9a-f]{64}")
_DATE = re2.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Declaration:
    format = "declaration"
    version = "2"
    title = Text(zh="声明（YAML）", en="Declaration (YAML)")
    kinds = (DECLARATIONS.name,)

    def recognises(self, source: Source) -> bool:
        return _HEAD.search(source.head_in_utf8) is not None

    def parse(self, source: Source) -> ParseResult:
        document = read_document(source)
        _check_contract(document)
        reader = _Reader(document)
        rows = reader.rows()
        columns = {name: [row[name] for row in rows] for name in _COLUMNS}
        lines = sum(1 for _, line in source.lines() if line.strip())
        return ParseResult(
            facts={
                "declarations": len({row["indicator"] for row in rows}),
                "indicators": sorted({row["indicator"] for row in rows}),
                "items_met": sum(row["met"] is True for row in rows),
                "items_not_met": sum(row["met"] is False for row in rows),
            },
            tables={DECLARATIONS.name: DECLARATIONS.table(columns)},
            coverage=Coverage(lines, lines - len(reader.faulty_lines), len(reader.faulty_lines)),
            issues=tuple(reader.issues.listed),
            issue_counts=reader.issues.counts,
            encoding=source.text_encoding,
        )


# What only a scan that was keyed tells stays empty.
_COLUMNS = tuple(
    column.name for column in DECLARATIONS.columns if column.name not in ("document", "page", "expires_on", "cell")
)


def _check_contract(document: YamlDocument) -> None:
    if document.content.get("contract") != CONTRACT:
        raise ParseError(
            "unknown_contract",
            Text(zh=f"声明须写明 contract: {CONTRACT}。", en=f"A declaration must say `contract: {CONTRACT}`."),
            where=document.where("contract"),
            hint=add_line(f"contract: {CONTRACT}"),
        )


class _Reader:
    """Turns declarations into rows; `faulty_lines` are those that could not be used."""

    def __init__(self, document: YamlDocument) -> None:
        self.issues = Issues()
        self.faulty_lines: set[int] = set()
        self._document = document
        self._seen: set[tuple[str, str | None]] = set()

    def rows(self) -> list[dict[str, Any]]:
        content = self._document.content
        if "declarations" not in content:
            own = {key: value for key, value in content.items() if key != "contract"}
            return self._declaration(own, ())
        for key in sorted(content.keys() - {"contract", "declarations"}):
            self._fault("unknown_field", (key,), key)
        declared = content["declarations"]
        if not isinstance(declared, list) or not declared:
            raise no_rows()
        rows: list[dict[str, Any]] = []
        for index, entry in enumerate(declared):
            if isinstance(entry, dict):
                rows += self._declaration(entry, ("declarations", index))
            else:
                self._fault("bad_value", ("declarations", index), "declarations")
        return rows

    def _declaration(self, entry: dict[str, Any], path: Path) -> list[dict[str, Any]]:
        for key in sorted(entry.keys() - _FIELDS):
            self._fault("unknown_field", (*path, key), key)
        indicator = entry.get("indicator")
        if not isinstance(indicator, str) or not _CODE.fullmatch(indicator):
            self._fault("bad_value" if indicator else "missing_field", (*path, "indicator"), "indicator")
            return []
        if ("value" in entry) == ("items" in entry):
            self._fault("value_or_items", path, indicator)
            return []
        shared = {
            "indicator": indicator,
            "statement": self._text(entry, "statement", path),
            "documents": self._documents(entry.get("documents"), (*path, "documents")),
            "declared_by": self._text(entry, "declared_by", path),
            "declared_on": self._date(entry.get("declared_on"), (*path, "declared_on")),
            "witnessed_by": self._text(entry, "witnessed_by", path),
        }
        return self._value(entry, path, shared) if "value" in entry else self._items(entry["items"], path, shared)

    def _value(self, entry: dict[str, Any], path: Path, shared: dict[str, Any]) -> list[dict[str, Any]]:
        value, unit = _number(entry["value"]), entry.get("unit")
        if value is None:
            self._fault("not_a_number", (*path, "value"), "value")
            return []
        if not isinstance(unit, str) or not unit.strip():
            self._fault("missing_unit", (*path, "value"), "unit")
            return []
        return self._once(shared | {"item": None, "value": value, "unit": words(unit), "met": None}, (*path, "value"))

    def _items(self, items: Any, path: Path, shared: dict[str, Any]) -> list[dict[str, Any]]:
        if not isinstance(items, dict) or not items:
            self._fault("bad_value", (*path, "items"), "items")
            return []
        rows: list[dict[str, Any]] = []
        for item, answer in items.items():
            place = (*path, "items", item)
            met = YES_NO.get(answer) if isinstance(answer, str | bool) else None
            if met is None or len(item) > LONGEST_ITEM or not _ITEM.fullmatch(item):
                self._fault("not_yes_or_no", place, item)
                continue
            rows += self._once(shared | {"item": item, "value": None, "unit": None, "met": met}, place)
        return rows

    def _once(self, row: dict[str, Any], path: Path) -> list[dict[str, Any]]:
        key = (row["indicator"], row["item"])
        if key in self._seen:
            self._fault("declared_twice", path, ".".join(part for part in key if part))
            return []
        self._seen.add(key)
        return [row | {"line": self._document.where(*path).line or 1}]

    def _text(self, entry: dict[str, Any], name: str, path: Path) -> str | None:
        value = entry.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or len(value) > LONGEST_STATEMENT:
            self._fault("bad_value", (*path, name), name)
            return None
        return words(value) or None

    def _documents(self, named: Any, path: Path) -> int:
        """How many documents support it: distinct digests, so that naming one twice is no second proof."""
        if named is None:
            return 0
        if not isinstance(named, list):
            self._fault("bad_digest", path, "documents")
            return 0
        good: set[str] = set()
        for index, digest in enumerate(named):
            if isinstance(digest, str) and _DIGEST.fullmatch(digest):
                good.add(digest)
            else:
                self._fault("bad_digest", (*path, index), "documents")
        return len(good)

    def _date(self, value: Any, path: Path) -> dt.date | None:
        if value is None:
            return None
        if isinstance(value, str) and _DATE.fullmatch(value):
            try:
                return dt.date.fromisoformat(value)
            except ValueError:
                pass
        self._fault("bad_date", path, "declared_on")
        return None

    def _fault(self, code: str, path: Path, name: str) -> None:
        message, hint = _WORDS[code]
        where = self._document.where(*path)
        self.faulty_lines.add(where.line or 1)
        self.issues.add(
            code,
            message.filled(name=words(str(name))[:80]),
            where=where,
            severity=Severity.ERROR,
            hint=hint,
        )


def _number(value: Any) -> Decimal | None:
    if isinstance(value, str):
        try:
            return figure(read_number(value))
        except InputError:
            return None
    return figure(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


_WORDS: dict[str, tuple[Text, Text | None]] = {
    "unknown_field": (
        Text(zh="声明没有“{name}”这一项。", en="A declaration has no field `{name}`."),
        Text(zh=f"可用的项：{', '.join(sorted(_FIELDS))}", en=f"Known fields: {', '.join(sorted(_FIELDS))}"),
    ),
    "missing_field": (Text(zh="声明缺少“{name}”。", en="The declaration lacks `{name}`."), None),
    "bad_value": (Text(zh="“{name}”的值无法使用。", en="The value of `{name}` cannot be used."), None),
    "value_or_items": (
        Text(
            zh="“{name}”须写明 value 或 items 之一，且只能写一个。",
            en="`{name}` needs either `value` or `items`, and only one of them.",
        ),
        None,
    ),
    "not_a_number": (
        Text(zh="“{name}”不是数字。", en="`{name}` is not a number."),
        Text(zh='请写成 "12.5"，不带单位和百分号。', en='Write "12.5", without unit or percent sign.'),
    ),
    "missing_unit": (
        Text(zh="数值没有单位，系统不会猜测。", en="The value has no unit, and none is guessed."),
        Text(zh='请补充 unit，例如 unit: "L"。', en='Add `unit`, such as unit: "L".'),
    ),
    "not_yes_or_no": (
        Text(zh="清单项“{name}”应为 yes 或 no。", en="The item `{name}` must be yes or no."),
        None,
    ),
    "declared_twice": (
        Text(zh="“{name}”声明了两次。", en="`{name}` is declared twice."),
        Text(zh="请只保留其中一个。", en="Keep only one of them."),
    ),
    "bad_digest": (
        Text(
            zh="“{name}”应为文件摘要列表（sha256: 加 64 位十六进制）。",
            en="`{name}` must list digests (`sha256:` and 64 hexadecimal digits).",
        ),
        None,
    ),
    "bad_date": (
        Text(zh="“{name}”不是日期。", en="`{name}` is not a date."),
        Text(zh="请写成 2026-03-20。", en="Write 2026-03-20."),
    ),
}

PARSER = Declaration()
