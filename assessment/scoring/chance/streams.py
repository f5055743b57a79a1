"""Chance with an address: every number is a function of seed, name and draw, whatever else is drawn beside it.

A stream is a counter run through Philox 4×64, a cipher of ten rounds. Seed and what is drawn (`weight` of a node,
`error` of a measure) make the key; the facility and the block of 1,024 draws are the upper words of the counter. So
draws do not depend on which facilities are present, on their order, on the number of processes or on the draws to come.

Normal deviates are the 65,536 quantiles of the normal distribution at equal distances of probability, one picked by 16
bits: four to a word of the cipher. They reach to 4.3 standard deviations and have a standard deviation of 1. Unlike the
distributions of NumPy's generators, which may change with its version, cipher and quantiles stay.

Source: J. K. Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (SC11, 2011).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from hashlib import blake2b
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from assessment.scoring.columns.population import Floats

BLOCK = 1024  # draws addressed by one counter
EVERYWHERE = ""  # in place of a facility, for what is drawn alike for all

_QUANTILES = 2**16
_PER_WORD = 4


class Streams:
    """All streams of one seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._cipher = np.random.Philox(0)
        self._state = self._cipher.state

    def normals(self, what: tuple[str, ...], facilities: Sequence[str], draws: range) -> Floats:
        """Standard normal deviates, facilities × draws."""
        blocks = _blocks(draws)
        words = np.empty((len(facilities), len(blocks), BLOCK // _PER_WORD), dtype="<u8")
        for row, facility in enumerate(facilities):
            for column, block in enumerate(blocks):
                words[row, column] = self._words(what, facility, block, BLOCK // _PER_WORD)
        picked = words.view("<u2").reshape(len(facilities), -1)
        start = draws.start - blocks.start * BLOCK
        deviates: Floats = _quantiles().take(picked[:, start : start + len(draws)])
        return deviates

    def uniforms(self, what: tuple[str, ...], draws: range) -> Floats:
        """Numbers from 0 to below 1, alike for all facilities; multiples of 2⁻⁵³."""
        blocks = _blocks(draws)
        words = np.concatenate([self._words(what, EVERYWHERE, block, BLOCK) for block in blocks])
        start = draws.start - blocks.start * BLOCK
        numbers: Floats = (words[start : start + len(draws)] >> np.uint64(11)).astype(np.float64) * 2.0**-53
        return numbers

    def _words(self, what: tuple[str, ...], facility: str, block: int, count: int) -> NDArray[np.uint64]:
        state = self._state["state"]
        state["key"][:] = _digest(str(self._seed), *what)
        state["counter"][:] = (0, block, *_digest(facility))
        self._cipher.state = self._state
        words: NDArray[np.uint64] = self._cipher.random_raw(count)
        return words


def _blocks(draws: range) -> range:
    return range(draws.start // BLOCK, -(-draws.stop // BLOCK))


@cache
def _quantiles() -> Floats:
    normal = NormalDist()
    upper = np.array([normal.inv_cdf(0.5 + (at + 0.5) / _QUANTILES) for at in range(_QUANTILES // 2)])
    upper /= np.sqrt(np.mean(upper**2))
    both: Floats = np.concatenate([-upper[::-1], upper])
    return both


@lru_cache(maxsize=4096)
def _digest(*words: str) -> tuple[int, int]:
    """128 bits of the words; each is told apart from its neighbours by its length."""
    hashed = blake2b(digest_size=16)
    for word in words:
        encoded = word.encode()
        hashed.update(len(encoded).to_bytes(8, "little") + encoded)
    digest = hashed.digest()
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")
