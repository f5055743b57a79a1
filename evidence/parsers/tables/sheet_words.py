"""What is said about the sheets of any workbook: severity, message and hint of every issue."""

from __future__ import annotations

from core.text import Text
from evidence.parsers.base import Severity

_WARNING, _INFO = Severity.WARNING, Severity.INFO
SHEET_WORDS: dict[str, tuple[Severity, Text, Text | None]] = {
    "cell_error": (
        _WARNING,
        Text(
            zh="单元格为错误值 {error}，该行未采用。",
            en="The cell holds the error {error}; its row is left out.",
        ),
        Text(zh="请修正公式后重新保存。", en="Mend the formula and save again."),
    ),
    "formula_without_value": (
        _WARNING,
        Text(zh="公式没有保存计算结果。", en="The formula was saved without its value."),
        Text(zh="请在办公软件中重新计算并保存。", en="Recalculate and save it in your office software."),
    ),
    "numbers_as_text": (
        _INFO,
        Text(
            zh="有 {count} 个数字以文本保存，已按数字读取；首个为 {text}。",
            en="{count} numbers are stored as text and were read as numbers, the first of them {text}.",
        ),
        None,
    ),
    "hidden_sheet": (
        _WARNING,
        Text(zh="隐藏的工作表未读取：{place}。", en="A hidden sheet was not read: {place}."),
        Text(zh="如需读取，请取消隐藏。", en="Unhide it if it is meant to count."),
    ),
    "hidden_row": (_WARNING, Text(zh="隐藏的行已读取：{place}。", en="A hidden row was read: {place}."), None),
    "hidden_column": (_WARNING, Text(zh="隐藏的列：{place}。", en="A column is hidden: {place}."), None),
    "merged_header": (
        _INFO,
        Text(
            zh="合并的表头按其首格理解，适用于所跨各列。",
            en="A merged head was read as standing over each of its columns.",
        ),
        None,
    ),
    "sheet_ignored": (
        _INFO,
        Text(zh="工作表没有所需的表头，未读取：{place}。", en="A sheet without this table was not read: {place}."),
        None,
    ),
    "external_link": (
        _WARNING,
        Text(
            zh="工作簿引用了其他工作簿，只采用已保存的数值。",
            en="The workbook draws values from other workbooks; only the saved values count.",
        ),
        None,
    ),
}
