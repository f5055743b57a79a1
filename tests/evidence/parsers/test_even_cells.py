"""Even lines are cut into the cells that Arrow's reader finds in them; any other lines are left to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.parsers.columns.even_cells import even_cells
from evidence.parsers.tables.csv_tables import read_block

UNEVEN = {
    "a longer line": "a,b\nc,dd\n",
    "a delimiter in another place": "aa,b\nc,dd\n",
    "a delimiter more": "a,b,\nc,d,\n",
    "a delimiter more in one line": "a,b1\nc,,1\n",
    "a line end more": "a,b11\nc,\nd1\n",
    "a line end missing": "a,b\nc,d",
    "as many bytes without a line end": "a,b\nc,d1",
    "empty lines": "\n\n",
    "empty rows": ",\n,\n",
    "nothing": "",
}


def told(content: str, *, width: int) -> tuple[list[list[str]], list[list[str]]] | None:
    """The cells by column, as text and out of the dictionaries; these are held to be those of Arrow."""
    columns = even_cells(content.encode(), delimiter=",", width=width, line_ends=content.count("\n"))
    if columns is None:
        return None
    for column in columns:
        assert column.dictionary().equals(column.text().dictionary_encode())
    return [column.text().to_pylist() for column in columns], [column.dictionary().to_pylist() for column in columns]


@pytest.mark.parametrize("width", range(1, 30))
def test_cells_of_any_width_are_told_apart_wherever_they_differ(width: int) -> None:
    body = "x" * (width - 1)
    cells = sorted({body[:place] + sign + body[place:] for place in range(width) for sign in "abc"})
    for column in (cells * 3, sorted(cells * 400), [*cells, *cells[::-1], cells[0]]):
        content = "".join(f"{cell},é,{cell[::-1]}\n" for cell in column)
        turned = [cell[::-1] for cell in column]
        assert told(content, width=3) == ([column, ["é"] * len(column), turned],) * 2


@given(
    st.lists(st.sampled_from(["M-01", "M-02", "M-03", "M-04"]), min_size=1, max_size=5),
    st.integers(2, 9),
    st.integers(0, 4),
    st.integers(0, 60),
)
def test_meters_that_come_by_turns_are_told_apart_whoever_misses_a_turn(
    meters: list[str], turns: int, cut: int, missing: int
) -> None:
    rows = [*meters * turns, *meters[:cut]]
    for column in (rows, [*rows[:missing], *rows[missing + 1 :]]):
        assert told("".join(f"{meter},1\n" for meter in column), width=2) == ([column, ["1"] * len(column)],) * 2


def test_an_empty_column_is_one_of_empty_cells() -> None:
    assert told("a,,1\nb,,2\n", width=3) == ([["a", "b"], ["", ""], ["1", "2"]],) * 2


@pytest.mark.parametrize("uneven", UNEVEN)
def test_other_lines_are_not_cut(uneven: str) -> None:
    assert told(UNEVEN[uneven], width=2) is None


@given(st.lists(st.text("ab,\n表", min_size=4, max_size=4), max_size=6), st.integers(1, 4))
def test_whatever_is_cut_is_cut_as_arrow_cuts_it(lines: list[str], width: int) -> None:
    content = "".join(f"{line}\n" for line in lines)
    if (found := told(content, width=width)) is not None:
        block = read_block(1, content, delimiter=",", width=width)
        assert found == ([column.to_pylist() for column in block.columns],) * 2
        assert block.ragged == []
        assert len(block.lines) == len(lines)
