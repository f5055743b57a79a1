"""A list of cards, nodes or jobs that a centre commits to before anybody knows what will be drawn from it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from core.canonical import canonical_digest
from core.errors import InputError
from core.provenance import Where
from core.text import Text

LONGEST_NAME = 200
MOST = 1_000_000


def inventory(names: Iterable[str]) -> tuple[str, ...]:
    """The names in their one order: stripped, sorted by code point.

    Args:
        names: N serial numbers or identifiers, in any order.

    Raises:
        InputError: `inventory_empty`, `inventory_too_long`; `inventory_name_empty`, `inventory_name_too_long` and
            `inventory_repeats` with the line (from 1).
    """
    seen: dict[str, int] = {}
    for line, given in enumerate(names, start=1):
        name = given.strip()
        if line > MOST:
            raise _refused("inventory_too_long", f"清单超过 {MOST:,} 项。", f"More than {MOST:,} items.", hint=_FEWER)
        if not name:
            raise _refused("inventory_name_empty", "此行为空。", "The line is empty.", line, hint=_FILL)
        if len(name) > LONGEST_NAME:
            raise _refused("inventory_name_too_long", "此行过长。", "The line is too long.", line, hint=_NAME)
        if name in seen:
            raise _refused(
                "inventory_repeats",
                f"与第 {seen[name]} 行相同：{name}。",
                f"The same as line {seen[name]}: {name}.",
                line,
                hint=_ONCE,
            )
        seen[name] = line
    if not seen:
        raise _refused("inventory_empty", "清单为空。", "The inventory is empty.", hint=_NAME)
    return tuple(sorted(seen))


def read_inventory(content: bytes) -> tuple[str, ...]:
    """An inventory from a file: one name a line, or the first column of a CSV headed `serial`, `node` or `job`.

    Raises:
        InputError: as `inventory`; `not_text`.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(
            "not_text", "清单须为 UTF-8 文本。", "The inventory must be UTF-8 text.", hint=_AS_TEXT
        ) from error
    rows = [row[0] if row else "" for row in csv.reader(io.StringIO(text))]
    if rows and rows[0].strip().lower() in ("serial", "node", "job", "序列号", "节点", "作业"):
        rows = rows[1:]
    while rows and not rows[-1].strip():
        rows.pop()
    return inventory(rows)


def commitment_of(names: tuple[str, ...], *, of: str, word: str) -> str:
    """`sha256:…` of the canonical JSON `{"contract", "names", "of", "word"}`; any change of the inventory changes it.

    Args:
        names: as `inventory` returns them.
        of: what they are: cards, nodes, jobs.
        word: the centre's own share of the seed, anything it likes.
    """
    return canonical_digest({"contract": 1, "of": of, "names": list(names), "word": word})


def _refused(code: str, zh: str, en: str, line: int | None = None, *, hint: Text) -> InputError:
    return InputError(code, Text(zh=zh, en=en), where=Where(line=line) if line else None, hint=hint)


_FEWER = Text(zh="请按节点而不是按卡列出，或分成几次抽样。", en="List nodes and not cards, or draw several samples.")
_FILL = Text(zh="请填写，或删去这一行。", en="Fill it in, or leave the line out.")
_NAME = Text(
    zh=f"每行写一个序列号或名称，最多 {LONGEST_NAME} 个字符。",
    en=f"Write one serial number or name on each line, of at most {LONGEST_NAME} characters.",
)
_ONCE = Text(zh="请只保留其中一行。", en="Keep one of the two lines.")
_AS_TEXT = Text(
    zh="请另存为 UTF-8 编码的文本或 CSV，每行一个名称。",
    en="Save it as text or CSV in UTF-8, with one name on each line.",
)
