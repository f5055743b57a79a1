"""YAML as rubrics use it: numbers stay exact, quoted text stays text, every node knows file and line.

The language is a small part of YAML 1.2: one document of mappings, lists and scalars. Tags, anchors, aliases,
directives, tabs, duplicate keys and words that other YAML readers would change (`no`, `010`, `1e3`,
`12:30:00`, an unquoted date) are refused. Nothing is ever constructed from a tag.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from unicodedata import category

import re2
from yaml.error import YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from core.errors import RubricError
from core.provenance import Where
from core.quantity import LONGEST_NUMBER
from core.text import Text
from core.yaml_events import NOT_TEXT, Slip, events, place, slip
from indicators.rubric.faults import Faults

LARGEST_FILE = 1024 * 1024
DEEPEST = 20

_NUMBER = re2.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
# What YAML 1.1, YAML 1.2 or a spreadsheet would turn into something else than the text that stands there.
_AMBIGUOUS = re2.compile(
    r"(?i)y|n|yes|no|on|off|true|false|null"
    r"|[+-]?[0-9][0-9_]*(\.[0-9_]*)?(e[+-]?[0-9]+)?|[+-]?\.[0-9_]+(e[+-]?[0-9]+)?"
    r"|[+-]?0[xob][0-9a-f_]+|[+-]?\.inf|\.nan|[+-]?[0-9][0-9_]*(:[0-9]+)+(\.[0-9_]*)?"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([t \t].*)?"
)


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value: text, an exact number, a truth value or nothing."""

    value: str | Decimal | bool | None
    where: Where
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Value, ...]
    where: Where


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping; `keys` tells where each key stands."""

    entries: Mapping[str, Value]
    keys: Mapping[str, Where]
    where: Where


Value = Scalar | Items | Entries


def read_yaml(content: bytes, *, file: str) -> Value:
    """The one document of a file.

    Args:
        content: at most 1 MiB of UTF-8.
        file: path inside the rubric folder, as faults name it.

    Raises:
        RubricError: with every fault the reader could see, each with its line.
    """
    faults = Faults()
    text = _text(content, file, faults)
    value: Value | None = None
    if text is not None:
        try:
            value = _Builder(file, faults).build(events(text))
        except _Stop:
            pass
        except (YAMLError, ValueError) as error:
            _add_slip(slip(error, text), file, faults)
    faults.raise_if_any()
    return value if value is not None else Scalar(None, Where(file=file, line=1))


def authored(value: Value) -> Any:
    """The content as it was written, as plain JSON values: numbers become text, nothing is filled in."""
    match value:
        case Scalar(value=Decimal() as number):
            return format(number, "f")
        case Scalar(value=plain):
            return plain
        case Items(items=items):
            return [authored(item) for item in items]
        case Entries(entries=entries):
            return {key: authored(item) for key, item in entries.items()}


def from_authored(content: Any, *, file: str) -> Value:
    """The way back from `authored`, for content kept in a database: same meaning, no lines."""
    where = Where(file=file)
    match content:
        case dict():
            entries = {str(key): from_authored(item, file=file) for key, item in content.items()}
            return Entries(entries, dict.fromkeys(entries, where), where)
        case list():
            return Items(tuple(from_authored(item, file=file) for item in content), where)
        case bool() | None | str():
            return Scalar(content, where, quoted=isinstance(content, str))
    raise RubricError(
        "not_authored_content",
        Text(zh="内容不是规范形式。", en="The content is not in its canonical form."),
        where=where,
    )


_NO_CHARACTER = Text(
    zh="文本含有控制字符或无效的字符（写作转义）。",
    en="The text holds a control character, or an escape that is no character.",
)


class _Stop(Exception):
    """Reading on would be pointless or unsafe; the fault is already noted."""


@dataclass
class _Open:
    """A collection that is being filled."""

    where: Where
    keys: dict[str, Where] | None  # None: a list
    entries: dict[str, Value] = field(default_factory=dict)
    items: list[Value] = field(default_factory=list)
    key: str | None = None
    spoilt: bool = False  # the key at hand was refused; its value is read and dropped


class _Builder:
    """Turns parser events into positioned values without recursion."""

    def __init__(self, file: str, faults: Faults) -> None:
        self._file = file
        self._faults = faults
        self._open: list[_Open] = []
        self._documents = 0
        self._value: Value | None = None

    def build(self, read: Iterator[Event]) -> Value | None:
        for event in read:
            self._take(event)
        return self._value

    def _take(self, event: Event) -> None:
        line, column = place(event)
        where = Where(file=self._file, line=line)
        match event:
            case DocumentStartEvent():
                self._start_document(event, where)
            case AliasEvent():
                self._refuse("yaml_alias", where, column, zh="不允许使用别名", en="Aliases are not allowed")
            case MappingStartEvent() | SequenceStartEvent():
                self._plain_node(event, where, column)
                if len(self._open) >= DEEPEST:
                    self._refuse("too_deep", where, column, zh=f"嵌套超过 {DEEPEST} 层", en=f"Deeper than {DEEPEST}")
                self._open.append(_Open(where, {} if isinstance(event, MappingStartEvent) else None))
            case MappingEndEvent():
                closed = self._open.pop()
                self._place(Entries(closed.entries, closed.keys or {}, closed.where), where)
            case SequenceEndEvent():
                closed = self._open.pop()
                self._place(Items(tuple(closed.items), closed.where), where)
            case ScalarEvent():
                self._plain_node(event, where, column)
                self._storable(event.value, where)
                self._place(self._scalar(event, where), where)

    def _start_document(self, event: DocumentStartEvent, where: Where) -> None:
        self._documents += 1
        if self._documents > 1:
            self._refuse("two_documents", where, 1, zh="一个文件只能有一个文档", en="One document per file")
        if event.version or event.tags:
            self._refuse("yaml_directive", where, 1, zh="不允许使用 YAML 指令", en="YAML directives are not allowed")

    def _plain_node(self, event: NodeEvent, where: Where, column: int) -> None:
        if event.anchor is not None:
            self._refuse("yaml_anchor", where, column, zh="不允许使用锚点", en="Anchors are not allowed")
        if getattr(event, "tag", None) is not None:
            self._refuse("yaml_tag", where, column, zh="不允许使用标签", en="Tags are not allowed")

    def _refuse(self, code: str, where: Where, column: int, *, zh: str, en: str) -> None:
        self._faults.add(code, where, zh=f"{zh}（第 {column} 列）。", en=f"{en} (column {column}).")
        raise _Stop

    def _storable(self, text: str, where: Where) -> None:
        """Half characters and control characters, written as escapes, that no file, database or page could hold."""
        if not text.isprintable() and any(category(sign) in ("Cc", "Cs") and sign != "\n" for sign in text):
            self._faults.add("not_text", where, zh=_NO_CHARACTER.zh, en=_NO_CHARACTER.en)

    def _scalar(self, event: ScalarEvent, where: Where) -> Scalar:
        text: str = event.value
        if event.style in ("'", '"', "|", ">"):
            return Scalar(text, where, quoted=True)
        if text in ("", "~", "null"):
            return Scalar(None, where)
        if text in ("true", "false"):
            return Scalar(text == "true", where)
        if _NUMBER.fullmatch(text):
            if len(text) > LONGEST_NUMBER:
                self._faults.add(
                    "number_too_long",
                    where,
                    zh=f"数字超过 {LONGEST_NUMBER} 个字符。",
                    en=f"The number is longer than {LONGEST_NUMBER} characters.",
                )
                return Scalar(None, where)
            return Scalar(Decimal(text).copy_abs() if Decimal(text).is_zero() else Decimal(text), where)
        if _AMBIGUOUS.fullmatch(text):
            self._faults.add(
                "ambiguous_word",
                where,
                zh=f"“{text}”在不同的 YAML 读取器中含义不同。",
                en=f"“{text}” means different things to different YAML readers.",
                hint=Text(
                    zh="请加引号；逻辑值写 true 或 false，数字写普通十进制。",
                    en="Quote it; write truth as true or false and numbers as plain decimals.",
                ),
            )
        return Scalar(text, where)

    def _place(self, value: Value, where: Where) -> None:
        if not self._open:
            self._value = value
            return
        parent = self._open[-1]
        if parent.keys is None:
            parent.items.append(value)
        elif parent.key is None and not parent.spoilt:
            self._key(parent, value)
        else:
            if parent.key is not None:
                parent.entries[parent.key] = value
            parent.key, parent.spoilt = None, False

    def _key(self, parent: _Open, value: Value) -> None:
        assert parent.keys is not None  # noqa: S101 – only mappings have keys
        key = _key_text(value)
        if key is None:
            parent.spoilt = True
            self._faults.add("bad_key", value.where, zh="键必须是文本。", en="A key must be text.")
        elif key in parent.keys:
            parent.spoilt = True
            first = parent.keys[key].line
            self._faults.add(
                "duplicate_key",
                value.where,
                zh=f"键“{key}”出现两次：第 {first} 行和第 {value.where.line} 行。",
                en=f"The key “{key}” stands twice: on line {first} and on line {value.where.line}.",
                hint=Text(zh="请只保留一个。", en="Keep one of them."),
            )
        else:
            parent.keys[key] = value.where
            parent.key = key


def _key_text(value: Value) -> str | None:
    """Keys are text; a plain number is taken as written, since levels and cases are numbered."""
    if isinstance(value, Scalar):
        if isinstance(value.value, str):
            return value.value
        if isinstance(value.value, Decimal):
            return format(value.value, "f")
    return None


def _text(content: bytes, file: str, faults: Faults) -> str | None:
    where = Where(file=file, line=1)
    if len(content) > LARGEST_FILE:
        faults.add("file_too_large", where, zh="文件超过 1 MiB。", en="The file is larger than 1 MiB.")
        return None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        faults.add("not_utf8", Where(file=file, line=line), zh="文件不是 UTF-8。", en="The file is not UTF-8.")
        return None
    for number, line_text in enumerate(text.split("\n"), start=1):
        if (column := line_text.find("\t")) >= 0:
            faults.add(
                "tab",
                Where(file=file, line=number),
                zh=f"第 {column + 1} 列有制表符。",
                en=f"There is a tab in column {column + 1}.",
                hint=Text(zh="请用空格缩进。", en="Indent with blanks."),
            )
            return None
    return text


def _add_slip(found: Slip, file: str, faults: Faults) -> None:
    where = Where(file=file, line=found.line)
    if found.problem == NOT_TEXT:
        faults.add("not_text", where, zh=_NO_CHARACTER.zh, en=_NO_CHARACTER.en)
        return
    column = found.column or 1
    faults.add(
        "yaml_syntax",
        where,
        zh=f"YAML 语法错误（第 {column} 列）：{found.problem}。",
        en=f"YAML syntax error (column {column}): {found.problem}.",
    )
