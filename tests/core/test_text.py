"""Words in both languages, and how Chinese is set beside Latin."""

from __future__ import annotations

import pytest

from core.text import fit_for_xml, joined_zh


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


def test_what_no_xml_may_hold_is_replaced_and_nothing_else() -> None:
    assert fit_for_xml("a\x00\x1b\ud800\uffffb") == "a����b"
    assert fit_for_xml("中文\t\n\r“–😀") == "中文\t\n\r“–😀"
