"""Values of Slurm's JSON, whose shapes differ between data-parser versions, and what its snapshots share.

A state is a text, a list or an object with `current`; a number is a number or `{"set", "infinite", "number"}`.
Instants are epoch seconds, so no zone is needed; 0 is none.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from core.period import instant
from core.provenance import Where
from core.text import Text
from evidence.parsers.base import Issues
from evidence.parsers.tables.scheduler_states import bare_state

LONGEST_STATE = 40
MOST_WORDS = 100
_LATEST_SECOND = 7_258_118_400  # 2200-01-01


class OddValue(Exception):
    """One value that cannot be read; says which field."""


def mapping(value: Any, name: str) -> Mapping[str, Any]:
    """An object.

    Raises:
        OddValue
    """
    if not isinstance(value, Mapping):
        raise OddValue(name)
    return value


def whole(value: Any, name: str, *, required: bool = False) -> int | None:
    """A count from 0, plain or as `{"set", "infinite", "number"}`; null where Slurm has none.

    Raises:
        OddValue
    """
    if isinstance(value, Mapping):
        value = value.get("number") if value.get("set") and not value.get("infinite") else None
    if value is None and not required:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise OddValue(name)
    return value


def moment(value: Any, name: str) -> dt.datetime | None:
    """An instant in UTC from epoch seconds; null for 0.

    Raises:
        OddValue
    """
    seconds = whole(value, name)
    if seconds is not None and seconds >= _LATEST_SECOND:
        raise OddValue(name)
    return dt.datetime.fromtimestamp(seconds, dt.UTC) if seconds else None


def words_of_state(value: Any, name: str = "state") -> list[str]:
    """The base state and the flags behind it, in capitals.

    Raises:
        OddValue
    """
    if isinstance(value, Mapping):
        value = value.get("current")
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not value or not all(isinstance(word, str) and word.strip() for word in value):
        raise OddValue(name)
    return [bare_state(word)[:LONGEST_STATE] for word in value]


def about_slurm(beside: Mapping[str, Any]) -> dict[str, Any]:
    """Version, release and cluster, under `meta.slurm` or, before Slurm 23, `meta.Slurm`."""
    meta = beside.get("meta")
    slurm = (meta.get("slurm") or meta.get("Slurm")) if isinstance(meta, Mapping) else None
    if not isinstance(slurm, Mapping):
        return {}
    version = slurm.get("version")
    parts = {part: str(number) for part, number in version.items()} if isinstance(version, Mapping) else None
    facts = {"slurm_version": parts, "slurm_release": slurm.get("release"), "cluster": slurm.get("cluster")}
    return {name: value for name, value in facts.items() if isinstance(value, str | dict)}


def counted(words: Iterable[str]) -> dict[str, int]:
    """How often each word stands there, in alphabetical order; beyond a hundred words the rarest stand together."""
    counts = Counter(words).most_common()
    kept, rest = dict(sorted(counts[:MOST_WORDS])), sum(number for _, number in counts[MOST_WORDS:])
    return kept | ({"…": rest} if rest else {})


def moment_fact(name: str, at: dt.datetime | None) -> dict[str, str]:
    """An instant as a fact, where there is one."""
    return {} if at is None else {name: instant(at)}


def tell_odd(issues: Issues, code: str, thing: Text, name: str, line: int) -> None:
    """A job or node that has no readable field and is left out."""
    issues.add(
        code,
        Text(
            zh=f"第 {line} 行开始的{thing.zh}缺少或无法读取“{name}”。",
            en=f"The {thing.en} that starts in line {line} has no readable “{name}”.",
        ),
        where=Where(line=line),
    )


def tell_snapshot(issues: Issues, hint: Text) -> None:
    """The file shows one moment, which says nothing about a period."""
    issues.add(
        "snapshot_only",
        Text(
            zh="该文件只反映导出时刻的状态，不能证明一段时期；仅列出事实，不参与计算。",
            en="The file shows the moment of its export, not a period; its facts are listed, nothing is measured.",
        ),
        hint=hint,
    )


ACCOUNTING = Text(
    zh="请用 sacct 导出一段时期的作业记录（sacct -a --duplicates -S … -E … --json）。",
    en="Export the jobs of a period with sacct (sacct -a --duplicates -S … -E … --json).",
)
