"""The facts of many facilities as columns: what the engine for populations reads.

One row of each array is one measure, one column one facility. A value is kept as the double nearest to its decimal;
the fact is the shortest decimal that reads back as this double, so doubles compare exactly as the facts do. The few
decimals that a double cannot tell apart stand in `long_values`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assessment.scoring.facts import Facility
from core.outcome import Outcome, Quality, Reason
from core.quantity import without_negative_zero
from indicators.measures.base import Measurement
from indicators.rubric.curve import Checklist
from indicators.rubric.model import Edition

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]

NO_CAP = np.inf  # a place of measurement that caps nothing
QUALITIES: tuple[Quality | None, ...] = (None, *Quality)  # by code


class State(IntEnum):
    """How a measurement ended, as a code of the `states` array."""

    SCORED = 0
    NO_EVIDENCE = 1
    NOT_APPLICABLE = 2
    NOT_ASSESSABLE = 3
    INVALID = 4
    ABSENT = 5  # no row at all: a checklist may still be counted from its items
    OTHER_UNIT = 6  # measured, but in another unit than the rubric's


HAS_VALUE = (State.SCORED, State.OTHER_UNIT)
_STATE_OF = {outcome: State[outcome.name] for outcome in Outcome}
_OUTCOME_OF = {state: outcome for outcome, state in _STATE_OF.items()}
_FOREIGN_UNIT = "?"  # stands for any unit but the declared one


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """One attribute of all profiles: `values[code]` for each facility; None where it is not known."""

    codes: NDArray[np.intp]
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """N facilities × M measures.

    Args:
        facilities: N names.
        measures: M names, items of checklists as `measure.item`.
        values: M × N, 0 where there is none.
        states: M × N codes of `State`.
        qualities: M × N codes into `QUALITIES`; None when no evidence is graded.
        caps: M × N highest points the evidence allows, `NO_CAP` where it caps nothing; None: nowhere.
        reasons: M × N codes into `reason_codes`; None when no measurement ended with a reason the rubric could name.
        attributes: by name.
        errors: M × N standard deviations of the values, in their unit, 0 where none is known; None: nowhere. They
            change no score; `robustness` draws from them.
        long_values, long_caps: decimals that their double does not tell apart from others, by (row, column).

    Raises:
        ValueError: shapes that do not fit, values that are not finite, unknown codes.
    """

    facilities: Sequence[str]
    measures: tuple[str, ...]
    values: Floats
    states: Codes
    qualities: Codes | None = None
    caps: Floats | None = None
    reasons: NDArray[np.int16] | None = None
    reason_codes: tuple[str, ...] = ()
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    errors: Floats | None = None
    long_values: Mapping[tuple[int, int], Decimal] = field(default_factory=dict)
    long_caps: Mapping[tuple[int, int], Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = (len(self.measures), len(self.facilities))
        for name in ("values", "states", "qualities", "caps", "reasons", "errors"):
            column = getattr(self, name)
            if column is not None and column.shape != shape:
                raise ValueError(f"{name}: the shape is {column.shape}, not {shape}")
        if not np.isfinite(self.values).all():
            raise ValueError("values: not every one is finite; a missing value is a state")
        if self.caps is not None and not (self.caps >= 0).all():
            raise ValueError("caps: below 0 or not a number")
        if self.errors is not None and not (np.isfinite(self.errors) & (self.errors >= 0)).all():
            raise ValueError("errors: below 0 or not finite")
        if self.states.size and not 0 <= int(self.states.min()) <= int(self.states.max()) <= max(State):
            raise ValueError("states: unknown code")

    def facility(self, column: int) -> Facility:
        """One facility as the exact engine takes it."""
        profile = {
            name: value
            for name, attribute in self.attributes.items()
            if (value := attribute.values[attribute.codes[column]]) is not None
        }
        measurements = {
            measure: self._measurement(measure, row, column)
            for row, measure in enumerate(self.measures)
            if self.states[row, column] != State.ABSENT
        }
        return Facility(self.facilities[column], profile, measurements)

    def _measurement(self, measure: str, row: int, column: int) -> Measurement:
        state = State(int(self.states[row, column]))
        outcome = Outcome.SCORED if state in HAS_VALUE else _OUTCOME_OF[state]
        quality = QUALITIES[self.qualities[row, column]] if self.qualities is not None else None
        reason = None
        if outcome is not Outcome.SCORED:
            code = self.reason_codes[self.reasons[row, column]] if self.reasons is not None else outcome.value
            reason = Reason(code, outcome.label)
        return Measurement(
            measure,
            outcome,
            unit=_FOREIGN_UNIT if state is State.OTHER_UNIT else "",
            value=self._value(row, column) if outcome is Outcome.SCORED else None,
            quality=quality,
            cap=self._cap(row, column),
            reason=reason,
        )

    def _value(self, row: int, column: int) -> Decimal:
        long = self.long_values.get((row, column))
        return decimal_of(float(self.values[row, column])) if long is None else long

    def _cap(self, row: int, column: int) -> Decimal | None:
        if self.caps is None or self.caps[row, column] == NO_CAP:
            return None
        long = self.long_caps.get((row, column))
        return decimal_of(float(self.caps[row, column])) if long is None else long


def decimal_of(double: float) -> Decimal:
    """The fact a double stands for: the shortest decimal that reads back as it."""
    return without_negative_zero(Decimal(repr(double)))


def is_told_by_double(value: Decimal) -> bool:
    """Whether the nearest double stands for exactly this decimal; so for all of at most 15 significant digits."""
    return abs(value) < Decimal("1e300") and decimal_of(float(value)) == value


def attribute_of(values: Iterable[Any]) -> Attribute:
    """A column of attributes; equal values of one type share a code."""
    found: dict[Hashable, int] = {}
    kept: list[Any] = []
    codes = []
    for value in values:
        key = (type(value), value) if isinstance(value, Hashable) else (type(value), repr(value))
        if key not in found:
            found[key] = len(kept)
            kept.append(value)
        codes.append(found[key])
    return Attribute(np.array(codes, dtype=np.intp), tuple(kept))


def population_of(edition: Edition, facilities: Mapping[str, Facility]) -> Population:
    """Facts as they were read (`facts.read_facts`), as columns; what the edition does not ask for is left aside."""
    measures = (*edition.measures, *_items(edition))
    shape = (len(measures), len(facilities))
    values, caps, errors = np.zeros(shape), np.full(shape, NO_CAP), np.zeros(shape)
    states = np.full(shape, State.ABSENT, dtype=np.int8)
    qualities = np.zeros(shape, dtype=np.int8)
    reasons = np.zeros(shape, dtype=np.int16)
    words = {"": 0}
    words |= {code: at for at, code in enumerate(sorted(_reasons(edition)), start=1)}
    long_values: dict[tuple[int, int], Decimal] = {}
    long_caps: dict[tuple[int, int], Decimal] = {}
    for row, measure in enumerate(measures):
        declared = edition.measures.get(measure)
        for column, facility in enumerate(facilities.values()):
            given = _given(measure, facility)
            if given is None:
                continue
            states[row, column] = _STATE_OF[given.outcome]
            qualities[row, column] = QUALITIES.index(given.quality)
            if given.value is not None:
                if declared is not None and given.unit and given.unit != declared.unit:
                    states[row, column] = State.OTHER_UNIT
                values[row, column] = _double(given.value, (row, column), long_values)
            if given.cap is not None:
                caps[row, column] = _double(given.cap, (row, column), long_caps)
            if given.error is not None:
                errors[row, column] = float(given.error)
            if given.reason is not None:
                reasons[row, column] = words.get(given.reason.code, 0)
    names = sorted({name for facility in facilities.values() for name in facility.profile})
    return Population(
        facilities=tuple(facilities),
        measures=measures,
        values=values,
        states=states,
        qualities=qualities,
        caps=caps,
        reasons=reasons,
        reason_codes=tuple(words),
        attributes={name: attribute_of(one.profile.get(name) for one in facilities.values()) for name in names},
        errors=errors if errors.any() else None,
        long_values=long_values,
        long_caps=long_caps,
    )


def _double(value: Decimal, at: tuple[int, int], long: dict[tuple[int, int], Decimal]) -> float:
    if is_told_by_double(value):
        return float(without_negative_zero(value))
    long[at] = value
    return 0.0


def _items(edition: Edition) -> tuple[str, ...]:
    """The items that checklists and minima look at, as `measure.item`."""
    names: dict[str, None] = {}
    for indicator in edition.indicators:
        for measure, curve in indicator.curves:
            if isinstance(curve, Checklist):
                names |= dict.fromkeys(f"{measure}.{item.id}" for item in curve.items)
        for minimum in indicator.minima:
            if minimum.item is not None:
                names |= dict.fromkeys(f"{measure}.{minimum.item}" for measure in indicator.measures)
    return tuple(name for name in names if name not in edition.measures)


def _reasons(edition: Edition) -> set[str]:
    return {code for indicator in edition.indicators for code in indicator.not_applicable_reasons}


def _given(measure: str, facility: Facility) -> Measurement | None:
    """The measurement of a measure; of an item also the one among the inputs of its measure's measurement."""
    given = facility.measurements.get(measure)
    owner, _, item = measure.rpartition(".")
    whole = facility.measurements.get(owner) if owner else None
    if whole is None or (given is not None and given.value is not None):
        return given
    value = next((one.value for one in reversed(whole.inputs) if one.name == item), None)
    return given if value is None else Measurement(measure, Outcome.SCORED, value=value)
