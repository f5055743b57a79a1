"""What differs between two editions, as values: one change per thing a regulator would ask about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.text import Text

CONTRACT = 1


class Aspect(StrEnum):
    """Which side of a rubric changed; the order is the order in which changes of a node are told."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    WEIGHT = "weight"
    THRESHOLD = "threshold"
    MINIMUM = "minimum"
    MISSING = "missing"
    GRADE = "grade"
    RULE = "rule"  # everything else that can move a figure
    EVIDENCE = "evidence"
    SOURCE = "source"
    TEXT = "text"
    CASES = "cases"

    @property
    def label(self) -> Text:
        return _LABELS[self]


_LABELS = {
    Aspect.ADDED: Text(zh="新增", en="added"),
    Aspect.REMOVED: Text(zh="删除", en="removed"),
    Aspect.MOVED: Text(zh="移动", en="moved"),
    Aspect.WEIGHT: Text(zh="权重", en="weight"),
    Aspect.THRESHOLD: Text(zh="阈值", en="threshold"),
    Aspect.MINIMUM: Text(zh="底线要求", en="minimum"),
    Aspect.MISSING: Text(zh="无证据时", en="missing evidence"),
    Aspect.GRADE: Text(zh="等级", en="grade"),
    Aspect.RULE: Text(zh="规则", en="rule"),
    Aspect.EVIDENCE: Text(zh="证据", en="evidence"),
    Aspect.SOURCE: Text(zh="来源", en="source"),
    Aspect.TEXT: Text(zh="文字", en="text"),
    Aspect.CASES: Text(zh="用例", en="cases"),
}
# Changes of these can move no figure of anybody.
WORDS_ONLY = frozenset((Aspect.EVIDENCE, Aspect.SOURCE, Aspect.TEXT, Aspect.CASES))


@dataclass(frozen=True, slots=True)
class Change:
    """One difference on one node.

    Args:
        code: of the node; empty for the edition as a whole.
        what: which part of it, such as “weight, training-led”.
        old: as it was; None for what is new.
        new: as it is; None for what was taken away.
        consequences: what it means for somebody who is assessed.
    """

    aspect: Aspect
    code: str
    title: Text
    what: Text
    old: Text | None
    new: Text | None
    consequences: tuple[Text, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "aspect": self.aspect.value,
            "code": self.code,
            "title": self.title.as_json(),
            "what": self.what.as_json(),
            "old": self.old.as_json() if self.old else None,
            "new": self.new.as_json() if self.new else None,
            "consequences": [one.as_json() for one in self.consequences],
        }


@dataclass(frozen=True, slots=True)
class ChangesOfPillar:
    """The changes below one child of the root, in the order of the tree; code "" for the edition as a whole."""

    code: str
    title: Text
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class EditionNamed:
    rubric: str
    edition: str
    digest: str

    def __str__(self) -> str:
        return f"{self.rubric}/{self.edition}"

    def as_json(self) -> dict[str, str]:
        return {"rubric": self.rubric, "edition": self.edition, "digest": self.digest}


@dataclass(frozen=True, slots=True)
class EditionDiff:
    """From one edition to another; empty only where both have the same digest."""

    old: EditionNamed
    new: EditionNamed
    pillars: tuple[ChangesOfPillar, ...]

    @property
    def changes(self) -> Iterator[Change]:
        return (change for pillar in self.pillars for change in pillar.changes)

    @property
    def moves_figures(self) -> bool:
        """Whether anybody's points could differ; else only words, sources or cases do."""
        return any(change.aspect not in WORDS_ONLY for change in self.changes)

    def counted(self) -> Mapping[Aspect, int]:
        counts = dict.fromkeys(Aspect, 0)
        for change in self.changes:
            counts[change.aspect] += 1
        return {aspect: count for aspect, count in counts.items() if count}

    def as_json(self) -> dict[str, Any]:
        return {
            "contract": CONTRACT,
            "old": self.old.as_json(),
            "new": self.new.as_json(),
            "counts": {aspect.value: count for aspect, count in self.counted().items()},
            "pillars": [
                {
                    "code": pillar.code,
                    "title": pillar.title.as_json(),
                    "changes": [change.as_json() for change in pillar.changes],
                }
                for pillar in self.pillars
            ],
        }
