"""Have the parser sandbox read one evidence, and bring back what it found."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from django.conf import settings

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence import store
from evidence.models import Evidence
from evidence.parsers.sandbox import RESULT, STDERR, Request, out_of_time

GRACE_SECONDS = 10
_LAST_WORDS = 4000


class ParserDied(Exception):
    """The parser process ended in a way no file should bring about; worth another try."""


def run_parser(evidence: Evidence, *, folder: Path) -> dict[str, Any]:
    """Parse in a process of its own within the settings' time and memory; tables end up in `folder`.

    Returns:
        What `sandbox.parse` found, or the `problem` of a file whose format is known and that cannot be read.

    Raises:
        ParseError: of a file of no known format, or `too_slow`, `too_much_memory`.
        ParserDied: for anything else.
    """
    with store.local_path(evidence.blob_id, scratch=folder) as path:
        code = _SANDBOX.run(request_for(evidence, path=path, folder=folder))
    if code == -signal.SIGXCPU:
        raise out_of_time(settings.PARSER_SECONDS)
    answer = folder / RESULT
    if code != 0 or not answer.exists():
        raise ParserDied(f"exit {code}: {_last_words(folder)}")
    found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    if "problem" in found:
        raise as_error(found["problem"])
    result: dict[str, Any] = found["result"]
    return result


def request_for(evidence: Evidence, *, path: Path, folder: Path) -> Request:
    """What the sandbox is asked: to read the file at `path` and leave what it finds in `folder`."""
    return Request(
        path=str(path),
        name=evidence.name,
        sha256=evidence.digest,
        size=evidence.blob.size,
        format=evidence.declared_format,
        encoding=evidence.declared_encoding,
        timezone=evidence.timezone,
        folder=str(folder),
        seconds=settings.PARSER_SECONDS,
        memory=settings.PARSER_MEMORY,
    )


class _Sandbox:
    """The sandbox of this process, started when first needed and again after it was lost."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._owner = 0
        self._one_at_a_time = threading.Lock()

    def run(self, request: Request) -> int:
        """The exit code of the fork that did the request.

        Raises:
            ParseError: `too_slow`.
            ParserDied: when the sandbox itself is gone.
        """
        with self._one_at_a_time:
            process = self._running()
            assert process.stdin is not None  # noqa: S101  (both are pipes)
            assert process.stdout is not None  # noqa: S101  (both are pipes)
            try:
                process.stdin.write(json.dumps(request.as_json()) + "\n")
                process.stdin.flush()
                ready, _, _ = select.select([process.stdout], [], [], request.seconds + GRACE_SECONDS)
                answer = process.stdout.readline() if ready else ""
            except OSError as error:
                self._drop()
                raise ParserDied("the sandbox is gone") from error
            if not ready:
                self._drop()
                raise out_of_time(request.seconds)
            if not answer:
                self._drop()
                raise ParserDied("the sandbox ended")
            return int(answer)

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._owner != os.getpid() or self._process.poll() is not None:
            self._owner = os.getpid()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "evidence.parsers.sandbox"],
                cwd=settings.BASE_DIR,
                env=_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                start_new_session=True,  # a worker told to stop finishes its file first
            )
        return self._process

    def _drop(self) -> None:
        if self._process is not None:
            self._process.kill()  # its fork dies with it
            self._process.wait()
            self._process = None


_SANDBOX = _Sandbox()


def _last_words(folder: Path) -> str:
    path = folder / STDERR
    return path.read_text(encoding="utf-8", errors="backslashreplace")[-_LAST_WORDS:] if path.exists() else ""


def as_error(problem: dict[str, Any]) -> ParseError:
    """The way back from `UserFacingError.as_json()`, also for an issue."""
    hint = problem.get("hint")
    return ParseError(
        problem["code"],
        Text(**problem["message"]),
        where=Where(**(problem.get("where") or {})),
        hint=Text(**hint) if hint else None,
    )


def _environment() -> dict[str, str]:
    """No secrets, and few threads: each costs address space that the file should have."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TZDIR", "PYTHONPATH") if name in os.environ}
    return kept | {
        "PYTHONIOENCODING": "utf-8",
        "MALLOC_ARENA_MAX": "2",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }
