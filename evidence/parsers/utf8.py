"""Whether bytes are UTF-8, told while they pass by."""

from __future__ import annotations

import codecs

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
