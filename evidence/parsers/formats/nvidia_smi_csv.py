"""Output of `nvidia-smi --query-gpu=… --format=csv`: a log of samples when it has instants, else one snapshot.

Times are local and carry no zone. Values repeat their units unless the logger left them out; `[N/A]` is no value.
Two samples of one card may carry the same instant; both are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.quantity import measured, shortest
from core.text import Text
from evidence.observations.device_samples import DEVICE_SAMPLES
from evidence.observations.power_samples import POWER_SAMPLES
from evidence.observations.schema import TEXT
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.columns.instants import Clock
from evidence.parsers.monitoring.card_metrics import POWER, CardMetric
from evidence.parsers.monitoring.card_samples import CardTables, Readings
from evidence.parsers.tables.csv_tables import text_batches
from evidence.parsers.tables.headers import Heading, folded
from evidence.parsers.tables.quoted_cells import split_quoted
from evidence.parsers.tables.table_batches import Batch, Tally
from evidence.parsers.tables.text_layouts import DELIMITERS
from evidence.parsers.tables.typed_rows import TypedRows
from evidence.parsers.text.log_lines import words
from evidence.parsers.text.source import Source

LISTED_CARDS = 256
HEADINGS = (
    Heading("at", ("timestamp",), required=False),
    Heading("uuid", ("gpu_uuid",), required=False),
    Heading("index", (), required=False),
    Heading("name", ("gpu_name",), required=False),
    Heading("driver_version", (), required=False),
    Heading("power_w", ("power.draw [W]", "power.draw"), required=False),
    Heading("util_percent", ("utilization.gpu [%]", "utilization.gpu"), required=False),
    Heading("memory_used_mib", ("memory.used [MiB]", "memory.used"), required=False),
    Heading("temperature_c", ("temperature.gpu",), required=False),
    Heading("fan_percent", ("fan.speed [%]", "fan.speed"), required=False),
)
_OWN = frozenset(
    folded(name) for name in ("power.draw", "utilization.gpu", "memory.used", "temperature.gpu", "pci.bus_id")
)
_UNIT = r"\s*(W|MiB|%|C)$"
_NO_VALUE = r"^\[?(N/A|Not Supported|Unknown Error|Insufficient Permissions|GPU requires reset|Unknown)\]?$"
_SLASHED = r"^([0-9]{4})/([0-9]{2})/([0-9]{2}) "
_FIGURES = ("power_w", "util_percent", "memory_used_mib", "temperature_c", "fan_percent")
_METRICS = {
    "power_w": CardMetric(POWER),
    "util_percent": CardMetric("util_ratio", Decimal("0.01")),
    "memory_used_mib": CardMetric("memory_used_bytes", Decimal(2**20)),
    "temperature_c": CardMetric("temperature_c"),
}


class NvidiaSmiCsv:
    format = "nvidia_smi_csv"
    version = "1"
    title = Text(zh="nvidia-smi 查询输出（CSV）", en="nvidia-smi query output (CSV)")
    kinds = (DEVICE_SAMPLES.name, POWER_SAMPLES.name)

    def recognises(self, source: Source) -> bool:
        for line in source.head_lines()[:10]:
            for delimiter in DELIMITERS:
                cells = split_quoted(line.lstrip("\ufeff"), delimiter) or []
                names = {folded(cell.split("[")[0]) for cell in cells}
                if len(cells) > 1 and names & _OWN and names & {"timestamp", "index", "uuid", "name", "gpuuuid"}:
                    return True
        return False

    def parse(self, source: Source) -> ParseResult:
        issues, tally = Issues(), Tally()
        clock = Clock(source.timezone, issues)
        cards, seen = CardTables(issues), _Seen()
        timed = by_index = False
        for layout, batch in text_batches(source, HEADINGS, issues, tally):
            timed = "at" in layout.header.columns
            by_index = "uuid" not in layout.header.columns
            rows = TypedRows(_plain(batch), issues=issues, clock=clock)
            columns = {name: rows.number(name) for name in _FIGURES}
            names = pc.fill_null(rows.text("index" if by_index else "uuid"), "0")
            seen.take(rows, names, columns)
            if timed:
                _add(cards, rows, names, columns)
            tally.faulty += int(rows.bad.sum())
        clock.close()
        _tell(issues, timed=timed, by_index=by_index)
        return ParseResult(
            facts=seen.facts(timed=timed),
            tables=cards.tables(),
            coverage=tally.coverage,
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding=source.text_encoding,
        )


def _plain(batch: Batch) -> Batch:
    """Cells without their units, without what stands for no value, and dates with hyphens."""
    columns = {}
    for name, column in batch.columns.items():
        texts = pc.utf8_trim_whitespace(column)
        texts = pc.if_else(pc.match_substring_regex(texts, _NO_VALUE), pa.scalar("", TEXT), texts)
        if name in _FIGURES:
            texts = pc.replace_substring_regex(texts, _UNIT, "")
        elif name == "at":
            texts = pc.replace_substring_regex(texts, _SLASHED, r"\1-\2-\3 ")
        columns[name] = texts
    return Batch(columns, batch.lines, batch.layout)


def _add(cards: CardTables, rows: TypedRows, names: pa.Array, columns: Mapping[str, pa.Array]) -> None:
    at = rows.instant("at", required=True)
    encoded = names.dictionary_encode()
    known = [(None, words(name)) for name in encoded.dictionary.to_pylist()]
    for column, metric in _METRICS.items():
        present = pc.and_(at.is_valid(), columns[column].is_valid())
        present = pc.and_(present, pa.array(~rows.bad))
        cards.add(
            Readings(
                metric,
                known,
                encoded.indices.filter(present).to_numpy().astype(np.int64),
                at.filter(present).cast(pa.int64()).to_numpy(),
                columns[column].filter(present),
                rows.lines.filter(present).to_numpy(),
            )
        )


class _Seen:
    """What a log amounts to, whether its instants can be read or not."""

    def __init__(self) -> None:
        self.rows = 0
        self.powers = 0
        self.power_sum = Fraction(0)
        self.power_max: Decimal | None = None
        self.first_at: str | None = None
        self.last_at: str | None = None
        self.cards: dict[str, dict[str, Any]] = {}

    def take(self, rows: TypedRows, names: pa.Array, columns: Mapping[str, pa.Array]) -> None:
        good = pa.array(~rows.bad)
        self.rows += int((~rows.bad).sum())
        powers = columns["power_w"].filter(good).drop_null()
        if len(powers):
            highest = pc.max(powers).as_py()
            self.powers += len(powers)
            self.power_sum += Fraction(pc.sum(powers).as_py())
            self.power_max = highest if self.power_max is None else max(self.power_max, highest)
        instants = rows.text("at").filter(good).drop_null()
        if len(instants):
            self.first_at = self.first_at or words(instants[0].as_py())
            self.last_at = words(instants[-1].as_py())
        for name in pc.unique(names.filter(good)).to_pylist():
            if name not in self.cards and len(self.cards) < LISTED_CARDS:
                self.cards[name] = self._card(rows, int(pc.index(names, name).as_py()), columns)

    def _card(self, rows: TypedRows, index: int, columns: Mapping[str, pa.Array]) -> dict[str, Any]:
        texts = {name: rows.text(name)[index].as_py() for name in ("name", "driver_version")}
        figures = {name: column[index].as_py() for name, column in columns.items()}
        return {name: words(text) for name, text in texts.items() if text} | {
            name: Decimal(shortest(value)) for name, value in figures.items() if value is not None
        }

    def facts(self, *, timed: bool) -> dict[str, Any]:
        names = [words(name) for name in self.cards]
        facts: dict[str, Any] = {"rows": self.rows, "cards": names}
        if self.powers:
            facts |= {
                "power_mean_w": measured(self.power_sum / self.powers),
                "power_max_w": Decimal(shortest(self.power_max or Decimal(0))),
            }
        if not timed:
            return facts | {"snapshot": [{"card": words(name), **card} for name, card in self.cards.items()]}
        return facts | {"first_at_local": self.first_at, "last_at_local": self.last_at}


def _tell(issues: Issues, *, timed: bool, by_index: bool) -> None:
    if not timed:
        issues.add(
            "snapshot_only",
            Text(
                zh="输出中没有时间，只是一次快照，不能说明一段时期。",
                en="The output carries no instants: a snapshot, which says nothing about a period.",
            ),
            severity=Severity.INFO,
            hint=Text(zh="请在 --query-gpu 中加入 timestamp。", en="Add timestamp to --query-gpu."),
        )
    elif by_index:
        issues.add(
            "card_by_index",
            Text(
                zh="加速卡只以序号区分，多台主机的记录无法分开。",
                en="Cards are told apart by their index only; logs of several hosts cannot be kept apart.",
            ),
            severity=Severity.INFO,
            hint=Text(zh="请在 --query-gpu 中加入 uuid。", en="Add uuid to --query-gpu."),
        )


PARSER = NvidiaSmiCsv()
