"""Two requests of which neither sees what the other one writes: the second begins before the first has committed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.db import connection, transaction
from django.db.models import QuerySet

from core.errors import DecisionBlocked

SECONDS = 0.6  # in which the second one does all it can do
Act = Callable[[], object]


def at_once(first: Act, second: Act) -> list[str]:
    """What each was told: `done`, the code of a refusal, or the name of a fault."""
    done = threading.Event()
    told = ["", ""]

    def one() -> None:
        told[0] = _told(first, lambda: (done.set(), time.sleep(SECONDS)))
        done.set()

    def other() -> None:
        done.wait(60)
        told[1] = _told(second, lambda: None)

    threads = [threading.Thread(target=target) for target in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return told


def _told(act: Act, before_it_commits: Act) -> str:
    try:
        with transaction.atomic():
            act()
            before_it_commits()
    except DecisionBlocked as refusal:
        return refusal.code
    except Exception as error:
        return type(error).__name__
    finally:
        connection.close()
    return "done"


@contextmanager
def held_by_the_database_alone() -> Iterator[None]:
    """As raw SQL has it: services hold neither human beings nor centres, which alone they hold without their keys."""
    holding = QuerySet.select_for_update

    def select_for_update(rows: QuerySet[Any], *args: Any, no_key: bool = False, **given: Any) -> QuerySet[Any]:
        return rows.all() if no_key else holding(rows, *args, **given)

    with mock.patch.object(QuerySet, "select_for_update", select_for_update):
        yield
