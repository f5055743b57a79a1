"""The ten statements of the System Usability Scale, the words people answer with, and the score.

Source: J. Brooke, SUS: A quick and dirty usability scale (1996): 2.5 · (Σ odd (x − 1) + Σ even (5 − x)).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.quantity import decimal_of_fraction, measured
from evidence.observations.schema import FIGURE
from evidence.parsers.tables.headers import Heading, folded

STATEMENTS: tuple[tuple[str, ...], ...] = (
    ("I think that I would like to use this system frequently", "我愿意经常使用这个系统"),
    ("I found the system unnecessarily complex", "我觉得这个系统过于复杂"),
    ("I thought the system was easy to use", "我认为这个系统容易使用"),
    (
        "I think that I would need the support of a technical person to be able to use this system",
        "我认为我需要技术人员的支持才能使用这个系统",
    ),
    ("I found the various functions in this system were well integrated", "我发现系统的各项功能整合得很好"),
    ("I thought there was too much inconsistency in this system", "我认为系统中存在太多不一致"),
    (
        "I would imagine that most people would learn to use this system very quickly",
        "我认为大多数人能很快学会使用这个系统",
    ),
    ("I found the system very cumbersome to use", "我觉得这个系统使用起来很麻烦"),
    ("I felt very confident using the system", "使用这个系统时我感到很有信心"),
    (
        "I needed to learn a lot of things before I could get going with this system",
        "在使用这个系统之前我需要学习很多东西",
    ),
)

HEADINGS = (
    Heading("respondent", ("participant", "participant id", "编号", "受访者", "参与者", "问卷编号", "用户编号")),
    *(Heading(f"q{n}", (f"题{n}", f"问题{n}", f"第{n}题", *words)) for n, words in enumerate(STATEMENTS, start=1)),
    Heading("role", ("user type", "角色", "用户类型"), required=False),
    Heading("answered_on", ("date", "日期", "填写日期"), required=False),
)

_ANSWERS = {
    1: ("1", "strongly disagree", "非常不同意", "完全不同意", "强烈反对"),
    2: ("2", "disagree", "somewhat disagree", "不同意", "比较不同意", "反对"),
    3: ("3", "neutral", "neither agree nor disagree", "undecided", "一般", "中立", "不确定"),
    4: ("4", "agree", "somewhat agree", "同意", "比较同意"),
    5: ("5", "strongly agree", "非常同意", "完全同意", "强烈同意"),
}
ANSWERS = {folded(word): level for level, words in _ANSWERS.items() for word in words}


def sus_score(answers: Sequence[int]) -> Decimal:
    """The score of one respondent, 0 to 100 in steps of 2.5.

    Args:
        answers: ten levels from 1 to 5, in the order of the statements.
    """
    odd, even = sum(answers[0::2]), sum(answers[1::2])
    return Decimal(5 * (odd - 5 + 25 - even)) / 2


def sus_scores(answers: Sequence[pa.Array]) -> pa.Array:
    """The scores of N respondents, as figures; null where an answer is null.

    Args:
        answers: ten columns of N levels from 1 to 5, in the order of the statements.
    """
    odd, even = reduce(pc.add, answers[0::2]), reduce(pc.add, answers[1::2])
    return _EVERY_SCORE.take(pc.add(pc.subtract(odd, even), 20))


def sus_facts(scores: Mapping[Decimal, int]) -> dict[str, Any]:
    """Count, mean, sample standard deviation (from two respondents on), minimum and maximum, in points.

    Args:
        scores: how many respondents have each score.
    """
    number = sum(scores.values())
    facts: dict[str, Any] = {"respondents": number}
    if not number:
        return facts
    mean = sum((Fraction(score) * times for score, times in scores.items()), Fraction(0)) / number
    facts |= {"sus_mean": measured(mean), "sus_min": min(scores), "sus_max": max(scores)}
    if number > 1:
        squares = ((Fraction(score) - mean) ** 2 * times for score, times in scores.items())
        root = Context(prec=40).sqrt(decimal_of_fraction(sum(squares, Fraction(0)) / (number - 1)))
        facts["sus_sd"] = Context(prec=12, rounding=ROUND_HALF_UP).plus(root)
    return facts


# 0 to 100 in steps of 2.5: a score is told by the sum of its ten contributions, 0 to 40.
_EVERY_SCORE = pa.array([Decimal(5 * contributions) / 2 for contributions in range(41)], FIGURE)
