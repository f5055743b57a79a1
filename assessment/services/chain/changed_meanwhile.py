"""Of two who save one thing at once one is first; the other keeps the text and is told who was, when, and with what."""

from __future__ import annotations

import datetime as dt

from centres.models import Person
from core.errors import DecisionBlocked
from core.text import Text
from operations.words import clock_time

_PLATFORM = Text(zh="平台", en="the platform")
_SHOWN = 300  # characters of the words that were saved


def changed_meanwhile(*, by: Text, at: dt.datetime, saved: Text, words: str, version: int) -> DecisionBlocked:
    """The refusal of whoever was second: what was saved first, by whom, and as which version."""
    words = words[:_SHOWN]
    return DecisionBlocked(
        "version_changed",
        Text(
            zh=f"{by.zh}已于 {clock_time(at)} 保存（版本 {version}）：{saved.zh}。{words}",
            en=f"{by.en} saved version {version} at {clock_time(at)}: {saved.en}. {words}".strip(),
        ),
        hint=Text(zh="您的文字没有丢失：请对照后再保存。", en="Your text is kept: compare, then save again."),
    )


def name_of(person: Person | None) -> Text:
    """Of whoever acted; without a person it was the platform."""
    return person.name if person else _PLATFORM
