"""The facility profile: what a centre says about itself once, in YAML, by form or by API.

Units, meter kinds and the time zone are declared here and never guessed. Unknown fields are refused.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from centres.profile_rules import (
    MOST_METERS,
    MOST_MODELS,
    Flag,
    Whole,
    at_most,
    fits_into_cards,
    is_handed_in,
    known_province,
    no_more_than,
    on_one_line,
    refuse_circles,
    refuse_repeated_meters,
    refuse_unknown_parents,
)
from core.canonical import canonical_digest
from core.errors import InputError
from core.model_faults import broken_rule
from core.quantity import not_a_number, read_number, without_negative_zero
from core.suggestion import meant
from core.text import Text
from core.zones import zone_names

_FIRST_DAY, _LAST_DAY = dt.date(2000, 1, 1), dt.date(2099, 12, 31)


class CentreClass(StrEnum):
    """What the centre's card-hours are used for; decides tree and weights."""

    TRAINING_LED = "training_led"
    INFERENCE_LED = "inference_led"
    MIXED = "mixed"


class ScaleTier(StrEnum):
    """Dense FP16/BF16 peak per site: 40–<300, 300–1000, >1000 PFLOP/s (CAICT 2024, 二(三))."""

    BELOW_TIER = "below_tier"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


def _decimal(value: Any) -> Any:
    if isinstance(value, float):
        raise broken_rule(
            "decimal_as_text",
            Text(zh="小数请写成带引号的文字，例如 '1.5'。", en="Write decimals as quoted text, such as '1.5'."),
            hint=Text(zh="请给数字加上引号。", en="Put the figure in quotes."),
        )
    if isinstance(value, Decimal):
        return without_negative_zero(value)  # as it will be read again from what is kept
    if not isinstance(value, str | bool):
        return value
    try:
        if isinstance(value, bool):  # to Python it is a kind of int
            raise not_a_number(str(value).lower())
        return read_number(value)
    except InputError as error:
        rule = "out_of_range" if error.code == "out_of_range" else "not_a_number"
        raise broken_rule(rule, error.message, hint=error.hint) from error


def _in_our_time(day: dt.date) -> dt.date:
    """Windows are counted back from a day and terms on from it, which a calendar must have room for."""
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise broken_rule(
            "out_of_range",
            Text(
                zh=f"日期应在 {_FIRST_DAY} 至 {_LAST_DAY} 之间。",
                en=f"This should be a day between {_FIRST_DAY} and {_LAST_DAY}.",
            ),
            hint=Text(zh="请核对年份。", en="Look at the year again."),
        )
    return day


DecimalText = Annotated[Decimal, BeforeValidator(_decimal)]
Positive = Annotated[DecimalText, Field(gt=0)]
Ratio = Annotated[DecimalText, Field(ge=0, le=1)]


_ZONE_HINT = Text(zh="请写 IANA 时区名，例如 Asia/Shanghai。", en="Write an IANA name, such as Asia/Shanghai.")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _existing_zone(value: str) -> str:
    if value not in zone_names():
        raise broken_rule(
            "unknown_timezone",
            Text(zh=f"没有时区“{value}”。", en=f"There is no time zone {value}."),
            hint=meant(value, zone_names(), otherwise=_ZONE_HINT),
        )
    return value


Words = Annotated[str, AfterValidator(on_one_line)]


class Names(_Strict):
    zh: Words = Field(min_length=1, max_length=200)
    en: Words = Field(min_length=1, max_length=200)

    @property
    def text(self) -> Text:
        return Text(zh=self.zh, en=self.en)


class CentreName(_Strict):
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")
    name: Names


class Place(_Strict):
    province: Annotated[Words, Field(min_length=1, max_length=40), AfterValidator(known_province)]
    city: Words = Field(min_length=1, max_length=40)
    hub_node: Flag = False
    timezone: Annotated[str, AfterValidator(_existing_zone)] = "Asia/Shanghai"


class Accelerators(_Strict):
    model: Words = Field(min_length=1, max_length=100)
    cards: Annotated[Whole, Field(le=10_000_000)]
    cards_per_node: Annotated[Whole, Field(le=1024), AfterValidator(fits_into_cards)]


class Racks(_Strict):
    count: Annotated[Whole, at_most(1_000_000)]
    density_kw_max: Annotated[Positive, at_most(10_000)]


class Meter(_Strict):
    """One meter of the tree.

    `interval` and `stamp` belong to `kind: interval`: how long each reading covers and whether its
    stamp is the start or the end of it. `register_max` is the figure after which a register rolls over.
    """

    id: Words = Field(min_length=1, max_length=64)
    at: Literal[
        "utility_incomer",
        "transformer_output",
        "ups_output",
        "pdu_output",
        "it_input",
        "cooling",
        "generation",
        "other",
    ]
    measures: Literal["facility", "it", "cooling", "onsite_renewable", "other"]
    kind: Literal["cumulative", "interval", "on_change"]
    unit: Literal["Wh", "kWh", "MWh"]
    multiplier: Annotated[Positive, at_most(1_000_000)] = Decimal(1)
    parent: str | None = None
    interval: Literal["PT1M", "PT5M", "PT15M", "PT30M", "PT1H", "P1D", "P1M"] | None = None
    stamp: Literal["start", "end"] | None = None
    max_silence: Literal["PT1H", "PT6H", "P1D"] | None = None
    register_max: Annotated[Positive, at_most(10**15)] | None = None
    calibrated_on: Annotated[dt.date, AfterValidator(_in_our_time)] | None = None

    @model_validator(mode="after")
    def _interval_is_declared(self) -> Meter:
        if self.kind == "interval" and (self.interval is None or self.stamp is None):
            raise broken_rule(
                "interval_not_declared",
                Text(
                    zh=f"电表 {self.id}：kind 为 interval 时须说明 interval 和 stamp。",
                    en=f"Meter {self.id}: an interval meter declares interval and stamp.",
                ),
                at=("interval" if self.interval is None else "stamp",),
                hint=Text(
                    zh="例如 interval: PT15M，stamp: end（时标为时段的结束）。",
                    en="Such as `interval: PT15M` and `stamp: end`, where a reading is stamped at its end.",
                ),
            )
        return self


class FacilityProfile(_Strict):
    """Contract 1 of the profile; `applied_on` is the day all windows are counted back from."""

    contract: Literal[1]
    centre: CentreName
    operator: Names
    place: Place
    centre_class: CentreClass = Field(alias="class")
    training_share: Ratio | None = None
    empowerment_modes: tuple[
        Literal["research_industry", "leader_consortium", "soe_demonstration", "hpc_ai_fusion"], ...
    ] = ()
    applied_on: Annotated[dt.date, AfterValidator(_in_our_time)]
    accelerators: Annotated[tuple[Accelerators, ...], Field(min_length=1), no_more_than(MOST_MODELS)]
    it_capacity_kw: Annotated[Positive, at_most(10_000_000)]
    racks: Racks | None = None
    meters: Annotated[tuple[Meter, ...], no_more_than(MOST_METERS)] = ()
    self_use_only: Flag = False
    # Network line rate per card, one direction, as installed.
    link_line_rate_gb_s: Annotated[Positive, at_most(1_000_000)] | None = None
    services_span_nodes: Flag = True

    @model_validator(mode="after")
    def _class_and_share_agree(self) -> FacilityProfile:
        if (self.centre_class is CentreClass.MIXED) != (self.training_share is not None):
            raise broken_rule(
                "class_and_share_disagree",
                Text(
                    zh="混合型中心必须填写 training_share，其他类型不得填写。",
                    en="training_share is declared for mixed centres, and only for them.",
                ),
                hint=Text(
                    zh="请核对中心类型，再补上或删去该比例。", en="Check the class; then add the share or leave it out."
                ),
                at=("training_share",),
            )
        return self

    @model_validator(mode="after")
    def _meters_form_a_tree(self, info: ValidationInfo) -> FacilityProfile:
        refuse_repeated_meters([meter.id for meter in self.meters])
        parents = {meter.id: meter.parent or None for meter in self.meters}
        refuse_unknown_parents(parents)
        if is_handed_in(info):
            refuse_circles(parents)
        return self

    @property
    def cards(self) -> int:
        return sum(group.cards for group in self.accelerators)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.place.timezone)

    @property
    def training_part(self) -> Decimal:
        """Share of card-hours that is training, as the class weights use it: 1, 0 or as declared."""
        match self.centre_class:
            case CentreClass.TRAINING_LED:
                return Decimal(1)
            case CentreClass.INFERENCE_LED:
                return Decimal(0)
            case CentreClass.MIXED:
                return self.training_share or Decimal(0)

    @property
    def digest(self) -> str:
        """Of the canonical form, so that a result can name the profile it was scored with."""
        return canonical_digest(self.model_dump(mode="json", by_alias=True, exclude_none=True))
