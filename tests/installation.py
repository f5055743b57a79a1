"""An installation of its own, with real processes, for the few tests that need them."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from fixtures.migrated import place

ROOT = Path(__file__).resolve().parents[1]
_PREPARE = """
import sys
import django
from django.core.management import call_command
django.setup()
call_command("prepare", verbosity=0)
call_command("load_people", sys.argv[-1])
"""


class Installation:
    """Embedded: SQLite, a folder and the filesystem broker under `home`; leases of three seconds."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "ZHIHENG_HOME": str(home),
            "ZHIHENG_JOB_LEASE_SECONDS": "3",
            "ZHIHENG_JOB_SWEEP_SECONDS": "1",
        }

    def prepare(self, people: str, *, then: str = "") -> None:
        """The database and those who use it, and a program after that, in one process."""
        (self.home / "people.yaml").write_text(people, encoding="utf-8")
        place(self.home / "zhiheng.sqlite3")
        self.run("-c", _PREPARE + then, str(self.home / "people.yaml"))

    def run(self, *arguments: str) -> None:
        """A Python program that has to end well."""
        subprocess.run([sys.executable, *arguments], cwd=ROOT, env=self.environment, check=True, capture_output=True)

    @contextmanager
    def process(self, *module_and_arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """A module run in a process group of its own, which does not outlive the block."""
        with (self.home / f"{module_and_arguments[0]}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *module_and_arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            try:
                yield process
            finally:
                kill(process)

    @contextmanager
    def server(self) -> Iterator[int]:
        """Its port."""
        port = free_port()
        with self.process(*gunicorn(port)):
            wait_until(lambda: answers(port), seconds=60)
            yield port

    def row(self, query: str) -> dict[str, Any]:
        with closing(sqlite3.connect(self.home / "zhiheng.sqlite3", timeout=10)) as database:
            database.row_factory = sqlite3.Row
            return dict(database.execute(query).fetchone())


def gunicorn(port: int) -> tuple[str, ...]:
    """Two workers, as the Procfile starts them."""
    return (
        "gunicorn",
        "config.wsgi",
        "--worker-class=operations.http.worker.ProblemWorker",
        "--preload",
        "--workers=2",
        "--threads=4",
        f"--bind=127.0.0.1:{port}",
    )


def kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=10)


def wait_until(holds: Callable[[], bool], *, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]
        return port


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
