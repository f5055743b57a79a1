"""When a process that lives long looks for garbage: never through what was loaded at its start, and seldom at all."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 50_000  # objects made, net of those let go, between two looks for garbage
WORTH_A_LOOK = 2_000  # the same, where nobody waits for the look
_YOUNG_BEFORE_OLD = 20
_LOOKS_BEFORE_A_WIDER_ONE = 10  # in a pause


@contextmanager
def nothing_collected() -> Iterator[None]:
    """While modules are loaded: none of them will ever be garbage, and looking for it takes a sixth of the time."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


def freeze_what_is_loaded() -> None:
    """Leave everything that exists by now out of every later collection, and collect seldom.

    By default seven hundred new objects bring about a collection, and one result tree is thousands: nearly every page
    was held up by several, now and then by one through everything a process remembers. What is no part of a cycle is
    let go at once as before; cycles of a request wait a little longer, and take a few megabytes meanwhile.
    """
    gc.collect()
    gc.freeze()
    collect_seldom()


def collect_seldom() -> None:
    gc.set_threshold(SELDOM, _YOUNG_BEFORE_OLD, _YOUNG_BEFORE_OLD)


def collect_in_a_pause() -> None:
    """Look for garbage now, where there is enough: between two requests, when the answer is out and nobody waits.

    A page's rows hold each other in cycles; left to the count of objects, every second or third page paid fifty
    milliseconds for those before it.
    """
    young, middle, old = gc.get_count()
    if young >= WORTH_A_LOOK:
        due = [middle >= _LOOKS_BEFORE_A_WIDER_ONE, old >= _LOOKS_BEFORE_A_WIDER_ONE]
        gc.collect(2 if all(due) else 1 if due[0] else 0)
