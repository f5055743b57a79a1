"""Have the parser sandbox read one evidence, and bring back what it found."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

from django.conf import settings

from core.errors import ParseError
from core.forking import Forker, ForkerLost, last_words
from core.provenance import Where
from core.text import Text
from evidence import store
from evidence.models import Evidence
from evidence.parsers.process.sandbox import RESULT, Request, out_of_time

GRACE_SECONDS = 10


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
        code = _forked(request_for(evidence, path=path, folder=folder))
    if code == -signal.SIGXCPU:
        raise out_of_time(settings.PARSER_SECONDS)
    answer = folder / RESULT
    if code != 0 or not answer.exists():
        raise ParserDied(f"exit {code}: {last_words(folder)}")
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
        output=settings.PARSER_OUTPUT,
        expanded=settings.ARCHIVE_EXPANDED,
        column_map=evidence.column_map.content if evidence.column_map else None,
    )


def _forked(request: Request) -> int:
    try:
        return _SANDBOX.run(request.as_json(), seconds=request.seconds + GRACE_SECONDS)
    except TimeoutError as error:
        raise out_of_time(request.seconds) from error
    except ForkerLost as error:
        raise ParserDied(str(error)) from error


def as_error(problem: dict[str, Any]) -> ParseError:
    """The way back from `UserFacingError.as_json()`, also for an issue."""
    hint = problem.get("hint")  # an issue may lack one
    return ParseError(
        problem["code"],
        Text(**problem["message"]),
        where=Where(**(problem.get("where") or {})),
        hint=Text(**hint) if hint else _MEND,
    )


_MEND = Text(zh="请在所示位置改正后重新上传。", en="Mend it at the place named and upload it again.")

# Few threads: each costs address space that the file should have. What a block of a file needed is kept for the next
# one: handed back to the system after each, it would be fetched anew, page by page, half of the time.
_SANDBOX = Forker(
    "evidence.parsers.process.sandbox_process",
    environment={
        "MALLOC_ARENA_MAX": "2",
        "MALLOC_MMAP_THRESHOLD_": "33554432",
        "MALLOC_TRIM_THRESHOLD_": "67108864",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    },
)
