"""What lists read of a result, so that none of them opens a tree: made from the tree once, when the result is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from core.quantity import plain
from core.text import Text

WATCHED = ("accelerator_allocation_rate", "annual_pue")  # what the board of regulators looks at


@dataclass(frozen=True, slots=True)
class PillarFigure:
    """One pillar of a result; `published` is None where it has no points."""

    code: str
    title: Text
    published: Decimal | None


@dataclass(frozen=True, slots=True)
class Summary:
    """A result in a few words.

    Args:
        root: code of the overall score.
        own_grade: what the points alone would give; caps may keep the grade below it.
        consequences: caps and blocks, as the tree has them.
        attributes: of the profile, as conditions and peer groups see them.
        figures: value and end of the period, both as text, of the measures in `WATCHED` that were measured.
    """

    facility: str
    root: str
    own_grade: str | None
    pillars: tuple[PillarFigure, ...]
    consequences: tuple[Mapping[str, Any], ...]
    attributes: Mapping[str, Any]
    figures: Mapping[str, tuple[str, str]]

    @property
    def capped_by(self) -> tuple[str, ...]:
        """The codes of the nodes that keep the grade below what the points would give."""
        return tuple(dict.fromkeys(one["code"] for one in self.consequences if one["effect"] == "cap"))

    @property
    def blocked_by(self) -> Text | None:
        """The first cause of a block, in words."""
        causes = (one["reason"]["message"] for one in self.consequences if one["effect"] == "block")
        return next((Text(**message) for message in causes), None)

    def as_json(self) -> dict[str, Any]:
        return {
            "facility": self.facility,
            "root": self.root,
            "own_grade": self.own_grade,
            "pillars": [
                {
                    "code": one.code,
                    "title": one.title.as_json(),
                    "published": None if one.published is None else plain(one.published),
                }
                for one in self.pillars
            ],
            "consequences": list(self.consequences),
            "attributes": dict(self.attributes),
            "figures": {name: list(figure) for name, figure in self.figures.items()},
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        return cls(
            facility=content["facility"],
            root=content["root"],
            own_grade=content["own_grade"],
            pillars=tuple(_pillar(one) for one in content["pillars"]),
            consequences=tuple(content["consequences"]),
            attributes=content["attributes"],
            figures={name: (value, until) for name, (value, until) in content["figures"].items()},
        )


def summary_of(tree: Mapping[str, Any], *, attributes: Mapping[str, Any], measurements: Mapping[str, Any]) -> Summary:
    """The summary of a result.

    Args:
        tree: `Result.as_json()`.
        attributes, measurements: as `inputs_content` has them.
    """
    root = tree["root"]
    return Summary(
        facility=tree["facility"],
        root=root["code"],
        own_grade=root["grade"],
        pillars=tuple(_pillar(one) for one in root["children"]),
        consequences=tuple(tree["consequences"]),
        attributes=attributes,
        figures={name: _figure(measurements[name]) for name in WATCHED if _is_measured(measurements.get(name))},
    )


def _pillar(content: Mapping[str, Any]) -> PillarFigure:
    published = content["published"]
    return PillarFigure(content["code"], Text(**content["title"]), None if published is None else Decimal(published))


def _is_measured(measurement: Mapping[str, Any] | None) -> bool:
    return measurement is not None and measurement.get("value") is not None


def _figure(measurement: Mapping[str, Any]) -> tuple[str, str]:
    return measurement["value"], (measurement.get("period") or {}).get("end") or ""
