"""One cell of text as a figure that an observation keeps."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

from core.errors import InputError
from core.provenance import Where
from core.quantity import read_number
from core.text import Text
from evidence.parsers.base import Issues, Severity

# A cell's unit may still change (MWh to Wh), which has to fit the 29 digits of `FIGURE`; `figures.figure`, which takes
# a value already in its column's unit, allows all of them.
LARGEST_CELL = Decimal(10) ** 24
FIGURE_DECIMALS = Decimal("1e-9")
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


def figure_in_cell(text: str, issues: Issues, *, where: Where, name: str = "") -> Decimal | None:
    """A number as an observation keeps it, or None with its issue.

    Issues: `not_a_number`; `out_of_range` from 10²⁴ up; the note `rounded` where more than nine decimals stood.
    """
    try:
        value = read_number(text)
    except InputError as error:
        issues.add(error.code, error.message, where=where, hint=error.hint)
        return None
    if abs(value) >= LARGEST_CELL:
        issues.add(
            "out_of_range",
            Text(zh=f"数值过大：{text[:40]}。", en=f"The number is too large: {text[:40]}."),
            where=where,
        )
        return None
    kept = value.quantize(FIGURE_DECIMALS, context=_EXACT)
    if kept != value:
        issues.add(
            "rounded",
            Text(zh=f"{text[:40]} 已四舍五入到 9 位小数。", en=f"{text[:40]} was rounded to nine decimals."),
            where=where,
            severity=Severity.INFO,
        )
    return kept
