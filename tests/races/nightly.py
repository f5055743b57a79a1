"""Who saves one thing at once on PostgreSQL: `python -m tests.races.nightly [--service 1000] [--http 50] [--jobs 1]`.

Fifty deciders of one case, then two assessors of one finding; at the services first, then over HTTP through gunicorn.
With `--jobs` so many processes share the rounds at the services, at one time in one database: then cases race for their
numbers too. A PostgreSQL of its own in a temporary folder. Exit code 1 when in a round two were first or none, or the
whole is not one decision, certificate and number a round; 0 with a message where PostgreSQL is not installed.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fixtures.demo.play import wait_for
from tests.races.postgres import free_port, postgres, programs

ROOT = Path(__file__).resolve().parents[2]
MISSING = "PostgreSQL is not installed (Debian and Ubuntu: postgresql): the races were not run"


def main() -> int:
    given = _arguments()
    if programs() is None:
        print(MISSING)  # noqa: T201
        return 0
    with prepared() as environment:
        failed = _at_the_service(given, environment)
        return max(failed, _over_http(given, environment))


@contextmanager
def prepared() -> Iterator[dict[str, str]]:
    """The environment of an installation on a PostgreSQL of its own."""
    with tempfile.TemporaryDirectory() as folder, postgres(Path(folder) / "postgres") as database:
        home = Path(folder) / "home"
        home.mkdir()
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "ZHIHENG_HOME": str(home),
            "ZHIHENG_DATABASE_URL": database,
            "ZHIHENG_SCHEME_EXPRESS": "1",
            "ZHIHENG_RATE_ADDRESS": "1000000/min",
            "ZHIHENG_LOG_LEVEL": "ERROR",
        }
        manage = [sys.executable, "manage.py", "prepare"]
        subprocess.run(manage, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        yield environment


def _at_the_service(given: argparse.Namespace, environment: dict[str, str]) -> int:
    """Every process runs to its end, so that one fault hides no other."""
    if not given.service:
        return 0
    shares = [given.service // given.jobs + (job < given.service % given.jobs) for job in range(given.jobs)]
    commands = [
        _rounds("service", given, rounds, f"--job={job}", f"--jobs={given.jobs}")
        for job, rounds in enumerate(shares, start=1)
        if rounds
    ]
    racing = [subprocess.Popen(command, cwd=ROOT, env=environment) for command in commands]
    failed = [process.wait() for process in racing]
    return max(*failed, _whole(given, environment, rounds=given.service))


def _over_http(given: argparse.Namespace, environment: dict[str, str]) -> int:
    if not given.http:
        return 0
    bind = f"127.0.0.1:{free_port()}"
    gunicorn = [str(Path(sys.executable).parent / "gunicorn"), "config.wsgi", "--preload", "--workers", "2"]
    server = subprocess.Popen(
        [*gunicorn, "--threads", "25", "--bind", bind, "--timeout", "600"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # a warning for each who was refused
        start_new_session=True,
    )
    try:
        wait_for(f"http://{bind}")
        command = _rounds("http", given, given.http, "--address", f"http://{bind}")
        failed = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        return max(failed, _whole(given, environment, rounds=given.service + given.http))
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=60)


def _rounds(door: str, given: argparse.Namespace, rounds: int, *further: str) -> list[str]:
    who = (f"--decision={given.decision}", f"--finding={given.finding}")
    return [sys.executable, "-m", "tests.races.rounds", door, f"--rounds={rounds}", *who, *further]


def _whole(given: argparse.Namespace, environment: dict[str, str], *, rounds: int) -> int:
    """What all rounds so far left in the database."""
    decided = rounds if given.decision else 0
    command = [sys.executable, "-m", "tests.races.whole", f"--decided={decided}"]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--service", type=int, default=1000, help="rounds at the service")
    parser.add_argument("--http", type=int, default=50, help="rounds over HTTP")
    parser.add_argument("--decision", type=int, default=50, help="people who decide one case; 0: none of these rounds")
    parser.add_argument("--finding", type=int, default=2, help="assessors who save one finding; 0: likewise")
    parser.add_argument("--jobs", type=int, default=1, help="processes that share the rounds at the service")
    given = parser.parse_args()
    if given.jobs < 1:
        parser.error("--jobs: at least one process")
    return given


if __name__ == "__main__":
    sys.exit(main())
