"""Work done one step ahead in a thread of its own: while one batch is looked at, the next one is read."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Any, TypeVar

Item = TypeVar("Item")
STEPS = 2
_END = object()


def ahead(items: Iterator[Item], *, steps: int = STEPS) -> Iterator[Item]:
    """The same items in the same order, the next ones being made meanwhile; errors come at their place."""
    made: queue.Queue[Any] = queue.Queue(steps)
    given_up = threading.Event()

    def make() -> None:
        end: Any = _END
        try:
            for item in items:
                made.put((item,))
                if given_up.is_set():
                    return
        except BaseException as error:
            end = error
        made.put(end)

    maker = threading.Thread(target=make, daemon=True)
    maker.start()
    try:
        while isinstance(step := made.get(), tuple):
            yield step[0]
        if step is not _END:
            raise step
    finally:
        given_up.set()
        while maker.is_alive():
            with_nothing_left(made)
            maker.join(0.01)


def with_nothing_left(made: queue.Queue[Any]) -> None:
    """Make room, so that a maker nobody listens to comes to its end."""
    while not made.empty():
        made.get_nowait()
