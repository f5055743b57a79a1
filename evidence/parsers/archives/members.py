"""What the members of an archive are: each told by its manifest or its content, none passed over in silence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.parsers.archives.manifest import Entry, manifest_of, read_manifest
from evidence.parsers.archives.packed import Unpacked, unpack
from evidence.parsers.base import Coverage, Issues, Severity
from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source

_NOTHING_SAID = Entry({}, "", Where())


@dataclass(frozen=True, slots=True)
class Told:
    """A member that is evidence, and what the archive says about it."""

    member: Unpacked
    words: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.member.name,
            "path": str(self.member.path),
            "size": self.member.size,
            "sha256": self.member.sha256,
            **self.words,
        }


@dataclass(frozen=True, slots=True)
class ArchiveResult:
    """What one archive amounts to; `coverage` counts its members as it counts lines elsewhere."""

    told: tuple[Told, ...]
    has_manifest: bool
    members: int
    issues: Issues

    @property
    def coverage(self) -> Coverage:
        used = len(self.told)
        return Coverage(self.members, used, self.members - used)


def read_archive(source: Source, folder: Path, *, largest: int, declared: str | None = None) -> ArchiveResult:
    """Unpack an archive into an empty folder and tell its members apart.

    Args:
        largest: how many bytes they may have together.
        declared: the format of every member the manifest does not speak of.

    Raises:
        ParseError: what `unpack` and the manifest refuse.
    """
    everything = unpack(source, folder, largest=largest)
    issues = Issues()
    manifest = manifest_of(everything)
    members = [member for member in everything if member is not manifest]
    entries = read_manifest(manifest, members, issues) if manifest else {}
    told = []
    for member in members:
        entry = entries.get(member.name, _NOTHING_SAID)
        if manifest and entry is _NOTHING_SAID:
            issues.add(
                "not_in_manifest",
                Text(
                    zh=f"清单未列出“{member.name}”，已按内容识别。",
                    en=f"“{member.name}” is not in the manifest; it is told by its content.",
                ),
                where=Where(file=member.name),
                severity=Severity.INFO,
            )
        words = {name: value for name, value in entry.words.items() if value}
        if _is_evidence(member, words, declared, source, issues):
            told.append(Told(member, words))
    if not told:
        issues.add(
            "no_known_member",
            Text(zh="压缩文件中没有可识别的文件。", en="The archive holds no file that is recognised."),
            severity=Severity.ERROR,
            hint=Text(
                zh="请对照各文件的问题说明；可在清单中指明格式。",
                en="See the issue of each member; a manifest may name their formats.",
            ),
        )
    return ArchiveResult(tuple(told), manifest is not None, len(members), issues)


def _is_evidence(
    member: Unpacked, words: dict[str, str], declared: str | None, archive: Source, issues: Issues
) -> bool:
    if "map" in words:  # a map belongs to its centre: who knows those reads the table
        return True
    source = member.source(
        encoding=words.get("encoding") or archive.encoding, timezone=words.get("timezone") or archive.timezone
    )
    try:
        identify(source, declared=words.get("format") or declared)
    except ParseError as error:
        issues.add(error.code, error.message, where=Where(file=member.name), hint=error.hint)
        return False
    return True
