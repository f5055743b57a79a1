"""Where the rows are: a server by its address, or one file of SQLite in the home of the installation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ

_OF_A_CONNECTION = (
    "journal_mode = WAL",
    "synchronous = FULL",  # what was answered with 2xx survives a power cut
    "cache_size = -32000",
    "recursive_triggers = ON",  # a row INSERT OR REPLACE would remove asks the rules of deletion
)


def database(address: str | None, *, home: Path) -> dict[str, Any]:
    """As Django's settings say it; without an address the embedded one."""
    if address:
        return {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, **environ.Env.db_url_config(address)}
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": home / "zhiheng.sqlite3",
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            # Writers queue instead of failing half-way: a transaction that may write takes the lock at its start.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "; ".join(f"PRAGMA {one}" for one in _OF_A_CONNECTION),
        },
    }
