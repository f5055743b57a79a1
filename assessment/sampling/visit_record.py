"""What a site visit writes down, as one document: filled in on paper or offline, read whole, checked in one place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assessment.sampling.record_fields import Day, Instant, Reading
from assessment.sampling.record_words import RECORD_WORDS
from centres.profile_rules import HANDED_IN
from core.errors import InputError
from core.model_faults import ModelFault, broken_rule, faults_in
from core.provenance import Where
from core.text import Text

Line = Annotated[str, Field(min_length=1, max_length=200)]
Words = Annotated[str, Field(max_length=4000)]
_COMPARE_BOTH = Text(zh="请核对这两个时间及其偏移。", en="Compare both times, and their offsets.")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Present(_Strict):
    """Somebody at a meeting, by name, for whom they came and as what."""

    name: Line
    organisation: Line
    role: Line


class Meeting(_Strict):
    """The opening or closing meeting; an instant with its offset."""

    held_at: Instant
    present: Annotated[tuple[Present, ...], Field(min_length=1, max_length=200)]
    minutes: Words = ""


class MeterSeen(_Strict):
    """One stop of the meter walk: what the meter showed, and whether it is where and what the profile says."""

    meter: Line
    place: Line
    read_at: Instant
    reading: Reading
    unit: Line
    accuracy_class: Annotated[str, Field(max_length=20)] = ""
    calibrated_until: Day | None = None
    as_declared: bool
    note: Words = ""


class Match(StrEnum):
    MATCHES = "matches"
    DIFFERS = "differs"
    ABSENT = "absent"


class SerialSeen(_Strict):
    """One item of the sample: the serial number found in its place."""

    drawn: Line
    found: Match
    place: Annotated[str, Field(max_length=200)] = ""
    note: Words = ""


class WitnessedTest(_Strict):
    """A test run before the assessors' eyes; `evidence` names its output by digest once that was handed in."""

    test: Line
    command: Words = ""
    nodes: tuple[Line, ...] = ()
    started_at: Instant
    ended_at: Instant
    witnessed_by: Line
    evidence: Annotated[str, Field(pattern=r"^(sha256:[0-9a-f]{64})?$")] = ""
    deviations: Words = ""

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.ended_at < self.started_at:
            raise broken_rule(
                "ends_before_it_starts",
                Text(zh="测试结束早于开始。", en="The test ends before it starts."),
                hint=_COMPARE_BOTH,
                at=("ended_at",),
            )
        return self


class VisitRecord(_Strict):
    """Everything seen on one visit; what was not inspected is said as well (ISO/IEC 17020)."""

    contract: Literal[1] = 1
    opening: Meeting | None = None
    closing: Meeting | None = None
    meters: Annotated[tuple[MeterSeen, ...], Field(max_length=2000)] = ()
    serials: Annotated[tuple[SerialSeen, ...], Field(max_length=100_000)] = ()
    tests: Annotated[tuple[WitnessedTest, ...], Field(max_length=500)] = ()
    no_meter_walk: Words = ""  # why, where nobody walked the meters; likewise of cards and tests
    no_sample: Words = ""
    no_witnessed_test: Words = ""
    not_inspected: Words = ""  # anything else
    signed_back: Words = ""  # who signed the paper for the centre, and when

    @model_validator(mode="after")
    def _each_serial_once(self) -> Self:
        drawn = [item.drawn for item in self.serials]
        if len(drawn) != len(set(drawn)):
            raise broken_rule(
                "listed_twice",
                Text(zh="同一序列号列出了两次。", en="A serial number is listed twice."),
                hint=Text(zh="请只保留其中一行。", en="Keep only one of them."),
            )
        if self.opening and self.closing and self.closing.held_at < self.opening.held_at:
            raise broken_rule(
                "closing_first",
                Text(zh="末次会议早于首次会议。", en="The closing meeting was before the opening meeting."),
                hint=_COMPARE_BOTH,
            )
        return self

    def meetings(self) -> Iterator[tuple[str, dt.datetime]]:
        """The part each meeting is written under, and when it was held."""
        for part, meeting in (("opening", self.opening), ("closing", self.closing)):
            if meeting is not None:
                yield part, meeting.held_at

    def lacking(self, *, drawn: tuple[str, ...], sample: Text | None) -> tuple[Text, ...]:
        """What must be there before the visit is closed; empty when nothing is lacking.

        Both meetings are held. Of what is to be inspected each may be left out for a stated reason.

        Args:
            drawn: serial numbers drawn for this case, each of which must have been looked for.
            sample: what they lack to be the scheme's share of the cards; None where nothing.
        """
        gaps = []
        if self.opening is None:
            gaps.append(Text(zh="首次会议", en="the opening meeting"))
        if self.closing is None:
            gaps.append(Text(zh="末次会议", en="the closing meeting"))
        if not (self.meters or self.no_meter_walk):
            gaps.append(Text(zh="计量器具巡查", en="the meter walk"))
        if not self.no_sample:
            gaps += self._serials_lacking(drawn, sample=sample)
        if not (self.tests or self.no_witnessed_test):
            gaps.append(Text(zh="见证测试", en="a witnessed test"))
        return tuple(gaps)

    def _serials_lacking(self, drawn: tuple[str, ...], *, sample: Text | None) -> Iterator[Text]:
        unseen = len(set(drawn) - {item.drawn for item in self.serials})
        if unseen:
            yield Text(zh=f"{unseen} 个抽中的序列号", en=f"{unseen} of the serial numbers drawn")
        if sample is not None:
            yield sample


def faults_of(given: object) -> tuple[ModelFault, ...]:
    """Everything that is wrong with a record that is handed in; empty when it can be kept."""
    try:
        VisitRecord.model_validate(given, context=HANDED_IN)
    except ValidationError as refusal:
        return faults_in(refusal, RECORD_WORDS)
    return ()


def read_record(given: object, *, handed_in: bool = False) -> VisitRecord:
    """A record that was kept, or one that is handed in and meets what was laid down since as well.

    Raises:
        InputError: `visit_record_invalid` with the field of the first thing that is wrong.
    """
    try:
        return VisitRecord.model_validate(given, context=HANDED_IN if handed_in else None)
    except ValidationError as refusal:
        first = faults_in(refusal, RECORD_WORDS)[0]
        raise InputError(
            "visit_record_invalid",
            Text(zh=f"现场记录有误：{first.words.zh}", en=f"The record is wrong: {first.words.en}"),
            where=Where(field=first.field or "record"),
            hint=first.hint,
        ) from refusal
