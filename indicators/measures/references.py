"""Cited reference data: peaks, link rates, emission factors, published benchmark results, size classes.

Each table is a YAML file with an id, an edition and a digest, so that a result can name what it rests
on. Every figure is quoted text, read as `Decimal`; a row says its source and how sure it is.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

import re2
from pydantic import BaseModel, ConfigDict, Field

from centres.profile import FacilityProfile, Names, Positive, Ratio, ScaleTier
from core.errors import InsufficientData
from core.provenance import digest
from core.text import Text
from core.yaml_document import read_mapping

FOLDER = Path(__file__).parents[1] / "references"
EDITION = "2026.1"

# Words which vendors and schedulers put around the name of a card, and memory sizes.
_DECORATION = re2.compile(r"nvidia|amd|huawei|intel|google|instinct|tesla|tensor|core|gpu|npu|accelerator|[0-9]+gb")
_WORDS = re2.compile(r"[a-z0-9\p{Han}]+")
_SOCKET = re2.compile(r"sxm[0-9]*")


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    confidence: Literal["H", "M", "L"]
    source: str = Field(min_length=1)
    valid_from: dt.date
    note: str = ""


class AcceleratorRow(_Row):
    """One card as sold: dense peaks in TFLOP/s by precision of the matrix multiplications."""

    model: str
    aliases: tuple[str, ...] = ()
    peaks: dict[Literal["bf16", "fp16", "fp8"], Positive]
    memory_gb: Positive | None = None
    memory_bandwidth_tb_s: Positive | None = None
    tdp_w: Positive | None = None

    @property
    def half_precision_peak(self) -> Decimal | None:
        """The larger of the dense BF16 and FP16 peaks, as scale tiers count it."""
        return max((peak for precision, peak in self.peaks.items() if precision != "fp8"), default=None)


class LinkRow(_Row):
    """One direction of a link per card, GB/s; without rate the card has no card-to-card link."""

    link: str
    accelerators: tuple[str, ...] = ()
    rate_gb_s: Positive | None = None


class FactorRow(_Row):
    """Average emission factor of one region and electricity year, kgCO2/kWh."""

    region: str
    level: Literal["national", "national_residual", "grid_region", "province"]
    year: int
    factor: Positive


class CarrierRow(_Row):
    """One form of energy: coal equivalent of its units in kgce, and how much electricity one kWh of it stands for."""

    carrier: str
    title: Names
    kgce: dict[str, Positive] = Field(default_factory=dict)
    weight: Positive


class PublishedTime(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    accelerator: str
    cards: int = Field(gt=0)
    minutes: Positive


class BenchmarkRow(_Row):
    """One benchmark of one round: how many runs make a result, and the best published minutes."""

    benchmark: str
    round: str
    runs: int = Field(gt=0)
    objective: Literal["pretrain", "lora"] | None = None
    params: Positive | None = None
    sequence_length: int | None = None
    scaling_per_doubling: Ratio | None = None
    minutes: tuple[PublishedTime, ...]


class PublishedResult(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    accelerator: str
    cards: int = Field(gt=0)
    value: Positive


class InferenceRow(_Row):
    """One inference benchmark of one round and scenario, and the best published results in its unit."""

    benchmark: str
    round: str
    scenario: Literal["Offline", "Server", "Interactive"]
    unit: Literal["token/s", "sample/s"]
    results: tuple[PublishedResult, ...]


class SizeRow(_Row):
    """One scale tier and the references by which its centres are normalised."""

    tier: ScaleTier
    from_pflops: Decimal
    from_included: bool
    longest_run_card_days: Positive
    ready_assets: Positive
    io500_score: Positive


Row = TypeVar("Row", bound=_Row)


class Table(BaseModel, Generic[Row]):
    """One edition of one reference table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    edition: str
    title: Names
    rows: tuple[Row, ...]
    digest: str

    @property
    def name(self) -> str:
        return f"{self.id}/{self.edition}"

    def cited(self, row: str) -> str:
        """How an input names its row, such as `accelerators/2026.1: NVIDIA H800 SXM`."""
        return f"{self.name}: {row}"


class Accelerators(Table[AcceleratorRow]):
    def find(self, name: str) -> AcceleratorRow | None:
        """The row of a card under any of its spellings; None rather than a guess."""
        return self._by_name.get(_plain_name(name))

    @cached_property
    def _by_name(self) -> dict[str, AcceleratorRow]:
        return {_plain_name(name): row for row in self.rows for name in (row.model, *row.aliases)}


@cache
def accelerators() -> Accelerators:
    return Accelerators.model_validate(_content("accelerators"))


@cache
def link_rates() -> Table[LinkRow]:
    return Table[LinkRow].model_validate(_content("link_rates"))


@cache
def emission_factors() -> Table[FactorRow]:
    return Table[FactorRow].model_validate(_content("emission_factors"))


@cache
def energy_carriers() -> Table[CarrierRow]:
    return Table[CarrierRow].model_validate(_content("energy_carriers"))


@cache
def training_benchmarks() -> Table[BenchmarkRow]:
    return Table[BenchmarkRow].model_validate(_content("training_benchmarks"))


@cache
def inference_benchmarks() -> Table[InferenceRow]:
    return Table[InferenceRow].model_validate(_content("inference_benchmarks"))


@cache
def size_classes() -> Table[SizeRow]:
    return Table[SizeRow].model_validate(_content("size_classes"))


def reference_tables() -> dict[str, str]:
    """Name and digest of every table in force, for the identity of a result."""
    tables = (
        accelerators(),
        link_rates(),
        emission_factors(),
        energy_carriers(),
        training_benchmarks(),
        inference_benchmarks(),
        size_classes(),
    )
    return {table.name: table.digest for table in tables}


def peak_pflops(profile: FacilityProfile) -> Decimal:
    """Dense BF16/FP16 peak of all installed cards, PFLOP/s.

    Raises:
        InsufficientData: `no_peak`, naming the card that is not in the table.
    """
    total = Decimal(0)
    for group in profile.accelerators:
        row = accelerators().find(group.model)
        peak = row.half_precision_peak if row else None
        if peak is None:
            raise no_peak(group.model)
        total += peak * group.cards / 1000
    return total


def size_class(profile: FacilityProfile) -> SizeRow:
    """The row of the size table a centre belongs to.

    Raises:
        InsufficientData: `no_peak`.
    """
    peak = peak_pflops(profile)
    reached = [
        row for row in size_classes().rows if peak > row.from_pflops or (row.from_included and peak == row.from_pflops)
    ]
    return max(reached, key=lambda row: row.from_pflops)


def scale_tier(profile: FacilityProfile) -> ScaleTier:
    """Scale tier by the peak of the site: 40–<300 small, 300–1000 medium, >1000 PFLOP/s large.

    Raises:
        InsufficientData: `no_peak`.
    """
    return size_class(profile).tier


def same_card(name: str, other: str) -> bool:
    """Whether two spellings name one card: the same row of the table, or the same words."""
    row = accelerators().find(name)
    return row is accelerators().find(other) if row else _plain_name(name) == _plain_name(other)


def no_peak(model: str) -> InsufficientData:
    return InsufficientData(
        "no_peak",
        Text(
            zh=f"加速卡“{model}”不在峰值表 {accelerators().name} 中，无法确定其峰值算力。",
            en=f"The accelerator “{model}” is not in the table {accelerators().name}, so its peak is unknown.",
        ),
        hint=Text(
            zh="请检查型号写法；新型号须先凭厂商资料列入峰值表。",
            en="Check how the model is written; a new model is first entered in the table with the vendor's papers.",
        ),
    )


def _plain_name(name: str) -> str:
    lowered = name.lower().replace("blackwell ultra", "").replace("blackwell", "")
    words = [_SOCKET.sub("sxm", word) for word in _WORDS.findall(lowered)]
    return " ".join(sorted(word for word in words if not _DECORATION.fullmatch(word)))


def _content(name: str) -> dict[str, Any]:
    """A table's file as plain values, with the digest of its bytes."""
    content = (FOLDER / name / f"{EDITION}.yaml").read_bytes()
    return {**read_mapping(content.decode()).content, "digest": digest(content)}
