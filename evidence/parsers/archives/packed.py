"""Files that come in an archive: `.zip`, `.tar`, and `.tar` within gzip or zstd.

An archive holds evidence; it is none. It is read once from its beginning to its end, its members are written under
numbers of our own, and each is then told by its content like a file that came alone.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import ParseError
from core.provenance import DIGEST_PREFIX
from evidence.parsers.archives.tar_stream import is_tar, tar_members
from evidence.parsers.text.archive import PACKED_ENDINGS, MemberStream, read_directory, too_much, unsafe
from evidence.parsers.text.source import Source, unharmed
from evidence.parsers.workbooks.workbook import is_workbook

FORMAT = "archive"
VERSION = "1"
_CHUNK = 1024 * 1024
_OFFICE = (b"[Content_Types].xml", b"META-INF/manifest.xml")


@dataclass(frozen=True, slots=True)
class Unpacked:
    """One member on our disk: its name in the archive, and where it lies."""

    name: str
    path: Path
    size: int
    sha256: str  # 64 hexadecimal digits

    def source(self, *, encoding: str | None = None, timezone: str | None = None) -> Source:
        path = self.path
        return Source(
            self.name.rpartition("/")[2],
            lambda: path.open("rb"),
            self.size,
            DIGEST_PREFIX + self.sha256,
            encoding,
            timezone,
        )


def is_archive(source: Source) -> bool:
    """Whether a file holds files; a workbook, which is a zip archive too, is one file."""
    if _is_zip(source):
        tail = source.tail(_CHUNK)
        return not is_workbook(source) and not any(name in tail for name in _OFFICE)
    try:
        return is_tar(source.head)
    except ParseError:  # compressed and damaged: whoever reads it says so
        return False


def look_into(source: Source, *, largest: int) -> None:
    """What can be refused at once, before anything is unpacked: all of it, but for a compressed tar its beginning.

    Raises:
        ParseError: `unsafe_archive` naming the member, `expands_too_much` with both sizes.
    """
    if source.is_compressed:
        next(tar_members(io.BytesIO(source.head)), None)
    else:
        _check(source, largest=largest)


def unpack(source: Source, folder: Path, *, largest: int) -> list[Unpacked]:
    """Write every member into an empty folder, in the archive's order; nothing before all of them were looked at.

    Raises:
        ParseError: `unsafe_archive` naming the member, `expands_too_much` with both sizes, `truncated_gzip`,
            `truncated_zstd`.
    """
    _check(source, largest=largest)
    found: list[Unpacked] = []
    for number, (name, size, stream, crc) in enumerate(_members(source, largest=largest), start=1):
        member = _written(name, stream, folder / f"{number:05}", size=size, crc=crc)
        if _is_packed(member):
            raise unsafe(name, "archive")
        found.append(member)
    return found


def _check(source: Source, *, largest: int) -> None:
    """By names and promised sizes."""
    names: set[str] = set()
    total = 0
    for name, size, _, _ in _members(source, largest=largest):
        if name in names:
            raise unsafe(name, "twice")
        if name.lower().endswith(PACKED_ENDINGS):
            raise unsafe(name, "archive")
        names.add(name)
        total += size
        if total > largest:
            raise too_much(total, source.size)


def _members(source: Source, *, largest: int) -> Iterator[tuple[str, int, io.RawIOBase, int | None]]:
    """Name, promised size, content, and the checksum the archive knows of it."""
    if _is_zip(source):
        with source.opener() as stream:
            directory = read_directory(stream, source.size, largest=largest, refused=PACKED_ENDINGS)
            for entry in directory.values():
                if not entry.name.endswith("/"):
                    yield entry.name, entry.size, MemberStream(stream, entry), entry.crc
        return
    with source.open() as stream:
        members = tar_members(stream)
        while (member := unharmed(lambda: next(members, None))) is not None:
            yield member.member, member.size, member, None


def _written(name: str, stream: io.RawIOBase, path: Path, *, size: int, crc: int | None) -> Unpacked:
    running, checksum, written = hashlib.sha256(), 0, 0
    with path.open("xb") as target:
        while chunk := unharmed(lambda: stream.read(_CHUNK) or b""):
            running.update(chunk)
            checksum = zlib.crc32(chunk, checksum)
            written += len(chunk)
            target.write(chunk)
    if written != size or crc not in (None, checksum):
        raise unsafe(name, "damaged")
    return Unpacked(name, path, written, running.hexdigest())


def _is_zip(source: Source) -> bool:
    with source.opener() as stream:
        return _begins_as_zip(stream)


def _begins_as_zip(stream: BinaryIO) -> bool:
    return stream.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def _is_packed(member: Unpacked) -> bool:
    """Whether a member is an archive or compressed after all, whatever it is called."""
    source = member.source()
    return source.is_compressed or is_archive(source)
