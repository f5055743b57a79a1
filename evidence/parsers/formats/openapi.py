"""OpenAPI 3 documents of a service: how many operations, and how many of them are described, guarded and exemplified.

The counts support the checklist of interfaces; whether an operation does what it says, only a trial shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import re2

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from core.yaml_document import YamlDocument
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.documents.json_documents import read_json_object
from evidence.parsers.documents.yaml_documents import read_document
from evidence.parsers.logs.results import document_result
from evidence.parsers.text.log_lines import words
from evidence.parsers.text.source import Source

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
LONGEST_CHAIN = 20
MOST_REFERENCES = 1000

_IN_YAML = re2.compile(rb"(?m)^openapi[ \t]*:[ \t]*[\"']?3\.[0-9]")
_IN_JSON = re2.compile(rb'"openapi"\s*:\s*"3\.[0-9]')
_VERSION = re2.compile(r"3\.[0-9]{1,2}(?:\.[0-9]{1,3})?")


class Openapi:
    format = "openapi"
    version = "1"
    title = Text(zh="接口文档（OpenAPI 3）", en="Interface document (OpenAPI 3)")
    kinds: tuple[str, ...] = ()

    def recognises(self, source: Source) -> bool:
        return _is_json(source) or _IN_YAML.search(source.head_in_utf8) is not None

    def parse(self, source: Source) -> ParseResult:
        document = YamlDocument(read_json_object(source), {}) if _is_json(source) else read_document(source)
        reading = _Reading(document)
        return document_result(source, tables={}, facts=[reading.facts()], issues=reading.issues)


def _is_json(source: Source) -> bool:
    head = source.head_in_utf8.lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"{") and _IN_JSON.search(head) is not None


@dataclass(frozen=True, slots=True)
class _Operation:
    """One method of one path, with the path item around it."""

    place: tuple[str, ...]
    content: Mapping[str, Any]
    around: Mapping[str, Any]


@dataclass(slots=True)
class _Reading:
    """Reads one document; what is wrong with it is told at its line, where the document has lines."""

    document: YamlDocument
    issues: Issues = field(default_factory=Issues)
    _scans: dict[str, tuple[bool, frozenset[str]]] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        content = self.document.content
        about = self._mapping("info")
        operations = list(self._operations())
        self._tell_repeated_names(operations)
        servers = content.get("servers")
        return {
            "openapi": self._version(),
            "title": words(str(about.get("title") or "")) or None,
            "version": words(str(about.get("version") or "")) or None,
            "servers": len(servers) if isinstance(servers, list) else 0,
            "paths": len(self._mapping("paths")),
            "operations": len(operations),
            "operations_described": sum(_is_described(operation) for operation in operations),
            "operations_with_error_response": sum(self._has_errors(operation) for operation in operations),
            "operations_with_example": sum(self._has_example(operation) for operation in operations),
            "operations_guarded": sum(self._is_guarded(operation) for operation in operations),
            "operations_deprecated": sum(operation.content.get("deprecated") is True for operation in operations),
        }

    def _version(self) -> str:
        version = str(self.document.content.get("openapi"))
        if not _VERSION.fullmatch(version):
            raise _unexpected(Text(zh="openapi 版本应为 3.x", en="the openapi version must be 3.x"))
        return version

    def _mapping(self, name: str) -> Mapping[str, Any]:
        value = self.document.content.get(name)
        if not isinstance(value, Mapping):
            raise _unexpected(Text(zh=f"缺少“{name}”", en=f"“{name}” is missing"))
        return value

    def _operations(self) -> Iterator[_Operation]:
        for path, item in self._mapping("paths").items():
            around = self._resolved(item, ("paths", path))
            for method in METHODS:
                if isinstance(around.get(method), Mapping):
                    yield _Operation(("paths", path, method), around[method], around)

    def _resolved(self, value: Any, place: tuple[str, ...]) -> Mapping[str, Any]:
        """What a local reference points at; an empty object where it points nowhere, which is told."""
        for _ in range(LONGEST_CHAIN):
            reference = value.get("$ref") if isinstance(value, Mapping) else None
            if not isinstance(reference, str):
                return value if isinstance(value, Mapping) else {}
            value = self._target(reference)
            if value is None:
                self._tell_reference(reference, place)
        return {}

    def _target(self, reference: str) -> Any:
        """The value at a local reference such as `#/components/schemas/Job`; none where there is nothing."""
        if not reference.startswith("#/"):
            return None
        value: Any = self.document.content
        for part in reference[2:].split("/"):
            if not isinstance(value, Mapping):
                return None
            value = value.get(part.replace("~1", "/").replace("~0", "~"))
        return value

    def _has_errors(self, operation: _Operation) -> bool:
        responses = operation.content.get("responses")
        if not isinstance(responses, Mapping) or not responses:
            self._tell(
                "no_responses",
                operation,
                Text(zh="没有声明任何响应", en="declares no response"),
            )
            return False
        return any(str(status)[:1] in ("4", "5") or status == "default" for status in responses)

    def _has_example(self, operation: _Operation) -> bool:
        """Whether an example stands in an operation or in what it refers to, each reference followed once."""
        found, first = _scanned(operation.content)
        waiting = set(first)
        seen: set[str] = set()
        while waiting and len(seen) < MOST_REFERENCES:
            reference = waiting.pop()
            if reference in seen:
                continue
            seen.add(reference)
            if reference not in self._scans:
                target = self._target(reference)
                if target is None:
                    self._tell_reference(reference, operation.place)
                self._scans[reference] = _scanned(target)
            exemplified, further = self._scans[reference]
            found = found or exemplified
            waiting |= further
        return found

    def _is_guarded(self, operation: _Operation) -> bool:
        """Its own `security` counts before that of the document; an empty list, or an empty choice, lifts it."""
        security = operation.content.get("security", self.document.content.get("security"))
        return isinstance(security, list) and bool(security) and all(security)

    def _tell_repeated_names(self, operations: list[_Operation]) -> None:
        seen: set[str] = set()
        for operation in operations:
            name = operation.content.get("operationId")
            if isinstance(name, str) and name in seen:
                self._tell(
                    "repeated_operation",
                    operation,
                    Text(zh=f"的 operationId“{words(name)}”重复", en=f"repeats the operationId “{words(name)}”"),
                )
            elif isinstance(name, str):
                seen.add(name)

    def _tell(self, code: str, operation: _Operation, what: Text) -> None:
        _, path, method = operation.place
        name = f"{method.upper()} {words(path)}"
        self.issues.add(
            code, Text(zh=f"{name} {what.zh}。", en=f"{name} {what.en}."), where=self._where(operation.place)
        )

    def _tell_reference(self, reference: str, place: tuple[str, ...]) -> None:
        self.issues.add(
            "broken_reference",
            Text(
                zh=f"引用“{words(reference)}”在文件中不存在。",
                en=f"The reference “{words(reference)}” points at nothing in this file.",
            ),
            where=self._where(place),
            hint=Text(
                zh="请上传合并后的单一文件（不引用其他文件）。", en="Upload one bundled file that refers to no other."
            ),
        )

    def _where(self, place: tuple[str, ...]) -> Where:
        return self.document.where(*place) if self.document.lines else Where()


def _scanned(value: Any) -> tuple[bool, frozenset[str]]:
    """Whether an example stands in a value, and which references do."""
    exemplified, references, waiting = False, set[str](), [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, Mapping):
            exemplified = exemplified or "example" in value or "examples" in value
            reference = value.get("$ref")
            if isinstance(reference, str):
                references.add(reference)
            waiting += value.values()
    return exemplified, frozenset(references)


def _is_described(operation: _Operation) -> bool:
    said = (operation.content.get("summary"), operation.content.get("description"), operation.around.get("description"))
    return any(isinstance(text, str) and text.strip() for text in said)


def _unexpected(expected: Text) -> ParseError:
    return ParseError(
        "unexpected_shape",
        Text(zh=f"不是完整的 OpenAPI 文档：{expected.zh}。", en=f"This is no whole OpenAPI document: {expected.en}."),
        hint=Text(zh="请上传 OpenAPI 3.0 或 3.1 文档。", en="Upload an OpenAPI 3.0 or 3.1 document."),
    )


PARSER = Openapi()
