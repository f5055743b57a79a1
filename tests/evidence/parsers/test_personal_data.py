"""Personal data is named with its line and shown in outline only; figures that merely look alike are left alone."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from evidence.parsers.base import ParseIssue
from evidence.parsers.personal_data import (
    PersonalKind,
    _may_hold_number,
    masked,
    names_people,
    personal_data,
    personal_issues,
)
from evidence.parsers.places import lines_at
from evidence.parsers.text.source import Source
from tests import golden
from zhiheng.main import main

# Made up: the place does not exist, the check digits are right.
IDENTITY = "110101199003078910"[:17]
IDENTITY += "10X98765432"[sum(int(d) * (2 ** (17 - at) % 11) for at, d in enumerate(IDENTITY)) % 11]
CARD = "622202000000000000"


def luhn(digits: str) -> str:
    """The digits with their check digit."""
    total = sum(sum(divmod(int(d) * (2 - at % 2), 10)) for at, d in enumerate(reversed(digits)))
    return digits + str(-total % 10)


def found(text: str) -> list[ParseIssue]:
    return list(personal_issues(Source.of_bytes(text.encode(), "tickets.csv"))[0])


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("mail zhang.san@example.com now", PersonalKind.EMAIL, "mail z***@example.com now"),
        ("联系电话：13812345678。", PersonalKind.MOBILE, "联系电话：138****5678。"),
        ('"13812345678",x', PersonalKind.MOBILE, '"138****5678",x'),
        ("138-1234-5678", PersonalKind.MOBILE, "138******5678"),
        ("张三,138-1234-5678,x", PersonalKind.MOBILE, "张三,138******5678,x"),
        ("手机 138 1234 5678。", PersonalKind.MOBILE, "手机 138******5678。"),
        ("a,+86 138 1234 5678", PersonalKind.MOBILE, "a,+86**********5678"),
        ("a,+86-138-1234-5678,b", PersonalKind.MOBILE, "a,+86**********5678,b"),
        ("+8613812345678", PersonalKind.MOBILE, "+86*******5678"),
        ("手机１３８１２３４５６７８。", PersonalKind.MOBILE, "手机１３８****５６７８。"),
        ("张三,１３８－１２３４－５６７８", PersonalKind.MOBILE, "张三,１３８******５６７８"),
        (f"id {IDENTITY}", PersonalKind.IDENTITY, f"id 110{'*' * 14}{IDENTITY[-1]}"),
        (f"卡号 {luhn(CARD)} ", PersonalKind.CARD, f"卡号 62{'*' * 13}{luhn(CARD)[-4:]} "),
    ],
)
def test_each_kind_is_told_and_shown_in_outline(text: str, kind: PersonalKind, shown: str) -> None:
    assert [one.kind for one in personal_data(text)] == [kind]
    assert masked(text) == shown
    assert [one.where.line for one in found(f"a,b\n{text}\n")] == [2]


@pytest.mark.parametrize(
    "text",
    [
        "bytes,13812345678,17120000000",  # a counter of eleven digits
        "1764547267000 1764547267000000000",  # milliseconds and nanoseconds
        "110101199003078911 11010119900307891X1",  # wrong check digit, more digits
        "6222020000000000001",  # fails its check digit
        "git@host user@cn01 @decorator Members@odata.count",
        "0.13812345678 v13812345678",
        "135 1024 2048 138 1234 5678",  # figures in columns
        "138-1234-56789 2138-1234-5678 138-1234-5678-9 1.138-1234-5678 120-1234-5678 138-1234 5678",
    ],
)
def test_figures_that_merely_look_alike_are_left_alone(text: str) -> None:
    assert personal_data(text) == []
    assert masked(text) == text


def test_headings_that_name_people_are_told_at_their_line() -> None:
    assert names_people(" 联系人 ")
    assert names_people("E-Mail")
    assert not names_people("name")
    (issue,) = found("2025 工单\nid,priority,opened_at,联系人\nT1,P1,2025-04-01T00:00:00Z,某某\n")
    assert (issue.where.line, issue.code) == (2, "personal_data")
    assert "联系人" in issue.message.zh


def test_the_first_line_and_the_number_of_lines_are_told_and_nothing_whole() -> None:
    rows = [f"T{n},P1,2025-04-01T00:00:00Z,请联系 user{n}@example.com" for n in range(5)]
    filler = [f"F{n},P1,2025-04-01T00:00:00Z," for n in range(40_000)]
    issues = found("\n".join(["id,priority,opened_at,note", *filler, *rows, *filler]))
    assert [(issue.where.line, issue.severity.value) for issue in issues] == [(40_002, "warning")]
    assert "5" in issues[0].message.en
    assert "user0@" not in issues[0].message.en
    mobiles = found("a\n" + "手机13812345678\n" * 3)
    assert "138****5678" in mobiles[0].message.zh


def test_text_in_other_encodings_is_looked_at_too() -> None:
    text = "id,note\n1,zhang@example.com\n"
    for encoding in ("utf-16", "utf-8-sig", "gb18030"):
        issues, counts = personal_issues(Source.of_bytes(text.encode(encoding), "a.csv"))
        assert [issue.where.line for issue in issues] == [2], encoding
        assert counts == {"personal_data": 1}


def test_lines_are_shown_in_outline_also_where_they_are_cut() -> None:
    line = "x" * 390 + " zhang.san@example.com tel 13812345678"
    source = Source.of_bytes(f"a\n{line}\n".encode(), "a.csv")
    (shown,) = lines_at(source, {2}, encoding="utf-8")
    assert "zhang" not in shown.text
    (whole,) = lines_at(source, {2}, encoding="utf-8", width=1000)
    assert whole.text.endswith("z***@example.com tel 138****5678")


def test_the_command_line_names_it_and_neither_output_nor_log_holds_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text("id,priority,opened_at,resolved_at,邮箱\nT1,P1,2025-04-01T00:00:00Z,,zhang.san@example.com\n")
    with caplog.at_level(logging.DEBUG):
        assert main(["parse", str(path), "--language", "en"]) == 0
    printed = capsys.readouterr()
    assert "personal_data (2)" in printed.out
    assert "z***@example.com" in printed.out
    assert "zhang.san" not in printed.out + printed.err + caplog.text


def test_no_golden_file_is_taken_for_holding_personal_data() -> None:
    flagged = [case.name for case in golden.cases() if personal_issues(Source.of_path(case))[0]]
    assert flagged == []


@pytest.mark.parametrize("before", ["", "a", "1,", "2026-11-28 ", "17600000000000 "])
@pytest.mark.parametrize(
    ("number", "is_told"),
    [
        *((number, True) for number in ("13812345678", "11010519491231002X", "6222020000000000", "1" * 19)),
        *((number, True) for number in ("138-1234-5678", "138 1234 5678", "+8613812345678")),
        *((number, False) for number in ("238-1234-5678", "138-1234 5678", "138:1234:5678")),
        *((number, False) for number in ("1380000000", "138123456789", "1760000000000", "1" * 15)),
    ],
)
def test_blocks_are_told_by_how_many_digits_stand_in_a_row(before: str, number: str, is_told: bool) -> None:
    assert _may_hold_number(f"{before}{number}\nrest\n".encode()) is is_told
    assert _may_hold_number(f"{before}{number}".encode()) is is_told
