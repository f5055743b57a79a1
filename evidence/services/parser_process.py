"""Run the parser sandbox on one evidence and bring back what it found."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence import store
from evidence.models import Evidence
from evidence.parsers.sandbox import RESULT, Request, out_of_time

_SHOWN_OF_STDERR = 4000


class ParserDied(Exception):
    """The parser process ended in a way no file should bring about; worth another try."""


def run_parser(evidence: Evidence, *, folder: Path) -> dict[str, Any]:
    """Parse in a child process within the settings' time and memory; tables end up in `folder`.

    Raises:
        ParseError: with the parser's own words, or `too_slow`, `too_much_memory`.
        ParserDied: for anything else.
    """
    with store.local_path(evidence.blob_id, scratch=folder) as path:
        request = Request(
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
        try:
            done = subprocess.run(
                [sys.executable, "-m", "evidence.parsers.sandbox"],
                input=json.dumps(request.as_json()),
                cwd=settings.BASE_DIR,
                env=_environment(),
                capture_output=True,
                text=True,
                errors="backslashreplace",
                timeout=settings.PARSER_SECONDS + 10,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise out_of_time(settings.PARSER_SECONDS) from error
    if done.returncode == -signal.SIGXCPU:
        raise out_of_time(settings.PARSER_SECONDS)
    answer = folder / RESULT
    if done.returncode != 0 or not answer.exists():
        raise ParserDied(f"exit {done.returncode}: {done.stderr[-_SHOWN_OF_STDERR:]}")
    found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    if "problem" in found:
        raise as_error(found["problem"])
    result: dict[str, Any] = found["result"]
    return result


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
        "POLARS_MAX_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }
