"""By which marks the logs of a program are told from all others, wherever in the opening they stand.

A few dozen formats look for theirs in up to 4 MiB of every file. A pattern takes milliseconds for that, a pair of bytes
that stands nowhere nothing: which ones do is found out once for all formats.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import re2

_AT_ONCE = 64 * 1024
_PAIRS = 256 * 256


class Pairs:
    """Which pairs of bytes stand side by side in a text."""

    def __init__(self, content: bytes) -> None:
        self._seen: npt.NDArray[np.bool_] = np.zeros(_PAIRS, dtype=bool)
        for start in range(0, len(content), _AT_ONCE):
            part = memoryview(content)[start : start + _AT_ONCE + 1]  # with the first byte of the next part
            for first in (0, 1):
                whole = part[first : first + (len(part) - first) // 2 * 2]
                self._seen[np.frombuffer(whole, dtype="<u2").astype(np.intp)] = True

    def may_hold(self, word: bytes) -> bool:
        """Whether a word of several bytes may stand in the text; never denied of one that does."""
        return all(self._seen[first + 256 * second] for first, second in pairwise(word))


class Mark:
    """A pattern of bytes, and words of which one stands in everything that it matches."""

    def __init__(self, pattern: bytes, word: bytes, *others: bytes) -> None:
        self.pattern, self.words = pattern, (word, *others)
        self._search = re2.compile(pattern).search

    def stands_in(self, opening: bytes, pairs: Pairs) -> bool:
        """Whether it matches anywhere in an opening, whose pairs are known."""
        return any(pairs.may_hold(word) for word in self.words) and self._search(opening) is not None
