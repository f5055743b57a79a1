"""Whether bytes are UTF-8, told while they pass by; and whether they were once."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from functools import cache

import numpy as np
import numpy.typing as npt

_ENOUGH = 4096  # characters to judge by
_THREE_BYTES = 0x800  # code points from here on
# The two national sets of characters that people write with: simplified, and the common ones of the traditional.
_WRITTEN_WITH = (("gb2312", range(0xA1, 0xF8)), ("big5", range(0xA4, 0xC7)))
_ONE_IN = 1000  # lines
_LONGEST = 1024 * 1024  # bytes of a line; no longer one is read
_LOST = ord("\ufffd")
_AT_A_START = (b"", 0)  # a decoder that waits for the rest of no character


class Utf8:
    """Whether chunks of a file are UTF-8 together; plain ASCII costs next to nothing."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._fits = True

    def look(self, chunk: bytes, *, final: bool = False) -> None:
        try:
            if self._fits and not (chunk.isascii() and self._decoder.getstate() == _AT_A_START):
                self._decoder.decode(chunk, final)
        except UnicodeDecodeError:
            self._fits = False

    def fits(self) -> bool:
        self.look(b"", final=True)
        return self._fits


def is_spoilt(chunks: Iterable[bytes]) -> bool:
    """Whether bytes that are not UTF-8 are it all the same, but for some that were lost or changed.

    Every Chinese character is three bytes in UTF-8. Of text in GB18030, which may well be read from the same bytes,
    hardly three in a row make a character that anybody writes, and most do not fit.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    whole = lost = 0
    for chunk in chunks:
        if chunk.isascii() and decoder.getstate() == _AT_A_START:
            continue
        codes = np.frombuffer(decoder.decode(chunk).encode("utf-32-le"), dtype="<u4")
        lost += int(np.count_nonzero(codes == _LOST))
        whole += int(np.count_nonzero(_written()[np.minimum(codes, _LOST)]))
        if whole + lost >= _ENOUGH:
            break
    return whole > 0 and whole >= lost


def is_partly_utf8(chunks: Iterable[bytes]) -> bool:
    """Whether lines of a file that is not UTF-8 are it all the same, such as rows put under a heading of another tool.

    Of text in GB18030 hardly one line in a million is made of characters of three bytes that anybody writes.
    """
    whole, seen, rest = 0, 0, b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        rest = rest[-_LONGEST:]
        for line in lines:
            if not line.isascii():
                whole, seen = whole + _is_written_in_utf8(line), seen + 1
        if seen >= _ENOUGH:
            break
    if not rest.isascii():
        whole, seen = whole + _is_written_in_utf8(rest), seen + 1
    return whole * _ONE_IN > seen


def _is_written_in_utf8(line: bytes) -> bool:
    """Whether a line holds two characters of three bytes at least, and nothing else beyond ASCII."""
    try:
        signs = [ord(sign) for sign in line.decode() if not sign.isascii()]
    except UnicodeDecodeError:
        return False
    return len(signs) > 1 and all(sign < _LOST and bool(_written()[sign]) for sign in signs)


@cache
def _written() -> npt.NDArray[np.bool_]:
    """For each code point whether it is a character of three bytes that people write."""
    found = np.zeros(1 << 16, dtype=bool)
    for encoding, firsts in _WRITTEN_WITH:
        for first in firsts:
            row = b"".join(bytes((first, second)) for second in range(0x40, 0xFF))
            found[[ord(sign) for sign in row.decode(encoding, "ignore")]] = True
    found[:_THREE_BYTES] = found[_LOST:] = False
    return found
