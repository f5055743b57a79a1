"""Prints of packages as they are kept and compared with later ones: their figures, and their JSON."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from core.canonical import canonical_digest

Shape = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Prints:
    """Shapes and sketches of one package, by what they are of.

    Args:
        centre: whose package it is.
        shapes: `energy it`, `steps <file>` → points, 0 where nothing is known.
        sketches: `jobs`, `outages` → (how many rows, smallest hashes ascending).
        digest: of their JSON, as it was kept; empty until they are.
    """

    centre: str
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    sketches: Mapping[str, tuple[int, tuple[int, ...]]] = field(default_factory=dict)
    digest: str = ""

    def as_json(self) -> dict[str, Any]:
        """With their digest: every later package is compared with them and says so by it."""
        content = {
            "centre": self.centre,
            "packing": _PACKING,
            "shapes": {name: _packed(shape) for name, shape in self.shapes.items()},
            "sketches": {name: [rows, [f"{h:016x}" for h in own]] for name, (rows, own) in self.sketches.items()},
        }
        return content | {"digest": canonical_digest(content)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        unpacked = _UNPACKED[data.get("packing", _FORMER_PACKING)]
        return cls(
            centre=data["centre"],
            shapes={name: unpacked(text) for name, text in data["shapes"].items()},
            sketches={name: (rows, tuple(int(h, 16) for h in own)) for name, (rows, own) in data["sketches"].items()},
            digest=data.get("digest") or canonical_digest(data),
        )


def _packed(shape: Shape) -> str:
    return base64.b64encode(zlib.compress(shape.tobytes(), 6)).decode()


def _unpacked(text: str) -> Shape:
    return _points(base64.b64decode(text))


def _formerly_unpacked(text: str) -> Shape:
    """Base 85 is a seventh shorter, and read a hundred times slower: every package is held against all the others."""
    return _points(base64.b85decode(text))


def _points(packed: bytes) -> Shape:
    return np.frombuffer(zlib.decompress(packed), dtype=np.int8)


_PACKING, _FORMER_PACKING = "zlib base64", "zlib base85"
_UNPACKED: Mapping[str, Callable[[str], Shape]] = {_PACKING: _unpacked, _FORMER_PACKING: _formerly_unpacked}
