"""Golden pairs: a small evidence file in `fixtures/evidence/<format>/` and, beside it, what it must amount to.

`<case>.<ext>` goes with `<case>.expected.json`: the JSON of `zhiheng parse` and every row of its tables, or the
refusal. A key `timezone` or `encoding` there is what the uploader declared. `script/golden` shows what differs.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from core.canonical import jsonable
from core.errors import ParseError
from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "fixtures" / "evidence"
SUFFIX = ".expected.json"


def cases() -> list[Path]:
    """The evidence files that have, or should have, an expectation beside them."""
    return sorted(path for path in FOLDER.glob("*/*") if path.is_file() and not path.name.endswith(SUFFIX))


def expectation_path(case: Path) -> Path:
    return case.with_name(case.name.split(".")[0] + SUFFIX)


def expected(case: Path) -> dict[str, Any]:
    """What stands beside the file; empty where nothing does yet."""
    path = expectation_path(case)
    known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return known


def declared(case: Path) -> dict[str, str]:
    """What the uploader declared, as the expectation remembers it."""
    known = expected(case)
    return {name: known[name] for name in ("timezone", "encoding_declared") if name in known}


@cache
def outcome(case: Path) -> dict[str, Any]:
    """What the file amounts to now, in the shape of an expectation; read once, and not to be changed."""
    options = declared(case)
    source = Source.of_path(case, timezone=options.get("timezone"), encoding=options.get("encoding_declared"))
    try:
        parser = identify(source)
        result = parser.parse(source)
    except ParseError as error:
        return {**options, "error": error.as_json()}
    rows = {name: table.to_pylist() for name, table in result.tables.items()}
    return {**options, **result.as_json(parser, source), "rows": jsonable(rows)}


def as_text(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
