"""What is said of a missed minimum: which figure, in which unit, against which limit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assessment.scoring.decision import missed_minima
from core.outcome import Outcome
from core.text import Text
from indicators.measures.base import Measurement
from tests.editions import zhisuan

SAID = {
    ("GR-1.1", "1.62", "1"): (
        "电能利用效率（PUE）为 1.62，高于上限 1.50。",
        "Power usage effectiveness (PUE) is 1.62, above the limit of 1.50.",
    ),
    ("GR-1.1", "1.5004", "1"): (
        "电能利用效率（PUE）为 1.5004，高于上限 1.50。",
        "Power usage effectiveness (PUE) is 1.5004, above the limit of 1.50.",
    ),
    ("CE-4.1", "27.4", "%"): (
        "加速卡分配率为 27.4 %，低于下限 30 %。",
        "Accelerator allocation rate is 27.4 %, below the limit of 30 %.",
    ),
    ("US-4.2", "5", "%"): (
        "面向付费用户的书面 SLA：SLA 完整度为 5 %，低于下限 10 %。",
        "A written SLA towards paying users: SLA completeness is 5 %, below the limit of 10 %.",
    ),
}


@pytest.mark.parametrize(("found", "said"), SAID.items(), ids=lambda one: " ".join(one) if len(one) == 3 else "")
def test_missed_minimum_says_what_is_how_much_of_which_unit(found: tuple[str, str, str], said: tuple[str, str]) -> None:
    code, value, unit = found
    indicator = next(one for one in zhisuan().indicators if one.code == code)
    measurement = Measurement(measure=indicator.measure, outcome=Outcome.SCORED, unit=unit, value=Decimal(value))
    [missed] = missed_minima(indicator, measurement=measurement, points=None, profile={}, measurements={})
    assert missed.reason.message == Text(*said)
