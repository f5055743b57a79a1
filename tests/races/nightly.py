"""Who saves one thing at once on PostgreSQL: `python -m tests.races.nightly [--service 1000] [--http 50]`.

Fifty deciders of one case, then two assessors of one finding; at the services first, then over HTTP through gunicorn.
A PostgreSQL of its own in a temporary folder. Exit code 1 when in a round two were first or none, 0 with a message
where PostgreSQL is not installed.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
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
        failed = _rounds("service", given, environment)
        return _over_http(given, environment) or failed


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
        return _rounds("http", given, environment, "--address", f"http://{bind}")
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=60)


def _rounds(door: str, given: argparse.Namespace, environment: dict[str, str], *further: str) -> int:
    rounds: int = getattr(given, door)
    if not rounds:
        return 0
    who = (f"--decision={given.decision}", f"--finding={given.finding}")
    command = [sys.executable, "-m", "tests.races.rounds", door, f"--rounds={rounds}", *who, *further]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--service", type=int, default=1000, help="rounds at the service")
    parser.add_argument("--http", type=int, default=50, help="rounds over HTTP")
    parser.add_argument("--decision", type=int, default=50, help="people who decide one case; 0: none of these rounds")
    parser.add_argument("--finding", type=int, default=2, help="assessors who save one finding; 0: likewise")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
