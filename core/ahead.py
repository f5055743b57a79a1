"""Work done beside other work, in threads: while one batch is looked at, the next one is read.

Arrow, NumPy and the operating system let other threads run meanwhile; what Python itself does takes turns.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")
STEPS = 2
THREADS = 2
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


def side_by_side(make: Callable[[Item], Made], items: Iterator[Item], *, threads: int = THREADS) -> Iterator[Made]:
    """What is made of each item, in their order, several being at work at once; the first error ends it."""
    with ThreadPoolExecutor(threads) as pool:
        at_work: deque[Future[Made]] = deque()
        for item in items:
            at_work.append(pool.submit(make, item))
            if len(at_work) > threads:
                yield at_work.popleft().result()
        while at_work:
            yield at_work.popleft().result()


def with_nothing_left(made: queue.Queue[Any]) -> None:
    """Make room, so that a maker nobody listens to comes to its end."""
    while not made.empty():
        made.get_nowait()
