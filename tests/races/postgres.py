"""A PostgreSQL of one's own in a temporary folder, where the machine has its programs."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`, the newest of them; None where PostgreSQL is not installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    found = str(debian[-1]) if debian else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Start the server, and end it with its data; the address for `ZHIHENG_DATABASE_URL`."""
    # The server refuses to run as root, so root hands it to somebody else.
    user = _somebody() if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="zhiheng-postgres-", dir="/tmp")) if user else folder
    folder.mkdir(exist_ok=True)
    if user:
        shutil.chown(folder, user)
    at, data, port = programs(), folder / "data", free_port()
    assert at is not None, "PostgreSQL is not installed"

    def run(program: str, *arguments: str) -> None:
        command = [str(at / program), "-D", str(data), *arguments]
        subprocess.run(command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, env={"LC_ALL": "C"})

    run("initdb", "--username=zhiheng", "--auth=trust", "--encoding=UTF8", "--no-sync")
    options = f"-h 127.0.0.1 -p {port} -k {folder} -c max_connections=200 -c fsync=off"
    run("pg_ctl", "-w", "-t", "120", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgres://zhiheng@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _somebody() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
