"""Lines of an MLLOG file told apart by their shape: what is left of a line when any digit is as good as any other.

A file of hundreds of thousands of lines has some hundred shapes. That one line is a whole record, under which key, and
whether it calls itself an error holds for every line of its shape – unless digits decide about it: in an escape, an
exponent, a figure that may be too long, the name of the key, or at the beginning of a figure. Such lines have no shape.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

import re2

MOST_SHAPES = 4096
LONGEST_SHAPE = 4096
_ALIKE = bytes.maketrans(b"123456789", b"0" * 9)
_FRACTION = b"0.0"
# As long as this an integer may be none of 64 bits.
_LONG_INTEGER = b"0" * 19
_ESCAPE = b"\\"
_LEADING_ZERO = re2.compile(rb"[:\[,][ \t]*-?0[0-9]")


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What all lines of a shape have in common.

    Args:
        is_event: whether there is a record in it; `is_off_column_0` where that does not begin at once.
        start: where the record begins.
        is_read: whether the figures of the record are.
        has_fractions: whether it holds figures that are not integers of 64 bits.
    """

    is_event: bool = False
    is_off_column_0: bool = False
    is_blank: bool = False
    is_error: bool = False
    start: int = 0
    is_read: bool = False
    has_fractions: bool = False


class Block:
    """Lines side by side, each with its shape where that was met before."""

    def __init__(self, content: bytes, known: Mapping[bytes, Shape], *, token: bytes) -> None:
        self._content, self._known = content, known
        self._forms = content.translate(_ALIKE).split(b"\n")
        self._lengths = list(accumulate(map(len, self._forms), initial=0))
        self._without = self._shapeless(token)
        self._shapes = list(map(known.get, self._forms))
        for index in self._without:
            self._shapes[index] = None

    def __len__(self) -> int:
        return len(self._forms)

    def counted(self) -> list[tuple[Shape, int]]:
        """How many lines there are of each shape that was known beforehand."""
        return [(shape, times) for shape, times in Counter(self._shapes).items() if shape is not None]

    def looked_at(self) -> list[tuple[int, Shape | None]]:
        """The indices of the lines of no known shape, and of those whose figures are read; with their shapes."""
        return [(index, shape) for index, shape in enumerate(self._shapes) if shape is None or shape.is_read]

    def learnt_since(self, index: int) -> Shape | None:
        """The shape of a line, where it was learnt since the lines were counted."""
        return None if index in self._without else self._known.get(self._forms[index])

    def line(self, index: int, *, start: int = 0) -> bytes:
        """A line from a place on."""
        return self._content[self._lengths[index] + index + start : self._lengths[index + 1] + index]

    def form(self, index: int) -> bytes | None:
        """What names the shape of a line; null where it may have none."""
        form = self._forms[index]
        return None if index in self._without or len(form) > LONGEST_SHAPE else form

    def _shapeless(self, token: bytes) -> frozenset[int]:
        """The lines in whose record a figure seems to begin with a zero, which is no JSON."""
        found = set()
        starts: list[int] = []
        for match in _LEADING_ZERO.finditer(self._content):
            starts = starts or [length + index for index, length in enumerate(self._lengths)]
            index = bisect_right(starts, match.start()) - 1
            if self._content.rfind(token, starts[index], match.start()) >= 0:
                found.add(index)
        return frozenset(found)


def may_have_shape(record: bytes, key: str) -> bool:
    """Whether digits decide about nothing in a record that is whole, without any exponent or overlong figure."""
    return _ESCAPE not in record and not any("0" <= sign <= "9" for sign in key)


def may_have_fractions(form: bytes, start: int) -> bool:
    """Whether figures may stand in a record that are not integers of 64 bits."""
    return form.find(_FRACTION, start) >= 0 or form.find(_LONG_INTEGER, start) >= 0
