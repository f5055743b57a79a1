"""Lines of program output as bytes: escape codes and marks taken off, broken characters kept harmless.

Logs are read leniently, because a progress bar cut inside a character must not lose a run.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterator

import re2

from evidence.parsers.text.source import Source

LONGEST_WORDS = 200
_UNFIT = ("Cc", "Cf", "Cs", "Cn")  # control, format (such as right-to-left override), surrogates, unassigned
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ESCAPES = re2.compile(rb"\x1b(?:\[[0-9;:?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")


def log_lines(source: Source) -> Iterator[tuple[int, bytes]]:
    """Numbered lines (from 1) without line ends, byte-order mark and terminal escape codes.

    Raises:
        ParseError: for a damaged gzip file, a line over 1 MiB, or broken UTF-16.
    """
    for first, content in log_contents(source):
        yield from enumerate(content.split(b"\n"), start=first)


def log_contents(source: Source) -> Iterator[tuple[int, bytes]]:
    """The same lines about 1 MiB at a time, LF between them, with the number of the first of each block."""
    if source.head.startswith(_UTF16_MARKS):
        yield from _recoded(source)
        return
    for first, content in source.raw_contents():
        if first == 1:
            content = content.removeprefix(codecs.BOM_UTF8)
        if b"\r" in content:
            content = b"\n".join([line.rstrip(b"\r") for line in content.split(b"\n")])
        if b"\x1b" in content:
            content = b"\n".join([_without_escapes(line) for line in content.split(b"\n")])
        yield first, content


def _without_escapes(line: bytes) -> bytes:
    plain: bytes = _ESCAPES.sub(b"", line) if b"\x1b" in line else line
    return plain


def _recoded(source: Source) -> Iterator[tuple[int, bytes]]:
    for number, text in source.lines():
        yield number, text.encode()


def log_encoding(source: Source) -> str:
    """How the log's characters were read: as its mark says, as UTF-8, or byte for byte where that does not fit."""
    if source.head.startswith(_UTF16_MARKS):
        return "utf-16"
    if not source.is_utf8:
        return "latin-1"
    return "utf-8-sig" if source.head.startswith(codecs.BOM_UTF8) else "utf-8"


def words(value: str) -> str:
    """A name out of a log, fit to be stored and shown: no invisible characters, bounded length."""
    kept = (sign for sign in value[:LONGEST_WORDS] if sign != "\ufffd" and unicodedata.category(sign) not in _UNFIT)
    return "".join(kept).strip()


def text_of(line: bytes) -> str:
    """A line as text: UTF-8, else byte for byte (Latin-1)."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")
