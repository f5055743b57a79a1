"""Work shared out among processes of this machine; what they share is not copied where the system can fork."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

Shared = TypeVar("Shared")
Part = TypeVar("Part")
Found = TypeVar("Found")


def available() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def shared_out(work: Callable[[Shared, Part], Found], shared: Shared, parts: Sequence[Part]) -> list[Found]:
    """What the work makes of each part, in their order; one process per part, this one for a single part.

    Args:
        work: a function of a module, which other processes can find by name.
    """
    if len(parts) < 2:
        return [work(shared, part) for part in parts]
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if "fork" in methods else None)
    with ProcessPoolExecutor(len(parts), mp_context=context, initializer=_keep, initargs=(work, shared)) as pool:
        return list(pool.map(_work, parts))


_kept: tuple[Callable[[Any, Any], Any], Any] | None = None  # a process of the pool serves one call


def _keep(work: Callable[[Any, Any], Any], shared: Any) -> None:
    global _kept
    _kept = work, shared


def _work(part: Any) -> Any:
    assert _kept is not None  # noqa: S101 – the pool begins with `_keep`
    work, shared = _kept
    return work(shared, part)
