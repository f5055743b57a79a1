"""Cards and durations as Slurm writes them."""

from __future__ import annotations

from collections.abc import Iterable

import re2

# Generic resources that are accelerator cards: GPU, Ascend NPU, Hygon DCU, Cambricon MLU, Kunlun XPU.
CARD_RESOURCES = frozenset(("gpu", "npu", "dcu", "mlu", "xpu"))

_TRES = re2.compile(r"gres/([a-z]+)(:[^=,]+)?=([0-9]{1,9})")
_ELAPSED = re2.compile(r"(?:([0-9]{1,5})-)?([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?")


def cards_of(resources: Iterable[tuple[str, str, int]]) -> int:
    """Cards among (resource, model, count): `gres/gpu=8` and `gres/gpu:h100=8` name the same eight, not sixteen."""
    total: dict[str, int] = {}
    by_model: dict[str, int] = {}
    for resource, model, count in resources:
        if resource in CARD_RESOURCES:
            counts = by_model if model else total
            counts[resource] = counts.get(resource, 0) + count
    return sum({**by_model, **total}.values())


def cards_in_tres(text: str) -> int:
    """Cards in an `AllocTRES` such as `billing=64,gres/gpu:h100=8,gres/gpu=8,node=1`."""
    found = (match.groups() for match in _TRES.finditer(text))
    return cards_of((name, model or "", int(count)) for name, model, count in found)


def seconds_of(elapsed: str) -> int | None:
    """`[D-]HH:MM:SS` in seconds; null for anything else."""
    match = _ELAPSED.fullmatch(elapsed)
    if match is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
