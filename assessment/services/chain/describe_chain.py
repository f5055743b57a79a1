"""The table of acts as Markdown, for `docs/life-of-an-assessment.md`."""

from __future__ import annotations

from collections.abc import Iterator

from assessment.services.chain.part_words import PARTS
from assessment.services.chain.table import CONDITIONS, PERMISSIONS, TRANSITIONS, Of, Transition
from core.text import Text

BEGIN, END = "<!-- the table: manage.py describe_chain -->", "<!-- end of the table -->"
_HEADS = {
    Of.ASSESSMENT: Text(zh="评价", en="The assessment"),
    Of.CERTIFICATE: Text(zh="证书", en="The certificate"),
    Of.FINDING: Text(zh="不符合项与观察项", en="A finding"),
    Of.DISPUTE: Text(zh="投诉、申诉与异议", en="A complaint, appeal or objection"),
    Of.RATING: Text(zh="指标评定", en="The rating of an indicator"),
}


def tables() -> str:
    """One table per kind of thing with a life, acts in the order of the code; ends with a line feed."""
    return "\n".join(line for of in Of for line in _table(of)) + "\n"


def inserted(page: str) -> str:
    """The page with its table as it is now.

    Raises:
        ValueError: the page has no place for it.
    """
    before, _, rest = page.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"no {BEGIN} … {END}")
    return f"{before}{BEGIN}\n\n{tables()}\n{END}{after}"


def _table(of: Of) -> Iterator[str]:
    yield f"### {_HEADS[of].en} {_HEADS[of].zh}"
    yield ""
    yield "| act | 动作 | from | to | by | only in |"
    yield "|---|---|---|---|---|---|"
    yield from (_row(row) for row in TRANSITIONS if row.of is of)
    yield ""


def _row(row: Transition) -> str:
    who = f"{PARTS[row.part].en} {PARTS[row.part].zh}"
    if PERMISSIONS[row.part]:
        who += f" (`{row.permission}`)"
    only = "; ".join(CONDITIONS[one][0].en for one in row.when) or "–"
    act = f"`{row.act}`" + (" (follows)" if row.follows else "")
    return f"| {act} | {row.title.zh} | `{row.before.value}` | `{row.after.value}` | {who} | {only} |"
