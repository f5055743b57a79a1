"""What an archive says about its members: one YAML document among them, `zhiheng-manifest.yaml`.

Shape: `docs/how-to/upload.md`, contract 1. Paths are those below the manifest's own folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import re2

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from core.yaml_document import YamlDocument
from evidence.parsers.archives.packed import Unpacked
from evidence.parsers.base import CONTRACT, Issues, Severity
from evidence.parsers.documents.yaml_documents import add_line, read_document

NAME = "zhiheng-manifest.yaml"
WORDS = ("format", "timezone", "encoding", "map")
_SHA256 = re2.compile(r"(?:sha256:)?([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Entry:
    """What the manifest says of one member; empty where it says nothing."""

    words: Mapping[str, str]
    sha256: str
    where: Where


def manifest_of(members: Sequence[Unpacked]) -> Unpacked | None:
    """The manifest among the members of an archive; null when there is none.

    Raises:
        ParseError: `several_manifests`.
    """
    found = [member for member in members if member.name.rpartition("/")[2] == NAME]
    if len(found) > 1:
        raise ParseError(
            "several_manifests",
            Text(zh=f"压缩文件中有多个 {NAME}。", en=f"The archive holds more than one {NAME}."),
            where=Where(file=found[1].name),
            hint=Text(zh="只在最上层保留一个。", en="Keep one, at the top."),
        )
    return found[0] if found else None


def read_manifest(manifest: Unpacked, members: Sequence[Unpacked], issues: Issues) -> dict[str, Entry]:
    """Entries by the member's name in the archive; what does not fit the archive is an issue of error severity.

    Raises:
        ParseError: `bad_yaml` and its kin, `unknown_contract`; the place names the manifest.
    """
    try:
        document = read_document(manifest.source())
    except ParseError as error:
        error.where = Where(file=manifest.name, line=error.where.line if error.where else None)
        raise
    if document.content.get("contract") != CONTRACT:
        raise ParseError(
            "unknown_contract",
            Text(zh=f"清单须写明 contract: {CONTRACT}。", en=f"A manifest must say `contract: {CONTRACT}`."),
            where=Where(file=manifest.name, line=document.where("contract").line),
            hint=add_line(f"contract: {CONTRACT}"),
        )
    _tell_unknown(document.content, {"contract", "members"}, Where(file=manifest.name), issues)
    listed = document.content.get("members")
    if not isinstance(listed, list):
        _wrong(issues, Where(file=manifest.name), Text(zh="缺少 members 列表", en="the list `members` is missing"))
        listed = []
    folder = manifest.name.removesuffix(NAME)
    present = {member.name: member for member in members}
    entries: dict[str, Entry] = {}
    for position, item in enumerate(listed):
        entry = _entry(document, position, item, Where(file=manifest.name), issues)
        if entry is None:
            continue
        name = folder + item["path"]
        if name in entries:
            _wrong(issues, entry.where, Text(zh=f"“{name}”出现两次", en=f"“{name}” is listed twice"))
        elif name not in present:
            issues.add(
                "member_missing",
                Text(zh=f"清单列出“{name}”，压缩文件中没有。", en=f"“{name}” is listed but not in the archive."),
                where=entry.where,
                severity=Severity.ERROR,
                hint=Text(zh="请重新打包，或更正清单。", en="Pack it again, or mend the manifest."),
            )
        elif entry.sha256 and entry.sha256 != present[name].sha256:
            issues.add(
                "digest_mismatch",
                Text(
                    zh=f"“{name}”的 SHA-256 为 {present[name].sha256}，与清单中的 {entry.sha256} 不符。",
                    en=f"“{name}” has SHA-256 {present[name].sha256}, not {entry.sha256} as listed.",
                ),
                where=Where(file=name),
                severity=Severity.ERROR,
                hint=Text(zh="文件在打包后被修改；请重新打包。", en="It changed after packing; pack it again."),
            )
        entries[name] = entry
    return entries


def _entry(document: YamlDocument, position: int, item: Any, file: Where, issues: Issues) -> Entry | None:
    where = Where(file=file.file, line=document.where("members", position).line)
    if not isinstance(item, dict) or not isinstance(item.get("path"), str):
        _wrong(issues, where, Text(zh="每一项须有加引号的 path", en="each entry needs a `path` in text"))
        return None
    _tell_unknown(item, {"path", "sha256", *WORDS}, where, issues)
    words = {}
    for word in WORDS:
        if isinstance(value := item.get(word, ""), str):
            words[word] = value
        else:
            _wrong(issues, where, Text(zh=f"{word} 应为文字", en=f"`{word}` is text"))
    digest = item.get("sha256", "")
    match = _SHA256.fullmatch(digest) if isinstance(digest, str) else None
    if digest and not match:
        _wrong(
            issues,
            where,
            Text(zh="sha256 应为 64 位十六进制小写", en="`sha256` takes 64 lower-case hexadecimal digits"),
        )
    return Entry(words, match.group(1) if match else "", where)


def _tell_unknown(section: Mapping[str, Any], known: set[str], where: Where, issues: Issues) -> None:
    for key in section:
        if key not in known:
            issues.add(
                "unknown_field",
                Text(zh=f"清单没有“{key[:40]}”这一项。", en=f"A manifest has no field `{key[:40]}`."),
                where=where,
                severity=Severity.ERROR,
            )


def _wrong(issues: Issues, where: Where, why: Text) -> None:
    issues.add(
        "bad_manifest",
        Text(zh=f"清单有误：{why.zh}。", en=f"The manifest is not right: {why.en}."),
        where=where,
        severity=Severity.ERROR,
    )
