"""Look for garbage as seldom as the service does: most of what tests hold is there for all of them, and never any."""

from __future__ import annotations

from core.garbage import freeze_what_is_loaded


def pytest_collection_finish() -> None:
    freeze_what_is_loaded()
