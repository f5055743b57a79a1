"""Tables as text: shape, encodings, headings, and the two ways of reading which must agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ParseError
from evidence.parsers.base import Issues, Severity
from evidence.parsers.tables.csv_tables import batches, read_block
from evidence.parsers.tables.headers import Heading
from evidence.parsers.tables.quoted_cells import split_quoted
from evidence.parsers.tables.table_batches import Batch, Tally
from evidence.parsers.tables.text_layouts import layout_of
from evidence.parsers.text.source import LONGEST_LINE, Source
from tests.evidence.parsers.properties import quickly

HEADINGS = (Heading("a", ("甲",)), Heading("b", ("乙",)))


def read(content: bytes) -> tuple[list[tuple[int, str, str]], Issues, Tally]:
    source = Source.of_bytes(content, "table.csv")
    issues, tally = Issues(), Tally()
    found: list[Batch] = list(batches(source, layout_of(source, HEADINGS, issues), issues, tally))
    rows = [
        (line, a, b)
        for batch in found
        for line, a, b in zip(
            batch.lines.to_pylist(), batch.columns["a"].to_pylist(), batch.columns["b"].to_pylist(), strict=True
        )
    ]
    return rows, issues, tally


def refusal(content: bytes) -> str:
    with pytest.raises(ParseError) as caught:
        read(content)
    return caught.value.code


TABLE = "甲,乙\n一,1\n二,2\n"


@pytest.mark.torture("T13", "GB18030", "UTF-8 with mark", "UTF-16")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_every_stated_encoding_gives_the_same_cells(encoding: str) -> None:
    assert read(TABLE.encode(encoding))[0] == [(2, "一", "1"), (3, "二", "2")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("end", ["三,", "三", '"三",'])
def test_a_table_that_ends_in_a_missing_cell_without_a_line_end_may_be_cut(end: str, encoding: str) -> None:
    _, issues, _ = read((TABLE + end).encode(encoding))
    (told,) = (issue for issue in issues.listed if issue.code == "may_be_cut")
    assert told.where.line == 4
    assert "may_be_cut" not in read((TABLE + end + "\n").encode(encoding))[1].counts


@pytest.mark.parametrize("end", ['三,"3"', '三,""', '三,"3,\n4"', ",", ""])
def test_a_last_cell_that_is_closed_by_its_quotation_mark_needs_no_line_end(end: str) -> None:
    assert "may_be_cut" not in read((TABLE + end).encode())[1].counts


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("end", ["三,30", '"三",3', '"三\n四",3'])
def test_a_last_cell_that_could_go_on_is_noted_and_no_more(end: str, encoding: str) -> None:
    rows, issues, _ = read((TABLE + end).encode(encoding))
    (told,) = (issue for issue in issues.listed if issue.code == "may_be_cut")
    assert (told.severity, told.where.line) == (Severity.INFO, 4 + end.count("\n"))
    assert rows[-1][2] == end.rpartition(",")[2]  # nothing is guessed
    assert "may_be_cut" not in read((TABLE + end + "\n").encode(encoding))[1].counts


def test_the_end_of_a_large_table_is_looked_at_too() -> None:
    many = TABLE + "一,1\n" * 400_000  # more than two blocks
    (told,) = (issue for issue in read(f"{many}三,".encode())[1].listed if issue.code == "may_be_cut")
    assert (told.severity, told.where.line) == (Severity.WARNING, many.count("\n") + 1)
    assert "may_be_cut" not in read(f"{many}三,3\n".encode())[1].counts


@pytest.mark.torture("T13", "undecidable")
def test_an_undecidable_encoding_is_asked_for() -> None:
    assert refusal(b"a,b\n\xff\xff\xff,1\n") == "unknown_encoding"


@pytest.mark.torture("T13")
def test_a_character_that_a_tool_lost_before_is_pointed_at_and_costs_no_row() -> None:
    rows, issues, tally = read("a,b\n一�,1\n二,2\n".encode())
    assert rows == [(2, "一�", "1"), (3, "二", "2")]
    assert [(issue.code, issue.where.line) for issue in issues.listed] == [("lost_character", 2)]
    assert tally.coverage.lines_with_issue == 0


@pytest.mark.torture("T14", "separators", "Chinese headers")
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends_are_told_from_the_header(delimiter: str, line_end: str) -> None:
    text = TABLE.replace(",", delimiter).replace("\n", line_end)
    assert read(text.encode())[0] == [(2, "一", "1"), (3, "二", "2")]


@pytest.mark.torture("T14", "ragged rows", "stray quotes", "line numbers", "all in one go", "good and bad counted")
def test_ragged_rows_and_stray_quotes_are_issues_at_their_lines_and_good_rows_stay() -> None:
    rows, issues, tally = read(b'a,b\n1,2\n3\n4,5,6\n7"x,8\n"9,9",10\n\n"11\n12,13\n')
    assert rows == [(2, "1", "2"), (6, "9,9", "10"), (9, "12", "13")]
    assert [(issue.code, issue.where.line) for issue in issues.listed] == [
        ("ragged_row", 3),
        ("ragged_row", 4),
        ("stray_quote", 5),
        ("stray_quote", 8),
    ]
    assert (tally.coverage.lines_read, tally.coverage.lines_used, tally.coverage.lines_with_issue) == (7, 3, 4)


@pytest.mark.torture("T14", "sum equals lines read")
@quickly
@given(st.lists(st.sampled_from(["1,2", "3", "4,5,6", '7"x,8', '"9,9",10', "\x1b,1", ""]), max_size=30))
def test_good_and_bad_rows_add_up_to_the_lines_read(records: list[str]) -> None:
    rows, issues, tally = read("\n".join(["a,b", *records, "last,row\n"]).encode())
    coverage = tally.coverage
    assert coverage.lines_read == coverage.lines_used + coverage.lines_with_issue
    assert coverage.lines_read == sum(1 for record in [*records, "last"] if record)
    assert (len(rows), len(issues)) == (coverage.lines_used, coverage.lines_with_issue)


@pytest.mark.torture("T14", "missing column", "repeated column")
def test_a_missing_and_a_repeated_column_are_refused_by_name() -> None:
    assert refusal(b"a,c\n1,2\n") == "missing_column"
    assert refusal("a,b,甲\n1,2,3\n".encode()) == "repeated_column"


@pytest.mark.torture("T14", "synonyms shown")
def test_what_a_heading_was_read_as_is_shown() -> None:
    _, issues, _ = read("甲,b,其他\n1,2,3\n".encode())
    assert {issue.code: issue.message.zh for issue in issues.listed} == {
        "column_mapped": "表头对应关系：甲 → a。",
        "column_ignored": "以下列未读取：其他。",
    }


@pytest.mark.torture("T14", "first 100 and count")
def test_many_bad_rows_are_counted_beyond_the_listed_hundred() -> None:
    _, issues, tally = read(b"a,b\n1,2\n" + b"x\n" * 250)
    assert len(issues.listed) == 100
    assert issues.counts == {"ragged_row": 250}
    assert tally.coverage.lines_with_issue == 250


@pytest.mark.torture("T01", "header row")
@pytest.mark.parametrize("content", [b"a,b\n", b"a,b", b"a,b\n\n\n", b"a,b\n,\n"])
def test_a_header_alone_has_no_rows(content: bytes) -> None:
    assert refusal(content) == "no_rows"


def test_title_lines_may_stand_above_the_header() -> None:
    assert read("2025 年度统计\n\na,b\n1,2\n".encode())[0] == [(4, "1", "2")]


def test_a_quoted_cell_may_hold_line_ends_and_keeps_its_first_line() -> None:
    assert read(b'a,b\n"x\ny",1\nz,2\n')[0] == [(2, "x\ny", "1"), (4, "z", "2")]


@pytest.mark.torture("T19", "NUL", "escape codes")
def test_control_characters_are_an_issue_at_their_line() -> None:
    rows, issues, _ = read(b"a,b\n1,\x1b[31m2\n3,4\n\x00,5\n")
    assert rows == [(3, "3", "4")]
    assert [(issue.code, issue.where.line) for issue in issues.listed] == [
        ("control_character", 2),
        ("control_character", 4),
    ]


@pytest.mark.torture("T19")
def test_a_line_without_end_is_refused() -> None:
    assert refusal(b"a,b\n" + b"x" * (3 * 1024 * 1024)) == "line_too_long"


@pytest.mark.torture("T19")
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize(("before", "end"), [(0, "\n3,4\n"), (0, ""), (1_048_570, "\n"), (2_000_000, "\n")])
def test_a_line_is_too_long_wherever_it_stands_in_what_is_read_at_once(encoding: str, before: int, end: str) -> None:
    rows, longest = "甲,乙\n" + "1,2\n" * (before // 4), LONGEST_LINE - len("1,\n")

    def written(line: str) -> bytes:
        return f"{rows}1,{line}{end}".encode(encoding)

    assert len(read(written("x" * longest))[0]) == before // 4 + 1 + ("3" in end)
    assert len(read(written("智" * longest))[0]) == before // 4 + 1 + ("3" in end)
    assert refusal(written("x" * (longest + 1))) == "line_too_long"


@pytest.mark.torture("T20")
def test_a_line_of_many_quotes_takes_no_longer_than_others() -> None:
    rows, issues, _ = read(b"a,b\n1,2\n" + b'"' * 400_000 + b"\n3,4\n")
    assert [row[1:] for row in rows] == [("1", "2"), ("3", "4")]
    assert issues.counts == {"ragged_row": 1} or issues.counts == {"stray_quote": 1}


@pytest.mark.slow
def test_records_on_the_edge_of_a_block_keep_their_lines() -> None:
    plain = b"".join(b"row%06d,%d\n" % (number, number) for number in range(150_000))
    quoted = b"".join(b'"row%06d",%d\n' % (number, number) for number in range(150_000))
    expected = [(number + 2, f"row{number:06d}", str(number)) for number in range(150_000)]
    assert read(b"a,b\n" + plain)[0] == expected
    assert read(b"a,b\n" + quoted)[0] == expected


CELL = st.text(st.characters(codec="utf-8", exclude_characters='"\n\r,', exclude_categories=("Cc", "Cs")), max_size=8)


@quickly
@given(st.lists(st.lists(CELL, min_size=1, max_size=4), max_size=12))
def test_both_ways_of_reading_agree(records: list[list[str]]) -> None:
    body = "".join(",".join(record) + "\n" for record in records)
    plain, quoted = f"a,b\n{body}last,row\n", f'a,b\n{body}"last","row"\n'
    rows, _, tally = read(plain.encode())
    counted, _, counted_tally = read(quoted.encode())
    assert counted == rows
    assert counted_tally.coverage.lines_with_issue == tally.coverage.lines_with_issue


@quickly
@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=6), min_size=1, max_size=5))
def test_quoting_is_undone_exactly(cells: list[str]) -> None:
    record = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    assert split_quoted(record, ",") == cells


def test_a_block_tells_the_lines_of_ragged_records() -> None:
    block = read_block(10, "1,2\n\n3\n4,5", delimiter=",", width=2)
    assert block.lines.to_pylist() == [10, 13]
    assert block.ragged == [(12, 1)]
