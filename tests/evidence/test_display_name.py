from __future__ import annotations

import pytest

from evidence.services.display_name import LONGEST, display_name


@pytest.mark.torture("T07", "paths", "NUL", "CR/LF", "leading sign", "right-to-left override", "CON", "kept exactly")
@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../x", "x"),
        ("/etc/passwd", "passwd"),
        ("C:\\x", "x"),
        ("C:\\dir\\x.csv", "x.csv"),
        ("a\0b.csv", "ab.csv"),
        ("a\r\nb.csv", "ab.csv"),
        ("-rf", "rf"),
        (".hidden", "hidden"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("evil\u202excod.csv", "evilxcod.csv"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ('a"b<c>.csv', "a_b_c_.csv"),
        ("报告（终版）.xlsx", "报告（终版）.xlsx"),
        ("\ud800x.csv", "x.csv"),
    ],
)
def test_hostile_names_become_harmless_and_good_ones_stay(given: str, shown: str) -> None:
    assert display_name(given) == shown


@pytest.mark.torture("T07", "300 characters")
def test_a_long_name_keeps_its_ending() -> None:
    shown = display_name("长" * 300 + ".xlsx")
    assert len(shown) <= LONGEST
    assert shown.endswith("….xlsx")
