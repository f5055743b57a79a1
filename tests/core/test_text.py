"""Words in both languages, and how Chinese is set beside Latin."""

from __future__ import annotations

import pytest

from core.text import fit_for_xml, holds_unseen_characters, joined_zh


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (("位于", "IT 设备输入端"), "位于 IT 设备输入端"),
        (("M-IT", "自"), "M-IT 自"),
        (("占", "98%", "以上"), "占 98% 以上"),
        (("位于", "不间断电源输出端"), "位于不间断电源输出端"),
        (("共", "“A”", "（B）", "两只"), "共“A”（B）两只"),
        (("电表 ", "A"), "电表 A"),
        (("", "A", "", "表"), "A 表"),
    ],
)
def test_a_space_stands_where_chinese_meets_latin_and_nowhere_else(parts: tuple[str, ...], said: str) -> None:
    assert joined_zh(*parts) == said


def test_what_nobody_sees_is_found_and_rare_characters_are_none_of_it() -> None:
    unseen = ("\x01", "\n", "\u202e", "\u2028", "\ud800", "\ufdd0", "\ufffe", "\uffff", "\U0010ffff")
    assert all(holds_unseen_characters(f"a{one}b") for one in unseen)
    assert not holds_unseen_characters("示例 “–😀𠮷\U000323af")  # the last is younger than Python's tables


def test_what_no_xml_may_hold_is_replaced_and_nothing_else() -> None:
    assert fit_for_xml("a\x00\x1b\ud800\uffffb") == "a����b"
    assert fit_for_xml("中文\t\n\r“–😀") == "中文\t\n\r“–😀"
