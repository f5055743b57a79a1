"""Tables on paper: a head stands where its column stands."""

from __future__ import annotations

import datetime as dt
import re

from assessment.documents.content.paper import Paper, Sentence, Table
from assessment.documents.render import paper_html

TABLE = Table(
    ("Indicator", "Points", "Change", "Remark"),
    (("GR-1.1", "75.00", "–", "as measured"), ("GR-1.2", "–", "−1.20", "disputed"), ("ST-1.1", "not scored", "", "")),
)


def paper(language: str = "zh") -> str:
    day = dt.date(2026, 11, 30)
    return paper_html(Paper("T", "centre", "body", day, (Sentence("“x”"), TABLE), language=language))  # type: ignore[arg-type]


def test_a_column_is_of_figures_by_what_it_tells_not_by_its_dashes() -> None:
    assert TABLE.of_figures == (False, True, True, False)


def test_a_head_and_every_cell_below_stand_on_the_same_side() -> None:
    assert re.findall(r'<th scope="col"( class="number")?>', paper()) == ["", ' class="number"', ' class="number"', ""]
    rows = re.findall(r"<tr>(.*?)</tr>", paper().partition("<tbody>")[2], re.DOTALL)
    sides = [['class="number"' in cell for cell in re.findall(r"<td[^>]*>", row)] for row in rows]
    assert sides == [[False, True, True, False]] * 3


def test_english_is_set_as_english() -> None:
    assert '<html lang="en">' in paper("en")
    assert '<html lang="zh-Hans">' in paper()
