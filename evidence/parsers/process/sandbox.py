"""Each file parsed in a process of its own, so that no file can take a worker down.

A fork of `sandbox_process` answers one request, which names the file, what the uploader declared, the
limits and an empty folder. It writes `<kind>.parquet` per table – of an archive its members, into `members/` – and then
`result.json` there: `{"result": …}`, or `{"problem": …}` for a file that cannot be read. Anything else it does is a
death, with its last words in `stderr.txt`.
"""

from __future__ import annotations

import errno
import json
import resource
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from core.canonical import jsonable
from core.errors import ParseError, UserFacingError
from core.text import Text
from evidence.parsers.archives.members import read_archive
from evidence.parsers.archives.packed import FORMAT, VERSION, is_archive
from evidence.parsers.base import identity
from evidence.parsers.content import refuse_mismatch
from evidence.parsers.personal_data import personal_issues
from evidence.parsers.reading import read_by
from evidence.parsers.registry import identify
from evidence.parsers.spool import write_parquet
from evidence.parsers.text.source import Source

RESULT = "result.json"
MEMBERS = "members"
# Facts and issues are read whole by the worker.
LARGEST_RESULT = 32 * 1024**2


@dataclass(frozen=True, slots=True)
class Request:
    """What to parse; empty texts where the uploader said nothing."""

    path: str
    name: str
    sha256: str
    size: int
    format: str
    encoding: str
    timezone: str
    folder: str
    seconds: int
    memory: int
    output: int  # bytes of everything it writes, and of the members of an archive
    expanded: int
    column_map: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def answer(request: dict[str, Any]) -> None:
    """In the fork: one file within its limits."""
    asked = Request(**request)
    _limit(seconds=asked.seconds, memory=asked.memory, output=max(asked.output, asked.expanded))
    _answer(asked)


def _answer(request: Request) -> None:
    folder = Path(request.folder)
    try:
        answer = {"result": parse(request, folder)}
    except (MemoryError, pa.ArrowMemoryError):
        answer = {"problem": out_of_budget(request.memory).as_json()}
    except UserFacingError as error:
        answer = {"problem": error.as_json()}
    except OSError as error:
        if error.errno != errno.EFBIG:  # a file grew beyond the limit of the process
            raise
        answer = {"problem": out_of_room(request.output).as_json()}
    said = json.dumps(answer, ensure_ascii=False, allow_nan=False).encode()
    if len(said) > LARGEST_RESULT:
        said = json.dumps({"problem": out_of_room(LARGEST_RESULT).as_json()}, ensure_ascii=False).encode()
    (folder / RESULT).write_bytes(said)


def parse(request: Request, folder: Path) -> dict[str, Any]:
    """Write the tables into `folder`; everything else as plain JSON values.

    Of a file whose format is known and that cannot be read: `format`, `parser` and the `problem`.
    """
    source = Source(
        request.name,
        lambda: Path(request.path).open("rb"),  # noqa: SIM115  (the parser closes it)
        request.size,
        request.sha256,
        request.encoding or None,
        request.timezone or None,
        folder,
    )
    if is_archive(source):
        return _parse_archive(source, request, folder)
    parser = identify(source, declared=request.format or None, column_map=request.column_map)
    told = {"format": parser.format, "parser": identity(parser)}
    try:
        with ThreadPoolExecutor(1) as meanwhile:
            looked_through = meanwhile.submit(personal_issues, source)
            result = read_by(parser, source)
    except UserFacingError as error:
        return {**told, "problem": error.as_json()}
    left = request.output
    personal, counted = looked_through.result()
    rows = {kind: table.num_rows for kind, table in result.tables.items()}
    for kind, table in result.tables.items():
        path = folder / f"{kind}.parquet"
        write_parquet(table, path)
        left -= path.stat().st_size
        if left < 0:
            raise out_of_room(request.output)
    return {
        **told,
        "encoding": result.encoding,
        "facts": jsonable(result.facts),
        "runs": jsonable(result.runs),
        "issues": [issue.as_json() for issue in (*result.issues, *personal)],
        "issue_counts": {**result.issue_counts, **counted},
        "coverage": jsonable(result.coverage),
        "tables": rows,
    }


def _parse_archive(source: Source, request: Request, folder: Path) -> dict[str, Any]:
    """Its members, written into `folder`, with what is said about each."""
    told = {"format": FORMAT, "parser": f"{FORMAT}/{VERSION}"}
    (folder / MEMBERS).mkdir()
    try:
        refuse_mismatch(source)
        result = read_archive(source, folder / MEMBERS, largest=request.expanded, declared=request.format or None)
    except UserFacingError as error:
        return {**told, "problem": error.as_json()}
    return {
        **told,
        "facts": {"members": result.members, "evidence": len(result.told), "has_manifest": result.has_manifest},
        "issues": [issue.as_json() for issue in result.issues.listed],
        "issue_counts": dict(result.issues.counts),
        "coverage": jsonable(result.coverage),
        "tables": {},
        "members": [member.as_json() for member in result.told],
    }


def out_of_budget(memory: int) -> ParseError:
    return ParseError(
        "too_much_memory",
        Text(
            zh=f"读取该文件所需内存超过 {memory // 1024**2} MiB。",
            en=f"Reading the file takes more than {memory // 1024**2} MiB of memory.",
        ),
        hint=Text(zh="请按月拆分文件后分别上传。", en="Split the file by month and upload the parts."),
    )


def out_of_room(output: int) -> ParseError:
    return ParseError(
        "too_much_output",
        Text(
            zh=f"读取该文件产生的数据超过 {output // 1024**2} MiB。",
            en=f"Reading the file yields more than {output // 1024**2} MiB of data.",
        ),
        hint=Text(zh="请按月拆分文件后分别上传。", en="Split the file by month and upload the parts."),
    )


def out_of_time(seconds: int) -> ParseError:
    return ParseError(
        "too_slow",
        Text(zh=f"{seconds} 秒内未能读完该文件。", en=f"The file could not be read within {seconds} seconds."),
        hint=Text(zh="请按月拆分文件后分别上传。", en="Split the file by month and upload the parts."),
    )


def _limit(*, seconds: int, memory: int, output: int) -> None:
    """Processor time, bytes of each file and address space; the last counts from what the interpreter holds."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    status = Path("/proc/self/statm")
    if status.exists():
        held = int(status.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (held + memory, held + memory))
