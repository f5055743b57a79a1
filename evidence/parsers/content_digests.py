"""By which digests a log is known besides that of its stored bytes: people compress and re-encode what they hand in.

A file as the tool wrote it has none: its bytes are its content already, which costs nothing to find out.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator

import pyarrow as pa

from core.errors import ParseError
from core.provenance import digest_of_chunks
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.observations.content_digests import CONTENT_DIGESTS
from evidence.observations.serving_runs import SERVING_RUNS
from evidence.observations.training_steps import TRAINING_STEPS
from evidence.parsers.base import ParseResult
from evidence.parsers.text.source import CHUNK, Source, unharmed

# What a run card speaks of; of other files nobody asks for another digest.
NAMED_BY_CARDS = frozenset(kind.name for kind in (BENCHMARK_RUNS, SERVING_RUNS, TRAINING_STEPS))
_BYTES_ARE_TEXT = ("utf-8", "utf-8-sig")


def with_content_digests(result: ParseResult, source: Source) -> dict[str, pa.Table]:
    """The tables of a result, and `content_digests` beside rows that a run card may speak of."""
    tables = dict(result.tables)
    if NAMED_BY_CARDS & tables.keys() and (digests := content_digests(source)):
        tables[CONTENT_DIGESTS.name] = CONTENT_DIGESTS.table({"digest": digests, "line": [1] * len(digests)})
    return tables


def content_digests(source: Source) -> list[str]:
    """Digests of the unpacked bytes and of the text, as far as they are others than that of the stored bytes.

    The text is in UTF-8 without a mark. Where its first line ends with CRLF every line ends with LF instead.
    """
    try:
        found = [source.unpacked_sha256]
        encoding = _encoding(source)
        has_crlf = _ends_with_crlf(source)
        if encoding != "utf-8" or has_crlf:
            found.append(digest_of_chunks(_with_lf(source, encoding) if has_crlf else _utf8(source, encoding)))
    except ParseError:  # damaged behind what the parser read of it
        return []
    return [digest for digest in dict.fromkeys(found) if digest != source.sha256]


def _encoding(source: Source) -> str:
    """How its text is written; a log with a broken character is taken byte for byte."""
    try:
        return source.text_encoding
    except ParseError:
        return "utf-8"


def _ends_with_crlf(source: Source) -> bool:
    return source.head_in_utf8.partition(b"\n")[0].endswith(b"\r")


def _utf8(source: Source, encoding: str) -> Iterator[bytes]:
    with source.open() as stream:
        if encoding in _BYTES_ARE_TEXT:
            if encoding == "utf-8-sig":
                stream.read(len(codecs.BOM_UTF8))
            while chunk := unharmed(lambda: stream.read(CHUNK)):
                yield chunk
            return
        reader = io.TextIOWrapper(stream, encoding=encoding, newline="")
        while text := unharmed(lambda: reader.read(CHUNK)):
            yield text.encode()


def _with_lf(source: Source, encoding: str) -> Iterator[bytes]:
    rest = b""
    for chunk in _utf8(source, encoding):
        content = rest + chunk
        rest = b"\r" if content.endswith(b"\r") else b""
        yield content.removesuffix(rest).replace(b"\r\n", b"\n")
    yield rest
