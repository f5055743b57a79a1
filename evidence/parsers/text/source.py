"""The bytes a parser reads: a name, a head, a stream, lines with their numbers.

Text is decoded loudly: byte-order mark, then strict UTF-8, then the encoding the uploader declared,
then GB18030 only if it decodes strictly and does not look like Big5, else an error that asks. Logs may
be read leniently, because a progress bar cut inside a character must not lose a run.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import AnyStr, BinaryIO, TypeVar

from core.errors import ParseError
from core.provenance import DIGEST_PREFIX, digest, digest_of_chunks
from core.text import Text, with_line_feeds
from evidence.parsers.big5 import is_big5
from evidence.parsers.text.compressed import ZSTD_MAGIC, Inflated, is_compressed
from evidence.parsers.text.line_ends import first_longer, lines_in, whole_lines
from evidence.parsers.text.marks import Mark, Pairs
from evidence.parsers.text.text_refusals import (
    in_big5,
    in_two_encodings,
    in_utf32,
    line_too_long,
    misfit,
    spoilt,
    undecided,
)
from evidence.parsers.text.utf8 import Utf8, is_partly_utf8, is_spoilt

HEAD_BYTES = 64 * 1024
OPENING_BYTES = 4 * 1024 * 1024
LONGEST_LINE = 1024 * 1024
CHUNK = 1024 * 1024
Chunk = TypeVar("Chunk")
_WIDEST_LINE_END = 2  # as many bytes as one takes in UTF-16
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Source:
    """One evidence file, opened as often as needed, never changed.

    `timezone` is the zone the uploader declared for instants without one (IANA name); null means
    that such instants are issues, never guesses. `scratch` is the folder for rows that are too many
    to be held in memory; null stands for the usual place of temporary files.
    """

    name: str
    opener: Callable[[], BinaryIO] = field(repr=False)
    size: int
    sha256: str
    encoding: str | None = None
    timezone: str | None = None
    scratch: Path | None = None

    @classmethod
    def of_path(cls, path: Path | str, *, encoding: str | None = None, timezone: str | None = None) -> Source:
        path = Path(path)
        with path.open("rb") as stream:
            sha256 = digest_of_chunks(iter(lambda: stream.read(CHUNK), b""))
        return cls(path.name, lambda: path.open("rb"), path.stat().st_size, sha256, encoding, timezone)

    @classmethod
    def of_bytes(cls, content: bytes, name: str, *, encoding: str | None = None, timezone: str | None = None) -> Source:
        return cls(name, lambda: io.BytesIO(content), len(content), digest(content), encoding, timezone)

    def open(self) -> BinaryIO:
        """The bytes, decompressed where the file is gzip or zstd."""
        stream = self.opener()
        magic = stream.read(len(ZSTD_MAGIC))
        stream.seek(0)
        if is_compressed(magic):
            return io.BufferedReader(Inflated(stream, self.size, magic), CHUNK)
        return stream

    @property
    def is_compressed(self) -> bool:
        """Whether the whole file is one gzip or zstd stream."""
        with self.opener() as stream:
            return is_compressed(stream.read(len(ZSTD_MAGIC)))

    def read(self, limit: int) -> bytes:
        """All bytes, refused beyond `limit`.

        Raises:
            ParseError: `too_large`, or `truncated_gzip` for a cut or damaged gzip file.
        """
        with self.open() as stream:
            content = unharmed(lambda: stream.read(limit + 1))
        if len(content) > limit:
            raise ParseError(
                "too_large",
                Text(zh=f"文件超过 {limit} 字节。", en=f"The file is larger than {limit} bytes."),
                hint=Text(
                    zh="请按时间段导出，分成几个较小的文件提交。",
                    en="Export it by shorter periods, and hand in several smaller files.",
                ),
            )
        return content

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB, decompressed."""
        with self.open() as stream:
            return unharmed(lambda: stream.read(HEAD_BYTES))

    @cached_property
    def head_in_utf8(self) -> bytes:
        """The head as parsers look at it: what a file is does not depend on its encoding."""
        return _in_utf8(self.head)

    @cached_property
    def opening(self) -> bytes:
        """The first 4 MiB, decompressed; for logs, whose launchers may chatter past the head."""
        with self.open() as stream:
            return unharmed(lambda: stream.read(OPENING_BYTES))

    @cached_property
    def opening_in_utf8(self) -> bytes:
        """The opening, likewise."""
        return _in_utf8(self.opening)

    @cached_property
    def _pairs(self) -> Pairs:
        return Pairs(self.opening_in_utf8)

    def opens_with(self, mark: Mark) -> bool:
        """Whether a mark of a log stands in the opening."""
        return mark.stands_in(self.opening_in_utf8, self._pairs)

    def tail(self, limit: int) -> bytes:
        """The last bytes as stored; nothing for a compressed file, whose end lies behind everything else."""
        with self.opener() as stream:
            if is_compressed(stream.read(len(ZSTD_MAGIC))):
                return b""
            size = stream.seek(0, io.SEEK_END)
            stream.seek(max(0, size - limit))
            return stream.read(limit)

    def head_lines(self) -> list[str]:
        """The lines of the head, decoded leniently: for recognising a format, never for reading one."""
        return list(self._head_lines)

    @cached_property
    def _head_lines(self) -> tuple[str, ...]:
        marked = "utf-16" if self.head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
        for encoding in (marked, *(() if is_spoilt([self.head]) else ("gb18030",))):
            try:
                # A head cut inside a character is no error; hence the incremental decoder.
                text = codecs.getincrementaldecoder(encoding)("strict").decode(self.head)
                break
            except UnicodeDecodeError:
                continue
        else:
            text = self.head.decode("utf-8", errors="replace")
        return tuple(with_line_feeds(text).split("\n"))

    @cached_property
    def text_encoding(self) -> str:
        """The encoding of the whole file, decided strictly.

        Raises:
            ParseError: `unknown_encoding`, asking the uploader to choose.
        """
        if self.is_utf32:
            raise in_utf32()
        for mark, encoding in _MARKS:
            if self.head.startswith(mark):
                return encoding
        for encoding in filter(None, ("utf-8", self.encoding)):
            if self._decodes_as(encoding):
                return encoding
        if is_spoilt(self._chunks()):  # before it is read as GB18030, in which nearly all bytes mean something
            raise spoilt()
        if is_partly_utf8(self._chunks()):
            raise in_two_encodings()
        if not self._decodes_as("gb18030"):
            raise undecided()
        if self._decodes_as("big5") and is_big5(self._chunks()):
            raise in_big5()
        return "gb18030"

    @property
    def is_utf32(self) -> bool:
        """Whether the file has the mark of UTF-32, which begins like that of UTF-16."""
        return self.head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE))

    @cached_property
    def is_utf8(self) -> bool:
        """Whether the whole file is UTF-8."""
        seen = Utf8()
        for chunk in self._chunks():
            seen.look(chunk)
        return seen.fits()

    @cached_property
    def has_last_line_end(self) -> bool:
        """Whether its last line is ended; where it is not, the file may be cut inside that line."""
        with self.open() as stream:
            if not self.is_compressed:
                stream.seek(max(0, self.size - _WIDEST_LINE_END))
            last = b""
            while chunk := unharmed(lambda: stream.read(CHUNK)):
                last = (last + chunk)[-_WIDEST_LINE_END:]
        return last.removesuffix(b"\x00").endswith((b"\n", b"\r"))

    @cached_property
    def unpacked_sha256(self) -> str:
        """The digest of the bytes that stand in a compressed file; of any other file that of its own."""
        if not self.is_compressed:
            return self.sha256
        with self.open() as stream:
            return digest_of_chunks(iter(lambda: unharmed(lambda: stream.read(CHUNK)), b""))

    def _decodes_as(self, encoding: str) -> bool:
        if encoding == "utf-8":
            return self.is_utf8
        try:
            decoder = codecs.getincrementaldecoder(encoding)("strict")
        except LookupError:
            return False
        try:
            for chunk in self._chunks():
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        return True

    def _chunks(self) -> Iterator[bytes]:
        with self.open() as stream:
            while chunk := unharmed(lambda: stream.read(CHUNK)):
                yield chunk

    def lines(self) -> Iterator[tuple[int, str]]:
        """Numbered lines (from 1) of strictly decoded text, without their ends."""
        with self.open() as stream:
            reader = io.TextIOWrapper(stream, encoding=self.text_encoding, newline=None)
            yield from _numbered(reader)

    def text_blocks(self) -> Iterator[tuple[int, str]]:
        """Whole lines of strictly decoded text, about 1 MiB at a time, each block with its first line's number.

        Line ends are LF whatever they were; only the last block may lack one. The same lines as `lines`, but
        fit for columnar reading of large tables in bounded memory.
        """
        with self.open() as stream:
            reader = io.TextIOWrapper(stream, encoding=self.text_encoding, newline=None)
            number, rest = 1, ""
            while chunk := unharmed(lambda: reader.read(CHUNK)):
                text = rest + chunk
                cut = text.rfind("\n") + 1
                block, rest = text[:cut], text[cut:]
                if block:
                    _refuse_longer(number, block)
                    yield number, block
                    number += block.count("\n")
                _refuse_longer(number, rest)
            if rest:
                yield number, rest

    def utf8_blocks(self, *, of: int = CHUNK) -> Iterator[tuple[int, bytes, int]]:
        """The same blocks as `text_blocks` in UTF-8, each with its number of line ends.

        There is no detour over text where the file is in UTF-8 itself; then blocks are of so many bytes.
        """
        encoding = self.text_encoding
        if encoding not in ("utf-8", "utf-8-sig"):
            for number, text in self.text_blocks():
                block = text.encode()
                yield number, block, lines_in(block)
            return
        is_known = encoding == "utf-8"  # of a file with a mark nobody has read more than the mark
        with self.open() as stream:
            number, rest = 1, b""
            if not is_known:
                stream.read(len(codecs.BOM_UTF8))
            for chunk in _with_line_feeds(stream, of=of):
                block, rest = whole_lines(rest, chunk)
                if block:
                    _refuse_longer(number, block)
                    if not is_known:
                        unharmed(lambda: block.decode())  # noqa: B023 – called at once
                    line_ends = lines_in(block)
                    yield number, block, line_ends
                    number += line_ends
                _refuse_longer(number, rest)
            if rest:
                unharmed(lambda: rest.decode())
                yield number, rest, 0

    def raw_lines(self) -> Iterator[tuple[int, bytes]]:
        """Numbered lines as bytes without LF or CRLF; for logs, which may hold broken characters.

        A line longer than 1 MiB is an error, because no log line is.
        """
        for first, content in self.raw_contents():
            for number, line in enumerate(content.split(b"\n"), start=first):
                yield number, line.rstrip(b"\r")

    def raw_contents(self) -> Iterator[tuple[int, bytes]]:
        """The same lines about 1 MiB at a time, LF between them, with the number of the first; a CR is left at its end.

        Whoever reads all of them need not read the file again for `is_utf8` and `unpacked_sha256`.
        """
        seen = Utf8()
        unpacked = hashlib.sha256() if self.is_compressed else None
        with self.open() as stream:
            number, rest = 1, b""
            while chunk := unharmed(lambda: stream.read(CHUNK)):
                seen.look(chunk)
                if unpacked is not None:
                    unpacked.update(chunk)
                # Only the first line of a chunk can be longer than one.
                end, cut = chunk.find(b"\n"), chunk.rfind(b"\n")
                if len(rest) + (end if end >= 0 else len(chunk)) >= LONGEST_LINE:
                    raise line_too_long(number)
                if cut < 0:
                    rest += chunk
                    continue
                content = rest + chunk[:cut]
                rest = chunk[cut + 1 :]
                yield number, content
                number += lines_in(content) + 1
            if rest:
                yield number, rest
        self.__dict__["is_utf8"] = seen.fits()  # where `cached_property` keeps what it was told
        if unpacked is not None:
            self.__dict__["unpacked_sha256"] = DIGEST_PREFIX + unpacked.hexdigest()


def _in_utf8(beginning: bytes) -> bytes:
    """The beginning of a file without its mark, UTF-16 as UTF-8; a character cut at its end is left out."""
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return codecs.getincrementaldecoder("utf-16")("replace").decode(beginning).encode("utf-8", "replace")
    return beginning.removeprefix(codecs.BOM_UTF8)


def _refuse_longer(first: int, lines: AnyStr) -> None:
    before = first_longer(lines, longest=LONGEST_LINE)
    if before is not None:
        raise line_too_long(first + before)


def _with_line_feeds(stream: BinaryIO, *, of: int = CHUNK) -> Iterator[bytes]:
    """What is left of a stream, so many bytes at a time, with LF for every line end."""
    held = b""  # a CR at the end of what was read: an LF may follow
    while chunk := unharmed(lambda: stream.read(of)):
        chunk, held = held + chunk, b""
        if chunk.endswith(b"\r"):
            chunk, held = chunk[:-1], b"\r"
        yield chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in chunk else chunk
    if held:
        yield b"\n"


def unharmed(read: Callable[[], Chunk]) -> Chunk:
    """What a read gives; text and compression that are broken are refusals, not faults of ours."""
    try:
        return read()
    except UnicodeError as error:
        raise misfit(None) from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ParseError(
            "truncated_gzip",
            Text(zh="gzip 压缩文件不完整或已损坏。", en="The gzip file is cut short or damaged."),
            hint=Text(zh="请重新压缩并上传完整的文件。", en="Compress it again and upload the whole file."),
        ) from error


def _numbered(reader: io.TextIOWrapper) -> Iterator[tuple[int, str]]:
    number = 0
    while line := unharmed(lambda: reader.readline(LONGEST_LINE)):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith("\n"):
            raise line_too_long(number)
        yield number, line.rstrip("\r\n")
