"""Whether a block of a table may be split by its delimiters and line ends alone, told by looking through its bytes."""

from __future__ import annotations

import numpy as np

LOST = "\ufffd"  # what some tool wrote in place of a character it could not read
_LOST_BYTES = LOST.encode()


def is_plain(content: bytes, *, line_ends: int) -> bool:
    """Whether text in UTF-8, of so many line ends, holds no quotation mark, no lost and no control character."""
    if b'"' in content or _holds_lost_characters(content):
        return False
    return not _holds_control_characters(content, line_ends)


def _holds_lost_characters(content: bytes) -> bool:
    """A single byte is sought many times faster than three in a row."""
    return _LOST_BYTES[:1] in content and _LOST_BYTES in content


def _holds_control_characters(content: bytes, line_ends: int) -> bool:
    """Those that no table may hold: all but tabs and line ends."""
    codes = np.frombuffer(content, dtype=np.uint8)
    low = np.count_nonzero(codes < ord(" "))
    return b"\x7f" in content or (low != line_ends and low != line_ends + content.count(b"\t"))
