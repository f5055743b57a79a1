"""Whether bytes that may be read as GB18030 are Big5: nearly all pairs of bytes mean something in both.

Common characters lie together in either: read as what it is, text consists of them; read as the other, of rare ones.
"""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterable

_ENOUGH = 4096  # characters to judge by
_FEWEST = 4
# The rows of the characters people write with, and of signs and punctuation.
_COMMON = {"big5": range(0xA1, 0xC7), "gb2312": (*range(0xA1, 0xAA), *range(0xB0, 0xD8))}


def is_big5(chunks: Iterable[bytes]) -> bool:
    """Whether more of the characters are common ones read as Big5 than read as GB18030; all of them must be Big5."""
    readings = {"big5": _Reading("big5", "big5"), "gb18030": _Reading("gb18030", "gb2312")}
    for chunk in chunks:
        try:
            for reading in readings.values():
                reading.take(chunk)
        except UnicodeDecodeError:
            return False
        if readings["big5"].characters >= _ENOUGH:
            break
    return readings["big5"].common > max(readings["gb18030"].common, _FEWEST - 1)


class _Reading:
    """Text in one encoding, and how many of its characters are common ones in the set they come from."""

    def __init__(self, encoding: str, character_set: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._encoding, self._set = encoding, character_set
        self.characters = self.common = 0

    def take(self, chunk: bytes) -> None:
        for sign, times in Counter(self._decoder.decode(chunk)).items():
            if not sign.isascii():
                self.characters += times
                self.common += times * self._is_common(sign)

    def _is_common(self, sign: str) -> bool:
        try:
            code = sign.encode(self._encoding)
        except UnicodeEncodeError:
            return False
        # GB2312 lies within GB18030, where both bytes are high; its codec in Python lacks signs such as the dash.
        of_set = len(code) == 2 and (self._set == "big5" or code[1] >= 0xA1)
        return of_set and code[0] in _COMMON[self._set]
