"""The explained result: one tree that pages, papers, API and files are views of.

Every node says how it ended, with which points and weight, by which rule and from which inputs, so
that any figure on a certificate leads down to a line of a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from core.canonical import canonical_digest, jsonable
from core.outcome import Outcome, Reason
from core.text import Text
from indicators.measures.base import Measurement

CONTRACT = 1


class Verdict(StrEnum):
    """What a centre may expect of the result as a whole."""

    SCORED = "scored"  # a grade, and a certificate if people decide so
    BLOCKED = "blocked"  # a mandatory minimum or a needed evidence is missed: no grade, no rank


@dataclass(frozen=True, slots=True)
class Consequence:
    """A cap or block, with its cause: which node, what was found, what would have been needed."""

    code: str  # of the node that caused it
    effect: str  # block | cap | finding
    grade: str | None  # highest grade still allowed by a cap
    reason: Reason


@dataclass(frozen=True, slots=True)
class Node:
    """One node of the tree, from the overall score down to an indicator.

    Args:
        code: `CE-1.1`; the root's is the rubric's id.
        level: overall | pillar | dimension | indicator (or as the rubric names its levels).
        points: unrounded, at most 40 digits; None unless the outcome counts.
        published: points at the rubric's decimals, half-up.
        weight: as declared for the centre's class.
        share: part of the parent's points this node carries after redistribution, 0–1.
        counts: whether it takes part in its parent (display-only and not applicable nodes do not).
        defaulted: points are the conservative default, not a measurement.
        rule: the curve or aggregation applied, missing policy, minimum, sources; as in the edition.
        inputs: the measurement behind an indicator.
    """

    code: str
    id: str
    level: str
    title: Text
    outcome: Outcome
    points: Decimal | None
    published: Decimal | None
    weight: Decimal
    share: Decimal | None
    counts: bool
    rule: Mapping[str, Any]
    inputs: Measurement | None = None
    reason: Reason | None = None
    grade: str | None = None  # the level its published points fall in
    defaulted: bool = False
    tags: tuple[str, ...] = ()
    children: tuple[Node, ...] = ()

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()

    def as_json(self) -> dict[str, Any]:
        return {name: jsonable(getattr(self, name)) for name in self.__slots__}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        def decimal(name: str) -> Decimal | None:
            return None if data[name] is None else Decimal(data[name])

        return cls(
            code=data["code"],
            id=data["id"],
            level=data["level"],
            title=Text(**data["title"]),
            outcome=Outcome(data["outcome"]),
            points=decimal("points"),
            published=decimal("published"),
            weight=Decimal(data["weight"]),
            share=decimal("share"),
            counts=data["counts"],
            rule=data["rule"],
            inputs=Measurement.from_json(data["inputs"]) if data["inputs"] else None,
            reason=Reason.from_json(data["reason"]) if data["reason"] else None,
            grade=data["grade"],
            defaulted=data["defaulted"],
            tags=tuple(data["tags"]),
            children=tuple(cls.from_json(child) for child in data["children"]),
        )


@dataclass(frozen=True, slots=True)
class Result:
    """One facility against one edition; immutable, and recomputable from what it names."""

    facility: str
    rubric: str
    edition: str
    edition_digest: str
    inputs_digest: str
    scoring: int  # number of the scoring semantics
    verdict: Verdict
    score: Decimal | None  # published; None when blocked by lack of evidence
    grade: str | None
    consequences: tuple[Consequence, ...]
    root: Node

    @property
    def pillars(self) -> tuple[Node, ...]:
        return self.root.children

    def node(self, code: str) -> Node:
        """The node with this code.

        Raises:
            KeyError: when the tree has none.
        """
        for node in self.root.walk():
            if node.code == code:
                return node
        raise KeyError(code)

    def as_json(self) -> dict[str, Any]:
        return {"contract": CONTRACT} | {name: jsonable(getattr(self, name)) for name in self.__slots__}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            facility=data["facility"],
            rubric=data["rubric"],
            edition=data["edition"],
            edition_digest=data["edition_digest"],
            inputs_digest=data["inputs_digest"],
            scoring=data["scoring"],
            verdict=Verdict(data["verdict"]),
            score=None if data["score"] is None else Decimal(data["score"]),
            grade=data["grade"],
            consequences=tuple(
                Consequence(c["code"], c["effect"], c["grade"], Reason.from_json(c["reason"]))
                for c in data["consequences"]
            ),
            root=Node.from_json(data["root"]),
        )

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: equal for the same inputs, edition and semantics, for ever."""
        return canonical_digest(self.as_json())
