"""A migrated database, kept from one run to the next: migrating takes longer than most tests together.

It is made anew when any module of the service changes, because migrations take what they write from the code.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".pytest_cache" / "migrated"
SERVICE = ("assessment", "indicators", "evidence", "centres", "operations", "core", "config")


@contextmanager
def kept(memory: str) -> Iterator[None]:
    """Around what migrates the test database: it finds nothing to do where one is kept, else its work is kept.

    Args:
        memory: the address of SQLite's shared database in memory; it lives as long as somebody is connected.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = _file()
    with (FOLDER / "lock").open("w") as lock, closing(sqlite3.connect(memory, uri=True)) as held:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of two workers one migrates
        known = file.is_file()
        if known:
            with closing(sqlite3.connect(file)) as source:
                source.backup(held)
            fcntl.flock(lock, fcntl.LOCK_UN)
        yield
        if not known:
            _keep(held, file)


def place(database: Path) -> None:
    """Where one is kept it becomes this file, and `manage.py prepare` finds it migrated."""
    with suppress(FileNotFoundError):
        shutil.copyfile(_file(), database)


def _keep(database: sqlite3.Connection, file: Path) -> None:
    for old in FOLDER.glob("*.sqlite3"):
        old.unlink()
    unfinished = file.with_suffix(f".{os.getpid()}")
    with closing(sqlite3.connect(unfinished)) as target:
        database.backup(target)
    unfinished.replace(file)


def _file() -> Path:
    digest = hashlib.sha256()
    for folder in SERVICE:
        for module in sorted((ROOT / folder).rglob("*.py")):
            digest.update(module.read_bytes())
    for lock in sorted((ROOT / "requirements").glob("*.lock")):  # some tables are those of a library
        digest.update(lock.read_bytes())
    return FOLDER / f"{digest.hexdigest()[:16]}.sqlite3"
