"""Characters that do not fit the encoding of their file: where the first of them stands."""

from __future__ import annotations

import codecs

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.parsers.text.source import CHUNK, Source, unharmed
from evidence.parsers.text.text_refusals import in_utf32, misfit

# What a byte-order mark declares, by the name that expects no mark.
_MARKED = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEAD = 4096


def first_misfit(source: Source, *, within: int | None = None, unmarked: str = "") -> Where | None:
    """The line and byte of the first character that its file's byte-order mark does not allow.

    Args:
        within: how many bytes to look through; all of them where it is left out.
        unmarked: the encoding to hold a file without a mark against.

    Returns:
        None when every character fits, and for a file without a mark where nothing is said of it.
    """
    mark, encoding = _mark_of(source.head)
    encoding = encoding or unmarked
    if not encoding:
        return None
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line, fed = 1, len(mark)
    with source.open() as stream:
        stream.read(len(mark))
        while True:
            chunk = unharmed(lambda: stream.read(CHUNK))
            pending = len(decoder.getstate()[0])
            try:
                line += decoder.decode(chunk, final=not chunk).count("\n")
            except UnicodeDecodeError as error:
                before = error.object[: error.start].decode(encoding)
                return Where(line=line + before.count("\n"), byte=fed - pending + error.start)
            fed += len(chunk)
            if not chunk or (within is not None and fed >= within):
                return None


def refuse_misfits(source: Source, *, within: int) -> None:
    """Nothing, or the refusal of a file whose beginning is not in the encoding it seems to be in.

    Raises:
        ParseError: `unknown_encoding`, with the line and byte of a character that the mark does not allow; or of a
            file in UTF-32, or one that is UTF-16 by the look of it, and has no mark.
    """
    if source.is_utf32:
        raise in_utf32()
    if (where := first_misfit(source, within=within)) is not None:
        raise misfit(where)
    if not _mark_of(source.head)[0] and _looks_like_utf16(source.head[:_HEAD]):
        raise ParseError(
            "unknown_encoding",
            Text(
                zh="文件像是 UTF-16，却没有字节序标记。", en="The file looks like UTF-16, but has no byte-order mark."
            ),
            where=Where(byte=0),
            hint=Text(zh="请另存为 UTF-8 后重新上传。", en="Save the file as UTF-8 and upload it again."),
        )


def _mark_of(head: bytes) -> tuple[bytes, str]:
    return next((one for one in _MARKED if head.startswith(one[0])), (b"", ""))


def _looks_like_utf16(head: bytes) -> bool:
    """Of Latin letters and digits every other byte is zero, and no byte between them."""
    halves = (head[::2], head[1::2])
    zeros = sorted(half.count(0) / max(1, len(half)) for half in halves)
    return zeros[0] == 0 and zeros[1] > 0.5
