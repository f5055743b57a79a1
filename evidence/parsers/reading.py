"""A file read by its parser, with what holds for files of every format."""

from __future__ import annotations

from dataclasses import replace

from evidence.parsers.base import Parser, ParseResult
from evidence.parsers.content_digests import with_content_digests
from evidence.parsers.source import Source


def read_by(parser: Parser, source: Source) -> ParseResult:
    """What the file amounts to; every door reads by this.

    Raises:
        ParseError: the file cannot be read.
    """
    result = parser.parse(source)
    return replace(result, tables=with_content_digests(result, source))
