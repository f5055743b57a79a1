"""Which resources of a scheduler are accelerator cards, which are parts of cards, and which nobody here knows.

One table for Slurm's `gres/NAME` and for the last part of Kubernetes' `VENDOR/NAME`, in capitals or not. What no number
of cards can tell is told once per name, with how many jobs ask for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from types import MappingProxyType

import re2

from core.provenance import Where
from core.text import Text
from evidence.parsers.base import Issues
from evidence.parsers.text.log_lines import words


class Resource(Enum):
    CARD = auto()
    PART = auto()
    OTHER = auto()
    UNKNOWN = auto()


# The makers of the accelerator table (scheme §3.4), and what their device plug-ins and gres.conf call a whole card.
CARDS: Mapping[str, str] = MappingProxyType(
    {
        "gpu": "NVIDIA, AMD, Iluvatar, MetaX, Moore Threads, Biren",
        "npu": "Huawei Ascend",
        "ascend[0-9a-z]{0,10}": "Huawei Ascend, by model",
        "dcu": "Hygon",
        "mlu[0-9]{0,4}": "Cambricon, also by model",
        "xpu": "Baidu Kunlun",
        "gcu": "Enflame",
        "hpu": "Intel Gaudi",
        "gaudi[0-9]?": "Intel Gaudi",
        "tpu": "Google",
        "neuron(?:device)?": "AWS Trainium",
        "ppu": "T-Head",
    }
)
_ONE = f"(?:{'|'.join(CARDS)})"
_TAIL = "(?:[._-].+|mem.*|cores?|num)"
_CARD = re2.compile(f"(?i:{_ONE})")
_PART = re2.compile(f"(?i:mig-.+|shard|mps|vcuda-.+|(?:v|s|shared-){_ONE}{_TAIL}?|{_ONE}{_TAIL})")
_OTHER = re2.compile(
    "(?i:(?:rdma|roce|ib|hca|nic|eni|efa|mlx|sriov|bandwidth|craynetwork|hostdev|pod-eni|shm|tmp|localtmp|scratch|disk"
    "|ssd|nvme|lustre|fuse|kvm|tun|qat|licen[cs]e)(?:[0-9._-].*|fs|disk|dev)?)"
)


@lru_cache(maxsize=4096)
def resource_of(name: str) -> Resource:
    """What a resource is, by the name a scheduler gives it, without what stands before a stroke."""
    if _CARD.fullmatch(name):
        return Resource.CARD
    if _PART.fullmatch(name):
        return Resource.PART
    return Resource.OTHER if _OTHER.fullmatch(name) else Resource.UNKNOWN


@dataclass(frozen=True, slots=True)
class Allotted:
    """What a job was given: whole cards, and by name what are parts of cards and what nobody knows."""

    cards: int = 0
    parts: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()

    @property
    def only_parts(self) -> bool:
        """Whether no number of cards says what it held."""
        return bool(self.parts) and not self.cards


def together(given: Iterable[Allotted]) -> Allotted:
    """What several were given at the same time."""
    listed = list(given)
    return Allotted(
        sum(one.cards for one in listed),
        frozenset().union(*(one.parts for one in listed)),
        frozenset().union(*(one.unknown for one in listed)),
    )


class Untold:
    """The jobs of a file that ask for what is no number of cards: by name how many, and the line of the first."""

    def __init__(self) -> None:
        self._parts: dict[str, tuple[int, int]] = {}
        self._unknown: dict[str, tuple[int, int]] = {}

    def add(self, given: Allotted, line: int, *, jobs: int = 1) -> None:
        """So many jobs that were given this, the first of them in a line."""
        for names, seen in ((given.parts, self._parts), (given.unknown, self._unknown)):
            for name in names:
                number, first = seen.get(name, (0, line))
                seen[name] = number + jobs, min(first, line)

    def tell(self, issues: Issues) -> None:
        """One issue per name, in the order in which the file comes to them."""
        for name, number, first in _in_order(self._parts):
            issues.add(
                "shared_cards",
                Text(
                    zh=f"有 {number} 个作业占用卡的一部分（{name}），该部分不计为整卡；没有整卡的作业未计入。",
                    en=f"{number} jobs hold parts of cards ({name}), which do not count as cards; jobs without a whole "
                    "card are left out.",
                ),
                where=Where(line=first),
                times=number,
                hint=Text(
                    zh="请以作业列表（jobs_table 或列映射）提交这些作业实际占用的整卡数，并说明卡如何切分。",
                    en="Hand these jobs in as a table (jobs_table, or by a column map) with the whole cards they held, "
                    "and state how the cards are divided.",
                ),
            )
        for name, number, first in _in_order(self._unknown):
            issues.add(
                "unknown_resource",
                Text(
                    zh=f"有 {number} 个作业占用未知的资源“{name}”，未计为加速卡。",
                    en=f"{number} jobs hold “{name}”, a resource not known here, which does not count as cards.",
                ),
                where=Where(line=first),
                times=number,
                hint=Text(
                    zh="若为加速卡，请以作业列表（jobs_table 或列映射）提交卡数，并将该资源名告知平台；否则无需处理。",
                    en="If it is a card, hand these jobs in as a table (jobs_table, or by a column map) with how many "
                    "cards they held, and tell the platform this name; if it is none, nothing is to be done.",
                ),
            )


def _in_order(seen: Mapping[str, tuple[int, int]]) -> Iterable[tuple[str, int, int]]:
    ordered = sorted((first, name, number) for name, (number, first) in seen.items())
    return ((words(name), number, first) for first, name, number in ordered)
