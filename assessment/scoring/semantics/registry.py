"""Every scoring semantics there ever was, by number. An edition names one with `semantics:`; old ones never leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from assessment.scoring.result import Result
from assessment.scoring.samples import Samples
from assessment.scoring.semantics import v1
from core.errors import InputError
from core.text import Text
from indicators.measures.base import Measurement
from indicators.rubric.model import Edition


class Score(Protocol):
    """One definition of what facts are worth; see `exact.score`."""

    def __call__(
        self,
        edition: Edition,
        *,
        facility: str,
        profile: Mapping[str, Any],
        measurements: Mapping[str, Measurement],
        inputs_digest: str,
        samples: Samples | None = None,
    ) -> Result: ...


SEMANTICS: dict[int, Score] = {v1.NUMBER: v1.score}


def semantics(number: int) -> Score:
    """The definition with this number.

    Raises:
        InputError: `unknown_semantics` for a number this version does not know.
    """
    if number in SEMANTICS:
        return SEMANTICS[number]
    known = ", ".join(str(one) for one in SEMANTICS)
    raise InputError(
        "unknown_semantics",
        Text(
            zh=f"未知的计分语义 {number}；已知：{known}。",
            en=f"Unknown scoring semantics {number}; known: {known}.",
        ),
        hint=Text(
            zh="请使用认识该语义的智衡版本；旧编号永远可用，新编号需要较新的版本。",
            en="Use a version of Zhiheng that knows it: old numbers stay for ever, a new one needs a newer version.",
        ),
    )


def score(
    edition: Edition,
    *,
    facility: str,
    profile: Mapping[str, Any],
    measurements: Mapping[str, Measurement],
    inputs_digest: str,
    samples: Samples | None = None,
) -> Result:
    """Score one facility as the edition's own semantics define it; arguments, result and errors as `exact.score`."""
    return semantics(edition.semantics)(
        edition,
        facility=facility,
        profile=profile,
        measurements=measurements,
        inputs_digest=inputs_digest,
        samples=samples,
    )
