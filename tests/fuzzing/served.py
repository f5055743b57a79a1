"""Many formats under the fuzzer by one process that is made ready once; each format runs in a fork of it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.fuzzing.changed import ROOT

NEVER_ENDED = -signal.SIGKILL


class Fuzzer:
    """A process that fuzzes one format after the other: `with Fuzzer() as fuzzer: fuzzer.run(…)`."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzzing.one"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def run(self, arguments: list[str], log: Path, *, seconds: int) -> int:
        """Fuzz one format, its output into a file; the exit code, `NEVER_ENDED` where so many seconds did not do."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the fuzzer was not started by `with`")
        self._process.stdin.write(json.dumps({"arguments": arguments, "log": str(log), "seconds": seconds}) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the fuzzer ended before its time")
        return int(answer)


def serve(fuzz: Callable[[list[str]], None]) -> None:
    """Answer each request of a `Fuzzer` on standard input with an exit code, until there is none any more."""
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if not child:
            _run(fuzz, request["arguments"], request["log"])
        watch = threading.Timer(request["seconds"], _end, [child])
        watch.start()
        _, status = os.waitpid(child, 0)
        watch.cancel()
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _run(fuzz: Callable[[list[str]], None], arguments: list[str], log: str) -> None:
    with Path(log).open("wb") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    try:
        fuzz(arguments)
    finally:
        os._exit(1)  # whatever escaped: a fork must never read its parent's requests


def _end(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
