"""Titles of measures, Chinese before English."""

from __future__ import annotations

from core.text import Text


def text(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)
