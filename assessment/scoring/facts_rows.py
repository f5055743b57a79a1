"""The rows of a facts file, before anything is made of them: CSV or JSON, with every column known.

CSV with a header in English or Chinese, or JSON: a list of objects with the English names.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import orjson

from core.errors import InputError, UserFacingError
from core.json_depth import TOO_DEEP, first_too_deep
from core.provenance import Where
from core.suggestion import meant
from core.text import Text

COLUMNS = (
    "facility",
    "measure",
    "value",
    "unit",
    "outcome",
    "reason",
    "quality",
    "cap",
    "error",
    "period_start",
    "period_end",
)
COLUMNS_ZH = {
    "机构": "facility",
    "度量": "measure",
    "数值": "value",
    "单位": "unit",
    "结果": "outcome",
    "原因": "reason",
    "证据等级": "quality",
    "上限": "cap",
    "误差": "error",
    "起始时刻": "period_start",
    "结束时刻": "period_end",
}
LARGEST_FILE = 512 * 1024 * 1024


class FactsError(InputError):
    """The facts file cannot be used; `faults` lists every bad row."""

    def __init__(self, faults: tuple[UserFacingError, ...]) -> None:
        first = faults[0]
        message = first.message
        if len(faults) > 1:
            message = Text(
                zh=f"事实文件有 {len(faults)} 处错误；第一处：{first.message.zh}",
                en=f"The facts file has {len(faults)} faults; the first: {first.message.en}",
            )
        super().__init__(first.code, message, where=first.where, hint=first.hint)
        self.faults = faults


def rows_of(content: bytes, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    if len(content) > LARGEST_FILE:
        raise FactsError((fault("too_large", "文件过大。", "The file is too large.", Where(file=file), hint=_SPLIT),))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        where = Where(file=file, line=line)
        refusal = fault("not_utf8", "文件不是 UTF-8。", "The file is not UTF-8.", where, hint=_SAVE_AS_UTF8)
        raise FactsError((refusal,)) from None
    if text.lstrip()[:1] in ("[", "{"):
        yield from _json_rows(text, file)
    else:
        yield from _csv_rows(text, file)


def _csv_rows(text: str, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [_column(name) for name in next(reader, [])]
        _check_header(header, file)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(header):
                where = Where(file=file, line=reader.line_num)
                zh, en = "这一行的单元格多于表头。", "This row has more cells than the header."
                raise FactsError((fault("ragged_row", zh, en, where, hint=_QUOTE_COMMAS),))
            row = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
            yield reader.line_num, row
    except csv.Error:
        where = Where(file=file, line=reader.line_num)
        zh, en = "此行不是可用的 CSV。", "The line is no usable CSV."
        raise FactsError((fault("bad_csv", zh, en, where, hint=_PAIR_QUOTES),)) from None


def _column(written: str) -> str:
    """Names in Chinese and in any case stand for the columns."""
    name = written.strip()
    return COLUMNS_ZH.get(name, name.lower() if name.lower() in COLUMNS else name)


def _header_hint(header: list[str], unknown: list[str]) -> Text:
    """What most often lies behind a strange header: another separator, or a table with a column per measure."""
    separators = {";": "semicolons", "\t": "tabs", "；": "full-width semicolons", "，": "full-width commas"}
    if len(header) == 1:
        for sign, name in separators.items():
            if sign in header[0]:
                return Text(
                    zh=f"各列之间用了“{'制表符' if sign == chr(9) else sign}”：请另存为逗号分隔的 CSV。",
                    en=f"The columns are parted by {name}: save it as CSV with commas.",
                )
    if "facility" in header and "measure" not in header and "value" not in header:
        return Text(
            zh=f"每个机构的每个度量占一行：facility,measure,value，例如 …,{unknown[0]},…。",
            en=f"Write one row per facility and measure: facility,measure,value, such as …,{unknown[0]},….",
        )
    return meant(unknown[0], COLUMNS, otherwise=_columns_hint())


def _check_header(header: list[str], file: str) -> None:
    where = Where(file=file, line=1)
    faults: list[UserFacingError] = []
    if unknown := [name for name in header if name not in COLUMNS]:
        zh, en = f"未知的列：{', '.join(unknown)}。", f"Unknown columns: {', '.join(unknown)}."
        faults.append(fault("unknown_column", zh, en, where, hint=_header_hint(header, unknown)))
    if twice := sorted({name for name in header if header.count(name) > 1}):
        zh, en = f"重复的列：{', '.join(twice)}。", f"Columns stand twice: {', '.join(twice)}."
        faults.append(fault("repeated_column", zh, en, where, hint=_ONE_COLUMN))
    lacking = [name for name in ("facility", "measure") if name not in header]
    lacking += [] if {"value", "outcome"} & set(header) else ["value"]
    if lacking:
        zh, en = f"缺少列：{', '.join(lacking)}。", f"Columns are missing: {', '.join(lacking)}."
        faults.append(fault("missing_column", zh, en, where, hint=_columns_hint()))
    if faults:
        raise FactsError(tuple(faults))


def _json_rows(text: str, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Numbers in JSON must be strings or whole numbers: a binary float has no exact decimal form."""
    if (deep := first_too_deep(text)) is not None:
        where = Where(file=file, line=text.count("\n", 0, deep) + 1)
        raise FactsError((fault("too_deep", TOO_DEEP.zh, TOO_DEEP.en, where, hint=_JSON_ROWS),))
    try:
        rows = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        where = Where(file=file, line=error.lineno)
        zh, en = "此行不是可用的 JSON。", f"Bad JSON: {error.msg}."
        raise FactsError((fault("bad_json", zh, en, where, hint=_JSON_ROWS),)) from None
    if isinstance(rows, dict):
        rows = rows.get("facts")
    if not isinstance(rows, list):
        zh, en = "JSON 应为行的列表。", "The JSON must be a list of rows."
        raise FactsError((fault("bad_json", zh, en, Where(file=file, line=1), hint=_JSON_ROWS),))
    for number, row in enumerate(rows, start=1):
        where = Where(file=file, field=f"[{number - 1}]")
        if not isinstance(row, dict) or (unknown := set(row) - set(COLUMNS)):
            detail = ", ".join(sorted(unknown)) if isinstance(row, dict) else type(row).__name__
            zh, en = f"第 {number} 行有未知的内容：{detail}。", f"Row {number} has unknown content: {detail}."
            raise FactsError((fault("unknown_column", zh, en, where, hint=_columns_hint()),))
        yield number, {name: _cell(value, name, where) for name, value in row.items() if value is not None}


def _cell(value: Any, name: str, where: Where) -> str:
    if isinstance(value, bool) and name == "value":
        return "true" if value else "false"
    if isinstance(value, str | int) and not isinstance(value, bool):
        return str(value).strip()
    zh, en = f"“{name}”应为文本或整数。", f"“{name}” must be text or a whole number."
    hint = Text(zh='小数请写成文本，例如 "1.25"。', en='Write decimals as text, such as "1.25".')
    raise FactsError((fault("not_text", zh, en, where, hint=hint),))


def _columns_hint() -> Text:
    return Text(
        zh=f"可用的列：{', '.join(COLUMNS)}（或{'、'.join(COLUMNS_ZH)}）。", en=f"Columns known: {', '.join(COLUMNS)}."
    )


_SAVE_AS_UTF8 = Text(
    zh="请另存为“CSV UTF-8（逗号分隔）”；Excel 默认的 CSV 是 GBK。",
    en="Save it as “CSV UTF-8 (comma delimited)”; what a spreadsheet calls plain CSV is in another encoding.",
)
_SPLIT = Text(
    zh="请把机构分到几个文件中，分别计分。", en="Part the facilities into several files, and score each of them."
)
_PAIR_QUOTES = Text(
    zh="请检查这一行的引号是否成对，单元格里的引号要写两次；过长的单元格请缩短。",
    en="See that the quotes of this line match; one inside a cell is written twice. Shorten a cell that is very long.",
)
_ONE_COLUMN = Text(zh="请只保留其中一列。", en="Keep one of them.")
_JSON_ROWS = Text(
    zh='请写成行的列表，例如 [{"facility": "demo-1", "measure": "annual_pue", "value": "1.25"}]。',
    en='Write a list of rows, such as [{"facility": "demo-1", "measure": "annual_pue", "value": "1.25"}].',
)
_QUOTE_COMMAS = Text(
    zh='含逗号的单元格请加引号，例如 "a, b"；数字不用千分位。',
    en='Quote cells that hold a comma, such as "a, b"; write numbers without separators.',
)


def fault(code: str, zh: str, en: str, where: Where, *, hint: Text) -> InputError:
    return InputError(code, Text(zh=zh, en=en), where=where, hint=hint)
