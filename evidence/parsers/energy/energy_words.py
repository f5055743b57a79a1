"""What is said about monthly energy sheets: severity, message and hint of every issue."""

from __future__ import annotations

from core.text import Text
from evidence.parsers.base import Severity
from evidence.parsers.tables.sheet_words import SHEET_WORDS

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
WORDS: dict[str, tuple[Severity, Text, Text | None]] = {
    **SHEET_WORDS,
    "no_time_zone": (
        _ERROR,
        Text(
            zh="月度电量需要时区才能确定每月的起止，上传时未声明时区。",
            en="A zone is needed to tell when each month starts and ends; none was declared at upload.",
        ),
        Text(zh="请在上传时选择时区，例如 Asia/Shanghai。", en="Declare the zone when uploading: Asia/Shanghai."),
    ),
    "no_year": (
        _ERROR,
        Text(zh="列“{head}”没有年份。", en="The column “{head}” has no year."),
        Text(zh="请写成 2025年4月，或在上方写明年份。", en="Write 2025-04, or name the year above it."),
    ),
    "contradictory_readings": (
        _ERROR,
        Text(
            zh="表计 {meter} 在 {month} 有两个不同的读数（另一处：{other}）。",
            en="Meter {meter} has two different readings for {month} (the other at {other}).",
        ),
        Text(zh="请保留正确的一处。", en="Keep the right one."),
    ),
    "repeated_reading": (
        _INFO,
        Text(
            zh="表计 {meter} 在 {month} 的读数与 {other} 相同，只计一次。",
            en="Meter {meter} has the same reading for {month} at {other}; it counts once.",
        ),
        None,
    ),
    "cell_error": (
        _WARNING,
        Text(zh="单元格为错误值 {error}，未作为读数。", en="The cell holds the error {error} and gives no reading."),
        Text(zh="请修正公式后重新保存。", en="Mend the formula and save again."),
    ),
    "number_as_text": (
        _INFO,
        Text(zh="数字以文本保存，按 {text} 读取。", en="A number stored as text was read as {text}."),
        None,
    ),
    "merged_value": (
        _WARNING,
        Text(
            zh="合并单元格 {merged} 只有一个数，无法分到各月或各表计，不计。",
            en="The merged cells {merged} hold one figure for several months or meters; it is left out.",
        ),
        Text(zh="请取消合并，分别填写。", en="Unmerge them and fill in each cell."),
    ),
    "missing_value": (
        _WARNING,
        Text(zh="缺少读数，不按 0 计。", en="The reading is missing; it does not count as 0."),
        None,
    ),
    "unreadable_cell": (_WARNING, Text(zh="此处应为数字。", en="A number is expected here."), None),
    "unreadable_row": (
        _WARNING,
        Text(zh="此行的月份或表计无法识别。", en="The month or the meter of this row cannot be read."),
        Text(zh="月份请写成 2025-04。", en="Write the month as 2025-04."),
    ),
    "out_of_range": (
        _WARNING,
        Text(zh="电量为负：{value}。", en="The energy is negative: {value}."),
        Text(zh="负的电量按缺失处理。", en="A negative energy counts as missing."),
    ),
    "counter_reset": (
        _WARNING,
        Text(
            zh="止码 {end} 小于起码 {start}：只有机构概况申报了表计翻转值，本月才可能计入。",
            en="The register fell from {start} to {end}; the month counts only where the profile tells a roll-over.",
        ),
        Text(
            zh="若为翻转，请在机构概况中申报 register_max；若为换表，请另交换表前后的表码（meter_series）。",
            en="Rolled over: declare register_max in the profile. Replaced: hand in what both meters showed then, "
            "as a meter_series.",
        ),
    ),
    "readings_apart": (
        _WARNING,
        Text(
            zh="表计 {meter} 在 {month} 的起码 {start} 不是上月止码 {end}（{other}）；倍率不变时，按相邻止码之差计。",
            en="Meter {meter} starts {month} at {start}, not at {end} where it ended the month before ({other}); "
            "unless its multiplier changes it counts from end to end.",
        ),
        Text(
            zh="请核对两处表码；若当时换表，请说明换表前后的表码。",
            en="Check both figures; where the meter was replaced, tell what both meters showed then.",
        ),
    ),
    "energy_differs": (
        _WARNING,
        Text(
            zh="电量 {printed} 与（止码 − 起码）× 倍率不符，以读数为准。",
            en="The energy {printed} is not (end − start) × multiplier; the registers count.",
        ),
        None,
    ),
    "total_left_out": (_INFO, Text(zh="合计行未作为读数。", en="A row of totals is not read as a reading."), None),
    "total_differs": (
        _WARNING,
        Text(zh="合计 {printed} 与各月之和 {total} 不符。", en="The months add up to {total}, not {printed}."),
        None,
    ),
    "sheet_ignored": (
        _INFO,
        Text(zh="工作表没有能耗表，未读取：{place}。", en="A sheet without an energy table was not read: {place}."),
        None,
    ),
}

CONTRADICTED = Text(
    zh="电量的单位写法不一：一处为“{unit}”，此处为“{other}”。",
    en="The energy is said to be in “{unit}” and here in “{other}”.",
)
CONTRADICTED_HINT = Text(zh="请只写数字实际所用的单位。", en="Name only the unit that the figures are in.")
DIVIDED = Text(
    zh="月份“{head}”跨多列（{names}），无法确定各列属于哪只表计。",
    en="The month “{head}” stands over several columns ({names}), and nothing says which meter each of them is.",
)
DIVIDED_HINT = Text(
    zh="请每只表计一行、每月一列，或改为逐月清单（month, meter, energy_kwh）。",
    en="Give each meter a row and each month one column, or list them (month, meter, energy_kwh).",
)
