"""What is wrong with a file that no parser recognises, where it is more than that."""

from __future__ import annotations

import re2

from core.json_depth import first_too_deep
from evidence.parsers.big5 import is_big5
from evidence.parsers.documents.strict_json import too_deep
from evidence.parsers.documents.yaml_documents import LARGEST_DOCUMENT, read_document
from evidence.parsers.text.archive import HIGHEST_RATIO, RATIO_FREE
from evidence.parsers.text.misfits import refuse_misfits
from evidence.parsers.text.source import CHUNK, OPENING_BYTES, Source, unharmed
from evidence.parsers.text.text_refusals import in_big5

YAML_ENDINGS = (".yaml", ".yml")
# Enough to tell a bomb of a few megabytes within the two seconds of a refusal; a longer one says so when it is read.
LOOKED_THROUGH = 4 * RATIO_FREE
# What JSON is written with, in whatever order.
_JSON_WORDS = re2.compile(r'(?:[\s\[\]{},:]|"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|true|false|null)*')


def refuse_what_is_wrong(source: Source) -> None:
    """Nothing, or the refusal that says more than that the format is unknown.

    Raises:
        ParseError: `expands_too_much`, `truncated_gzip`, `truncated_zstd` of a compressed file; `unknown_encoding`;
            `too_deep` of JSON; of a file named as YAML what strict YAML refuses.
    """
    if source.is_compressed:
        _look_through(source)
    refuse_misfits(source, within=OPENING_BYTES)
    if source.encoding is None and not source.opening.isascii() and not source.is_utf8 and is_big5([source.opening]):
        raise in_big5()
    _refuse_deep_json(source)
    if source.name.lower().endswith(YAML_ENDINGS) and source.size <= LARGEST_DOCUMENT:
        read_document(source)


def _look_through(source: Source) -> None:
    """Unpack a file as far as its ratio may become that of a bomb."""
    most = min(LOOKED_THROUGH, max(RATIO_FREE, source.size * HIGHEST_RATIO) + CHUNK)
    with source.open() as stream:
        while most > 0 and (chunk := unharmed(lambda: stream.read(CHUNK))):
            most -= len(chunk)


def _refuse_deep_json(source: Source) -> None:
    text = source.head_in_utf8.decode("utf-8", "replace")
    if text.lstrip()[:1] not in ("[", "{") or (deep := first_too_deep(text)) is None:
        return
    if _JSON_WORDS.fullmatch(text[:deep]):  # lines of a log begin with brackets, too
        raise too_deep(text, deep)
