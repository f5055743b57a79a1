"""States of schedulers: Slurm's closed list, and the words other platforms use for the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
import re2

from core.provenance import Where
from core.text import Text
from evidence.parsers.base import Issues
from evidence.parsers.tables.headers import folded

STATES = frozenset(
    (
        "COMPLETED",
        "FAILED",
        "TIMEOUT",
        "CANCELLED",
        "NODE_FAIL",
        "OUT_OF_MEMORY",
        "PREEMPTED",
        "BOOT_FAIL",
        "DEADLINE",
        "REQUEUED",
        "RESIZING",
        "REVOKED",
        "SUSPENDED",
        "PENDING",
        "RUNNING",
        "COMPLETING",
        "CONFIGURING",
    )
)
UNFINISHED = frozenset(("PENDING", "RUNNING", "SUSPENDED", "RESIZING", "COMPLETING", "CONFIGURING"))

# `CANCELLED by 1000`, and the `+` of a column printed too narrow.
_SUFFIX = re2.compile(r"(\+| by [0-9A-Za-z_.-]+)$")


def bare_state(text: str) -> str:
    """A state without who cancelled it and without the sign of a cut-off column."""
    bare: str = _SUFFIX.sub("", text.strip())
    return bare.upper()


def read_states(
    texts: pa.Array,
    lines: pa.Array,
    issues: Issues,
    *,
    words: Mapping[str, str] | None = None,
    place: Callable[[int], Where] | None = None,
) -> pa.Array:
    """States as the scheduler writes them; unknown ones are listed and kept, never put into another's bucket.

    `place` is that of the n-th text, where it has more of a place than its line.
    """
    encoded = texts.dictionary_encode()
    known = words or {}
    states: list[str] = []
    for index, text in enumerate(encoded.dictionary.to_pylist()):
        state = known.get(folded(text), bare_state(text))
        states.append(state)
        if state not in STATES:
            places = [i for i, code in enumerate(encoded.indices.to_pylist()) if code == index]
            where = place(places[0]) if place else Where(line=lines[places[0]].as_py())
            issues.add(
                "unknown_state",
                Text(
                    zh=f"未知的作业状态“{state[:40]}”（{len(places)} 行）。",
                    en=f"Unknown job state “{state[:40]}” ({len(places)} rows).",
                ),
                where=where,
                times=len(places),
            )
    return pa.DictionaryArray.from_arrays(encoded.indices, pa.array(states, pa.string())).cast(pa.string())


def tell_unknown_state(issues: Issues, state: str, line: int) -> None:
    """A state outside Slurm's list, which is kept as written."""
    issues.add(
        "unknown_state",
        Text(zh=f"未知的作业状态“{state[:40]}”。", en=f"Unknown job state “{state[:40]}”."),
        where=Where(line=line),
    )
