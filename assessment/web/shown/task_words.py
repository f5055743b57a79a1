"""The states of tasks as pages say them, and why a task matters."""

from __future__ import annotations

from assessment.centre_selectors.tasks import Task
from assessment.scoring.explain.stakes import Stake
from assessment.scoring.explain.tasks import TaskState, Window
from assessment.web.shown.acts import state_words
from core.quantity import plain
from core.text import Text
from evidence.observations.registry import KIND_BY_NAME
from evidence.web.words import Sign

__all__ = ["STATES", "months_words", "stake_words", "state_words"]

STATES = {
    TaskState.COMPLETED: Sign(Text(zh="已完成", en="completed"), "good", "full"),
    TaskState.IN_PROGRESS: Sign(Text(zh="进行中", en="in progress"), "caution", "half"),
    TaskState.NOT_STARTED: Sign(Text(zh="未开始", en="not started"), "quiet", "empty"),
    TaskState.CANNOT_START: Sign(Text(zh="尚不能开始", en="cannot start yet"), "quiet", "dash"),
    TaskState.PROBLEM: Sign(Text(zh="有问题", en="there is a problem"), "bad", "cross"),
    TaskState.NOT_NEEDED: Sign(Text(zh="不适用", en="not needed"), "quiet", "dash"),
}
_NAMED_MONTHS = 6


def months_words(task: Task) -> Text | None:
    """“9 of 12 months”, and which are missing; None where the window is full or has no months."""
    window = task.window
    if window is None or not window.missing or task.state in (TaskState.COMPLETED, TaskState.NOT_NEEDED):
        return None
    return _months(window)


def _months(window: Window) -> Text:
    kind = KIND_BY_NAME[window.kind].title
    months = ", ".join(window.missing[:_NAMED_MONTHS])
    more = len(window.missing) - _NAMED_MONTHS
    zh = f"{kind.zh}：已有 {window.months} 个月中的 {window.present} 个月；缺 {months.replace(', ', '、')}"
    en = f"{kind.en}: {window.present} of {window.months} months; missing {months}"
    return Text(zh=zh + ("等" if more > 0 else ""), en=en + (f" and {more} more" if more > 0 else ""))


def stake_words(stake: Stake | None, *, done: bool) -> Text | None:
    """Why it matters in points; None where nothing better is in reach."""
    if stake is None or not stake.gain:
        return None
    gain = plain(stake.gain)
    more = Text(zh="还可", en="up to") if done else Text(zh="最多可", en="up to")
    of = Text(zh="总分", en="the total") if stake.of_total else Text(zh=f"“{stake.above.zh}”", en=f"“{stake.above.en}”")
    if stake.now is None:
        words = Text(zh=f"补齐后{of.zh}最高可达 {gain} 分", en=f"with it {of.en} can reach {gain} points")
    else:
        words = Text(zh=f"{more.zh}为{of.zh}增加 {gain} 分", en=f"{more.en} {gain} points more for {of.en}")
    if stake.of_total and stake.grade:
        words = Text(zh=f"{words.zh}（届时 {stake.grade}）", en=f"{words.en} ({stake.grade} then)")
    if stake.blocks and not done:
        words = Text(zh=f"缺少它就没有等级；{words.zh}", en=f"without it there is no grade; {words.en}")
    return words
