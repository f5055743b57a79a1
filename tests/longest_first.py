"""Begin with what takes long: half a minute begun last leaves one of two processes with nothing to do."""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `long` at the beginning of either half, as each of two processes is given one.

    The others keep the order that pytest-django gave them; where a `long` one stands among them is all the same, since
    those that use the database by transactions empty it themselves.
    """
    long = [item for item in items if item.get_closest_marker("long")]
    others = [item for item in items if item not in long]
    first, second = long[: len(long) // 2], long[len(long) // 2 :]
    up_to = len(items) // 2 - len(first)
    items[:] = [*first, *others[:up_to], *second, *others[up_to:]]
