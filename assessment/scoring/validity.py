"""Whether a measured value is possible at all: its unit is the declared one and it lies within the declared bounds."""

from __future__ import annotations

from core.outcome import Reason
from core.quantity import shortest
from core.text import Text
from indicators.measures.base import Measurement
from indicators.rubric.model import MeasureDeclaration


def impossible(measurement: Measurement, declared: MeasureDeclaration) -> Reason | None:
    """Why the value cannot be; None when it can, or when there is none."""
    value = measurement.value
    if measurement.unit and measurement.unit != declared.unit:
        return Reason(
            "unit_mismatch",
            Text(
                zh=f"单位为“{measurement.unit}”，应为“{declared.unit}”。",
                en=f"The unit is “{measurement.unit}”; “{declared.unit}” is expected.",
            ),
        )
    too_low = value is not None and declared.lowest is not None and value < declared.lowest
    too_high = value is not None and declared.highest is not None and value > declared.highest
    if value is None or not (too_low or too_high):
        return None
    low, high = (
        shortest(bound) if bound is not None else sign
        for bound, sign in ((declared.lowest, "−∞"), (declared.highest, "∞"))
    )
    return Reason(
        "out_of_range",
        Text(
            zh=f"{shortest(value)} 不在可能的范围 {low} 到 {high} 之内。",
            en=f"{shortest(value)} lies outside what is possible, {low} to {high}.",
        ),
    )
