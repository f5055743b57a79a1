"""The draws of one facility as bytes: they depend on its facts alone, so they are kept and joined with any others'."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from assessment.scoring.robustness import Drawn
from assessment.scoring.samples import compares
from indicators.rubric.model import Edition

METHOD = 1  # counted up whenever the same facts draw other keys: what was kept before is then drawn anew
_HEAD = 2  # before the draws: whether evidence carried an error, and the published key


def may_be_kept(edition: Edition) -> bool:
    """Not where facilities are compared: there the draws of one depend on who the others are."""
    return not compares(edition)


def packed(drawn: Drawn) -> dict[str, bytes]:
    """By facility: error or not, published key, keys in all draws; whole numbers, little-endian, of the keys' width."""
    width = drawn.keys.dtype.newbyteorder("<")
    rows = np.column_stack([drawn.with_errors, drawn.published, drawn.keys]).astype(width)
    return {facility: row.tobytes() for facility, row in zip(drawn.facilities, rows, strict=True)}


def unpacked(edition: Edition, kept: Mapping[str, bytes]) -> Drawn:
    """The same facilities together, in the given order.

    Raises:
        ValueError: of other lengths than the edition's number of draws.
    """
    draws = edition.robustness.draws
    row = draws + _HEAD
    found = np.empty((len(kept), row), dtype=np.int64)
    for at, content in enumerate(kept.values()):
        found[at] = np.frombuffer(content, dtype=f"<i{len(content) // row}")
    return Drawn(edition.robustness, tuple(kept), found[:, 0] > 0, found[:, 1], found[:, _HEAD:])
