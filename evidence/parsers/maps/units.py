"""Units as people write them beside figures: what they measure, and the exact way from one to another.

A unit is known by its spelling, compared after NFKC. Case counts where it tells two units apart: `mW` is no `MW`, so
`mw` is neither, nor is `mwh` anything. Prefixes of bytes are those of SI; `MiB` and its kin are the binary ones.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import re2

COUNT_DIMENSION = "count"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its one name, its dimension, and how a figure in it becomes one in the base unit of the dimension.

    base = figure · factor + offset
    """

    name: str
    dimension: str
    factor: Fraction
    offset: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Conversion:
    """figure in another unit = figure · factor + offset, exactly."""

    factor: Fraction
    offset: Fraction = Fraction(0)

    @property
    def is_none(self) -> bool:
        return self.factor == 1 and self.offset == 0


_TABLE: tuple[tuple[str, str, Fraction, Fraction, tuple[str, ...]], ...] = tuple(
    (name, dimension, Fraction(factor), Fraction(offset), also)
    for name, dimension, factor, offset, also in (
        ("mWh", "energy", "3.6", 0, ("毫瓦时",)),
        ("Wh", "energy", 3600, 0, ("瓦时",)),
        ("kWh", "energy", 3_600_000, 0, ("kW·h", "kW.h", "kW h", "kW*h", "度", "千瓦时", "千瓦·时")),
        ("MWh", "energy", 3_600_000_000, 0, ("MWH", "兆瓦时", "千度")),
        ("GWh", "energy", 3_600_000_000_000, 0, ("GWH", "吉瓦时")),
        ("万kWh", "energy", 36_000_000_000, 0, ("万度", "万千瓦时")),
        ("mJ", "energy", "1/1000", 0, ("毫焦",)),
        ("J", "energy", 1, 0, ("焦", "焦耳")),
        ("kJ", "energy", 1000, 0, ("千焦",)),
        ("MJ", "energy", 10**6, 0, ("兆焦",)),
        ("GJ", "energy", 10**9, 0, ("吉焦",)),
        ("mW", "power", "1/1000", 0, ("毫瓦",)),
        ("W", "power", 1, 0, ("瓦", "瓦特", "watt", "watts")),
        ("kW", "power", 1000, 0, ("KW", "千瓦")),
        ("MW", "power", 10**6, 0, ("兆瓦",)),
        ("us", "time", "1/1000000", 0, ("μs", "微秒")),
        ("ms", "time", "1/1000", 0, ("毫秒", "msec", "milliseconds")),
        ("s", "time", 1, 0, ("秒", "sec", "secs", "second", "seconds")),
        ("min", "time", 60, 0, ("分", "分钟", "mins", "minute", "minutes")),
        ("h", "time", 3600, 0, ("小时", "时", "hr", "hrs", "hour", "hours")),
        ("d", "time", 86_400, 0, ("天", "日", "day", "days")),
        ("1", "ratio", 1, 0, ("ratio", "比值", "比例")),
        ("%", "ratio", "1/100", 0, ("percent", "pct", "百分比")),
        ("‰", "ratio", "1/1000", 0, ("千分比",)),
        ("B", "data", 1, 0, ("byte", "bytes", "字节")),
        ("kB", "data", 1000, 0, ("KB",)),
        ("MB", "data", 10**6, 0, ()),
        ("GB", "data", 10**9, 0, ()),
        ("TB", "data", 10**12, 0, ()),
        ("KiB", "data", 2**10, 0, ()),
        ("MiB", "data", 2**20, 0, ()),
        ("GiB", "data", 2**30, 0, ()),
        ("TiB", "data", 2**40, 0, ()),
        ("Cel", "temperature", 1, "273.15", ("°C", "degC", "摄氏度", "C")),
        ("K", "temperature", 1, 0, ("开尔文",)),
        ("degF", "temperature", "5/9", Fraction("459.67") * Fraction(5, 9), ("°F", "华氏度")),
        ("m3", "volume", 1, 0, ("立方米", "方", "m^3")),
        ("L", "volume", "1/1000", 0, ("升", "l", "liter", "litre")),
        ("m3/h", "flow", 1, 0, ("立方米/小时", "m^3/h")),
        ("L/s", "flow", "3.6", 0, ("升/秒", "l/s")),
        ("GFLOP/s", "rate", "1/1000", 0, ("GFLOPS", "GFLOPs")),
        ("TFLOP/s", "rate", 1, 0, ("TFLOPS", "TFLOPs")),
        ("PFLOP/s", "rate", 1000, 0, ("PFLOPS", "PFLOPs")),
        ("个", COUNT_DIMENSION, 1, 0, ("张", "卡", "块", "台", "次", "人", "条", "颗", "节点", "pcs", "count")),
    )
)  # fmt: skip


def _plain(text: str) -> str:
    """NFKC turns ℃ into °C, ³ into 3, （ into ( and full-width letters into ordinary ones."""
    return unicodedata.normalize("NFKC", text).strip()


UNITS: dict[str, Unit] = {row[0]: Unit(*row[:4]) for row in _TABLE}
_BY_SPELLING: dict[str, Unit] = {_plain(word): UNITS[row[0]] for row in _TABLE for word in (row[0], *row[4])}


def _by_fold() -> dict[str, Unit]:
    """Spellings whatever their case, without those that would be two units."""
    found: dict[str, set[str]] = {}
    for word, unit in _BY_SPELLING.items():
        found.setdefault(word.casefold(), set()).add(unit.name)
    return {word: UNITS[next(iter(names))] for word, names in found.items() if len(names) == 1}


_BY_FOLD = _by_fold()
_LONGEST = max(len(word) for word in _BY_SPELLING)
_BRACKETED = re2.compile(r"^(.*?)\s*[(\[【<]\s*(?:单位\s*[::]\s*)?([^()\[\]【】<>]{1,20}?)\s*[)\]】>]\s*$")
_SUFFIXED = re2.compile(r"^(.*\S)\s*(?:[_\s/,::;|-]|单位[::]?)\s*([^_\s,::;|-]{1,20})$")


def unit_of(text: str) -> Unit | None:
    """The unit of a spelling; null for what is none, or could be two."""
    plain = _plain(text)
    if not plain or len(plain) > _LONGEST:
        return None
    return _BY_SPELLING.get(plain) or _BY_FOLD.get(plain.casefold())


def split_heading(text: str) -> tuple[str, Unit | None]:
    """A heading without its unit, and that unit: `电量(kWh)`, `value_kwh`, `温度 ℃`; null where it names none."""
    plain = _plain(text)
    if len(plain) > 400:
        return plain, None
    for pattern in (_BRACKETED, _SUFFIXED):
        match = pattern.match(plain)
        if match and (unit := unit_of(match.group(2))) is not None:
            return match.group(1).strip(), unit
    return plain, None


def conversion(source: Unit, target: Unit) -> Conversion:
    """From one unit of a dimension to another of the same.

    Raises:
        ValueError: of two dimensions.
    """
    if source.dimension != target.dimension:
        raise ValueError(f"{source.name} is no unit of {target.dimension}")
    return Conversion(source.factor / target.factor, (source.offset - target.offset) / target.factor)


def names_of(dimensions: Iterable[str]) -> list[str]:
    """The names of all units of some dimensions, for people."""
    wanted = set(dimensions)
    return [unit.name for unit in UNITS.values() if unit.dimension in wanted]
