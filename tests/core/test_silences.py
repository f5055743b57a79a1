"""Gaps of meters in words, as a person at the meter looks for them."""

from __future__ import annotations

import datetime as dt

import pytest

from core.silences import told_silences

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
START = round(dt.datetime(2025, 3, 11, 16, tzinfo=dt.UTC).timestamp() * 1000)  # midnight in China


def test_a_gap_says_from_when_to_when_on_the_clock_of_the_centre_and_how_long() -> None:
    told = told_silences({"PUE-IT-1": [(START, START + 7 * DAY + 6 * HOUR + 15 * MINUTE)]}, "Asia/Shanghai")
    assert told.en == "PUE-IT-1 from 2025-03-12 00:00 to 2025-03-19 06:15 (7.3 days), time of Asia/Shanghai"
    assert told.zh == "PUE-IT-1 自 2025-03-12 00:00 至 2025-03-19 06:15（7.3 天），时间按 Asia/Shanghai"
    elsewhere = told_silences({"PUE-IT-1": [(START, START + DAY)]}, "Asia/Urumqi")
    assert "from 2025-03-11 22:00 to 2025-03-12 22:00 (1 day)" in elsewhere.en


@pytest.mark.parametrize(
    ("length", "zh", "en"),
    [
        (DAY, "1 天", "1 day"),
        (DAY - MINUTE, "24 小时", "24 hours"),
        (90 * MINUTE, "1.5 小时", "1.5 hours"),
        (HOUR, "1 小时", "1 hour"),
        (15 * MINUTE, "15 分钟", "15 minutes"),
        (30_000, "0.5 分钟", "0.5 minutes"),
    ],
)
def test_a_length_is_told_in_a_unit_it_fills(length: int, zh: str, en: str) -> None:
    told = told_silences({"M": [(START, START + length)]}, "Asia/Shanghai")
    assert f"（{zh}）" in told.zh
    assert f"({en})" in told.en


def test_seconds_are_told_where_a_gap_ends_between_two_minutes() -> None:
    told = told_silences({"M": [(START, START + 30_000)]}, "Asia/Shanghai")
    assert "from 2025-03-12 00:00 to 2025-03-12 00:00:30" in told.en


def test_of_many_meters_that_were_silent_together_a_few_are_named() -> None:
    gap = (START, START + DAY)
    told = told_silences({f"M{number}": [gap] for number in range(7)}, "Asia/Shanghai")
    assert told.en.startswith("M0, M1, M2 and 4 others from ")
    assert told.zh.startswith("M0、M1、M2 等 7 处自 ")


def test_one_gap_that_is_not_named_is_counted_as_one() -> None:
    gaps = [(START + day * DAY, START + day * DAY + (9 - day) * HOUR) for day in range(4)]
    told = told_silences({"M": gaps}, "Asia/Shanghai")
    assert "; 1 more gap of at most 6 hours, time" in told.en
