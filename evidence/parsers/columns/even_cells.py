"""Cells of one width, kept as the bytes they stand in: cut out of even lines, and told apart eight bytes at a time.

Monitoring systems write stamps, names and figures of fixed decimals, so that often all lines of a block have their
delimiters in the same places. Such a block needs no search for them. What comes out are the texts and dictionaries that
Arrow makes of the same bytes, to the order of the words.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from evidence.parsers.columns.quick_columns import Bytes, Integers, text_array

_WORD = 8  # bytes of a machine word
_MOST_WORDS = 2  # beyond that Arrow is as quick
_TOLD_BY = 4096  # rows of which it is told whether equal cells stand one below the other
_FEW = 8  # an equal cell stands so many times in a row on average
_LINE_END = ord("\n")

Words = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Cells:
    """A column of cells, a row of letters each; the rows may be parts of lines."""

    letters: Bytes

    def __len__(self) -> int:
        return len(self.letters)

    def text(self) -> pa.Array:
        """The cells as text."""
        number, width = self.letters.shape
        edges = np.arange(number + 1, dtype=np.int32) * np.int32(width)
        return text_array(edges, np.ascontiguousarray(self.letters).reshape(-1))

    def dictionary(self) -> pa.DictionaryArray:
        """The same, each different text once."""
        if not self.letters.size:
            return self.text().dictionary_encode()
        words = _words(self.letters[:_TOLD_BY])
        if len(_changes(words)) * _FEW <= len(words[0]):
            return self._by_rows()
        turn = _turn_of(words)
        if turn is not None and (found := self._by_turns(turn)) is not None:
            return found
        if len(words) <= _MOST_WORDS:
            return self._by_words()
        return self.text().dictionary_encode()

    def _by_rows(self) -> pa.DictionaryArray:
        """Of cells that mostly equal the one above."""
        firsts = np.append(0, _changes(_words(self.letters)))
        known = Cells(self.letters[firsts]).text().dictionary_encode()
        indices = np.repeat(known.indices.to_numpy(), np.diff(firsts, append=len(self)))
        return pa.DictionaryArray.from_arrays(pa.array(indices), known.dictionary)

    def _by_turns(self, turn: int) -> pa.DictionaryArray | None:
        """Of cells that come again in the same order, so many in a turn; null where one does not."""
        if not all(np.array_equal(word[turn:], word[:-turn]) for word in _words(self.letters)):
            return None
        first = Cells(self.letters[:turn]).text().dictionary_encode()
        return pa.DictionaryArray.from_arrays(
            pa.array(np.resize(first.indices.to_numpy(), len(self))), first.dictionary
        )

    def _by_words(self) -> pa.DictionaryArray:
        """Of short cells, by the numbers their letters are."""
        first, *others = (pa.array(words).dictionary_encode() for words in _words(self.letters))
        codes = first.indices
        for other in others:
            pairs = codes.to_numpy().astype(np.int64) * len(other.dictionary) + other.indices.to_numpy()
            codes = pa.array(pairs).dictionary_encode().indices
        return pa.DictionaryArray.from_arrays(codes, Cells(self.letters[_firsts(codes.to_numpy())]).text())


def even_cells(content: bytes, *, delimiter: str, width: int, line_ends: int) -> list[Cells] | None:
    """The columns of whole lines that are all cut alike; null of others, and of a table without any text.

    Args:
        content: lines in UTF-8, without any quotation mark.
        width: how many columns there are.
        line_ends: how many line ends.
    """
    length = content.find(b"\n") + 1
    if length <= width or len(content) % length:
        return None
    letters = np.frombuffer(content, dtype=np.uint8)
    lines, sign = letters.reshape(-1, length), ord(delimiter)
    cuts = np.flatnonzero(lines[0] == sign)
    if len(cuts) != width - 1 or not (lines[:, -1] == _LINE_END).all():
        return None
    if not all((lines[:, cut] == sign).all() for cut in cuts):
        return None
    if line_ends != len(lines) or np.count_nonzero(letters == sign) != lines[:, cuts].size:
        return None
    edges = [-1, *cuts.tolist(), length - 1]
    return [Cells(lines[:, before + 1 : after]) for before, after in pairwise(edges)]


def _words(letters: Bytes) -> list[Words]:
    """The letters of each row as numbers, eight at a time; the last ones may overlap."""
    width = letters.shape[1]
    if width < _WORD:
        padded = np.zeros((len(letters), _WORD), dtype=np.uint8)
        padded[:, :width] = letters
        letters, width = padded, _WORD
    places = [*range(0, width - _WORD, _WORD), width - _WORD]
    return [letters[:, place : place + _WORD].view("<u8")[:, 0].copy() for place in places]


def _changes(words: list[Words]) -> Integers:
    """The rows that are others than the one above."""
    changed = np.zeros(len(words[0]) - 1, dtype=bool)
    for word in words:
        changed |= word[1:] != word[:-1]
    return np.flatnonzero(changed) + 1


def _turn_of(words: list[Words]) -> int | None:
    """After how many rows the first one comes again; null where that is not within half of them."""
    again = np.ones(len(words[0]) - 1, dtype=bool)
    for word in words:
        again &= word[1:] == word[0]
    turn = int(np.argmax(again)) + 1 if again.any() else len(again)
    return turn if 2 * turn <= len(again) else None


def _firsts(codes: npt.NDArray[np.int32]) -> Integers:
    """Where each code comes first; codes are numbered in this order."""
    highest = np.maximum.accumulate(codes)
    return np.flatnonzero(np.diff(highest, prepend=-1))
