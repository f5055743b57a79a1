"""The installation behind gunicorn, as the Procfile starts it, for one client."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 60.0
ROOT = Path(__file__).parents[2]


@contextmanager
def served(home: Path) -> Iterator[Callable[[str, str], bytes]]:
    """A function that fetches an address with the key of a session."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--preload", "--workers", "2", "--threads", "4"]
    command += ["--worker-class", "operations.http.worker.ProblemWorker"]
    server = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}", "--timeout", "120"],
        cwd=ROOT,
        env=os.environ | {"ZHIHENG_HOME": str(home)},
        stderr=subprocess.DEVNULL,
    )

    def get(address: str, session: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        cookie = {"Cookie": f"sessionid={session}"} if session else {}
        connection.request("GET", address, headers={"Host": "localhost", "Accept-Language": "zh-hans", **cookie})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if answer.status != 200:
            raise SystemExit(f"{address} answers {answer.status}")
        return content

    try:
        _wait(get)
        yield get
    finally:
        server.terminate()
        server.wait()


def _wait(get: Callable[[str, str], bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            get("/healthz", "")
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return


def _free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])
