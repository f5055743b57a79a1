"""Cards and durations as Slurm writes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import re2

from evidence.parsers.schedulers.card_resources import Allotted, Resource, resource_of

# How much of its cards a job used is counted as if it were a resource of its own.
_USAGE = frozenset(("gpumem", "gpuutil"))
_TRES = re2.compile(r"(?:^|,)gres/([^:=,]{1,80})(?::([^=,]{1,80}))?=([0-9]{1,9})")
_MIG = re2.compile(r"(?i)(?:^|[^0-9a-z])[1-7]g\.[0-9]{1,4}gb")
_ELAPSED = re2.compile(r"(?:([0-9]{1,5})-)?([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?")


def allotted(resources: Iterable[tuple[str, str, int]]) -> Allotted:
    """What (resource, model, count) amount to: `gres/gpu=8` and `gres/gpu:h100=8` name the same eight, not sixteen.

    Slices of MIG, which Slurm counts like cards (`gres/gpu:1g.10gb=2`), are parts of cards and leave the total.
    """
    total, by_model, slices = Counter[str](), Counter[str](), Counter[str]()
    parts, unknown = set[str](), set[str]()
    for name, model, count in resources:
        resource, folded = resource_of(name), name.lower()
        if not count or folded in _USAGE:
            continue
        if resource is Resource.PART:
            parts.add(f"gres/{name}")
        elif resource is Resource.UNKNOWN:
            unknown.add(f"gres/{name}")
        elif resource is Resource.CARD and _MIG.search(model):
            parts.add(f"gres/{name}:{model}")
            slices[folded] += count
        elif resource is Resource.CARD:
            (by_model if model else total)[folded] += count
    whole = {**by_model, **{name: max(count - slices[name], 0) for name, count in total.items()}}
    return Allotted(sum(whole.values()), frozenset(parts), frozenset(unknown))


def allotted_in_tres(text: str) -> Allotted:
    """What an `AllocTRES` such as `billing=64,gres/gpu:h100=8,gres/gpu=8,node=1` amounts to."""
    found = (match.groups() for match in _TRES.finditer(text))
    return allotted((name, model or "", int(count)) for name, model, count in found)


def cards_in_tres(text: str) -> int:
    """Whole cards in an `AllocTRES`."""
    return allotted_in_tres(text).cards


def seconds_of(elapsed: str) -> int | None:
    """`[D-]HH:MM:SS` in seconds; null for anything else."""
    match = _ELAPSED.fullmatch(elapsed)
    if match is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
