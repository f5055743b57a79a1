"""One strict YAML document: plain values, and the line of each.

Numbers become `int` or `Decimal` from their source text. Tags, anchors, aliases, several documents, repeated keys,
deep nesting and scalars that YAML readers understand differently (`010`, `1_000`, `.5`, `.inf`) are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import re2
from yaml import events as e
from yaml.error import YAMLError

from core.errors import ParseError
from core.provenance import Where
from core.quantity import LONGEST_NUMBER
from core.text import Text
from core.yaml_events import NOT_TEXT, TAB, events, place, slip

DEEPEST = 20

Path = tuple[str | int, ...]

_INTEGER = re2.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re2.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?")
# What some YAML reader takes for a number, though not ours: octal, hexadecimal, sexagesimal, separators, infinities.
_DOUBTFUL = re2.compile(
    r"[-+]?(0[0-9_]+|0[xXoO][0-9a-fA-F_]+|[0-9][0-9_]*_[0-9_.]*|[0-9]*\.|\.[0-9_]+.*|\.(?i:inf|nan))"
)


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A mapping of plain values (`dict`, `list`, `str`, `int`, `Decimal`, `bool`, None) and where each stands."""

    content: dict[str, Any]
    lines: dict[Path, int]

    def where(self, *path: str | int) -> Where:
        """The line of a value, or of the nearest thing around it that has one."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return Where(line=self.lines[path[:length]])
        return Where(line=1)


def read_mapping(text: str) -> YamlDocument:
    """Read a text that holds one YAML mapping.

    Raises:
        ParseError: `bad_yaml` (syntax, a second document, not a mapping), `forbidden_yaml` (tag, anchor, alias, depth
            over 20), `repeated_key`, `doubtful_scalar`; each with its line.
    """
    reader = _Reader(text)
    value = reader.document()
    if not isinstance(value, dict):
        raise bad_yaml("not a mapping", 1)
    return YamlDocument(value, reader.lines)


class _Reader:
    """Builds plain values from the event stream, so that nothing is constructed before it is checked."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._events = _events(text)

    def document(self) -> Any:
        value: Any = None
        documents = 0
        for event in self._events:
            if isinstance(event, e.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise bad_yaml("second document", _line(event))
                value = self._value(next(self._events), ())
        return value

    def _value(self, event: Any, path: Path) -> Any:
        self.lines[path] = _line(event)
        _refuse_unfit(event)
        if len(path) > DEEPEST:
            raise _forbidden("nesting", _line(event))
        if isinstance(event, e.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, e.SequenceStartEvent):
            return self._sequence(path)
        return _scalar(event)

    def _mapping(self, path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not isinstance(key := next(self._events), e.MappingEndEvent):
            _refuse_unfit(key)
            if not isinstance(key, e.ScalarEvent) or key.value == "<<":
                raise bad_yaml("key", _line(key))
            if key.value in mapping:
                raise _repeated(key.value, self.lines[*path, key.value], _line(key))
            mapping[key.value] = None
            value = self._value(next(self._events), (*path, key.value))
            self.lines[*path, key.value] = _line(key)
            mapping[key.value] = value
        return mapping

    def _sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), e.SequenceEndEvent):
            items.append(self._value(event, (*path, len(items))))
        return items


def _events(text: str) -> Iterator[Any]:
    try:
        yield from events(text)
    except (YAMLError, ValueError) as error:
        found = slip(error, text)
        raise bad_yaml(found.problem, found.line) from error


def _scalar(event: Any) -> Any:
    text: str = event.value
    if not event.implicit[0]:  # quoted or block style: text, whatever it looks like
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if len(text) <= LONGEST_NUMBER and _INTEGER.fullmatch(text):
        return int(text)
    if len(text) <= LONGEST_NUMBER and _DECIMAL.fullmatch(text):
        return Decimal(text)
    if _DOUBTFUL.fullmatch(text) or _DECIMAL.fullmatch(text):
        raise ParseError(
            "doubtful_scalar",
            Text(
                zh=f"“{text[:LONGEST_NUMBER]}”在 YAML 中有多种读法。",
                en=f"“{text[:LONGEST_NUMBER]}” is read differently by different YAML readers.",
            ),
            where=Where(line=_line(event)),
            hint=Text(
                zh="文字请加引号；数字请写成 1000 或 0.5 的形式。",
                en="Put text in quotes; write numbers as 1000 or 0.5.",
            ),
        )
    return text


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _line(event: e.Event) -> int:
    return place(event)[0]


def _refuse_unfit(event: Any) -> None:
    """Refuse what builds objects or copies, and text that is none (half a character, written as an escape)."""
    if isinstance(event, e.ScalarEvent) and not event.value.isprintable() and not _is_text(event.value):
        raise bad_yaml(NOT_TEXT, _line(event))
    if isinstance(event, e.AliasEvent):
        raise _forbidden("alias", _line(event))
    if getattr(event, "anchor", None) is not None:
        raise _forbidden("anchor", _line(event))
    if getattr(event, "tag", None) is not None:
        raise _forbidden("tag", _line(event))


_FORBIDDEN = {
    "alias": Text(zh="别名（*）", en="an alias (*)"),
    "anchor": Text(zh="锚点（&）", en="an anchor (&)"),
    "tag": Text(zh="标签（!）", en="a tag (!)"),
    "nesting": Text(zh=f"超过 {DEEPEST} 层的嵌套", en=f"nesting deeper than {DEEPEST} levels"),
}


def _forbidden(what: str, line: int) -> ParseError:
    thing = _FORBIDDEN[what]
    return ParseError(
        "forbidden_yaml",
        Text(zh=f"第 {line} 行：不接受{thing.zh}。", en=f"Line {line}: {thing.en} is not accepted."),
        where=Where(line=line),
        hint=Text(zh="请写成普通的键和值。", en="Write plain keys and values."),
    )


def _repeated(key: str, first: int, second: int) -> ParseError:
    shown = key[:LONGEST_NUMBER]
    return ParseError(
        "repeated_key",
        Text(
            zh=f"键“{shown}”在第 {first} 行和第 {second} 行重复出现。",
            en=f"The key “{shown}” stands in line {first} and again in line {second}.",
        ),
        where=Where(line=second),
        hint=Text(zh="请只保留其中一个。", en="Keep only one of them."),
    )


def bad_yaml(problem: str, line: int | None) -> ParseError:
    words = {
        "second document": Text(zh="文件含有多个 YAML 文档。", en="The file holds more than one YAML document."),
        "not a mapping": Text(zh="文件的最外层应为“键: 值”。", en="The file must be a mapping of keys to values."),
        NOT_TEXT: Text(zh="文件不是文本。", en="The file is not text."),
        "key": Text(zh="键必须是简单的文字。", en="A key must be plain text."),
    }
    place = "" if line is None else f"（第 {line} 行）"
    cause = next((f"：{said}" for sign, said in _CAUSES.items() if sign in problem), "")
    plain = Text(zh=f"YAML 语法错误{place}{cause}。", en=f"The YAML cannot be read: {problem[:80]}.")
    return ParseError(
        "bad_yaml",
        words.get(problem, plain),
        where=None if line is None else Where(line=line),
        hint=Text(zh="请对照模板检查缩进和冒号。", en="Compare indentation and colons with the template."),
    )


# The reader's own words are English; these are the slips people make.
_CAUSES = {
    TAB: "使用了制表符，请改用空格缩进",
    "cannot start any token": "有不能作为开头的字符，请把文字放入引号",
    "mapping values are not allowed": "缩进有误，或文字中的冒号未加引号",
    "could not find expected ':'": "键后缺少冒号",
    "did not find expected key": "缩进与上文不一致",
    "expected '-' indicator": "缩进与上文不一致",
    "expected ',' or": "方括号或花括号中缺少逗号，或没有收尾",
    "unexpected end of stream": "引号或括号没有收尾",
}
