"""Words for sentences that are written in Chinese and English at once: what a catalogue calls something, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone, translation
from django.utils.functional import Promise

from core.text import Text


def in_both_languages(label: Promise | str) -> Text:
    """A word that pages translate, in both languages."""
    with translation.override("zh-hans"):
        zh = str(label)
    with translation.override("en"):
        en = str(label)
    return Text(zh=zh, en=en)


def with_code(words: Text, code: str) -> Text:
    """What people call it, and what callers of the API write: “退回评价”（send_back）."""
    return Text(zh=f"“{words.zh}”（{code}）", en=words.en if words.en == code else f"“{words.en}” ({code})")


def clock_time(at: dt.datetime) -> str:
    """An instant as people read it, to the minute, by the clock of where they are and with its distance from UTC."""
    return timezone.localtime(at).isoformat(sep=" ", timespec="minutes")


def allowed_now(acts: Sequence[Text]) -> Text:
    """What may be done instead of what was refused."""
    if not acts:
        return Text(zh="现在没有可以执行的步骤。", en="No step can be taken now.")
    zh, en = "、".join(act.zh for act in acts), ", ".join(act.en for act in acts)
    return Text(zh=f"现在可以：{zh}。", en=f"Allowed now: {en}.")


def last_step(act: Text, name: Text, at: dt.datetime) -> Text:
    """Who did what last, as a sentence behind the refusal."""
    when = clock_time(at)
    return Text(zh=f"上一步：{act.zh}，{name.zh}，{when}。", en=f" Last step: {act.en} by {name.en} at {when}.")
