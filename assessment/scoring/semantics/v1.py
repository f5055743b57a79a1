"""Scoring semantics 1: rational arithmetic, 60 digits where it cannot stay rational, one rounding half-up.

What number 1 means is what these modules do: `exact` and what it walks through (`appraisal`, `curves`, `conditions`,
`aggregate`, `weights`, `decision`, `digits`), and the JSON form of `result`, sentences included. The archive in
`fixtures/results` holds them to it. The day a change would move a byte of an archived result, they are copied beside
this module and frozen, and this module imports the copies (`docs/decisions/0014-numbered-scoring-semantics.md`).
"""

from __future__ import annotations

from assessment.scoring.exact import score

NUMBER = 1

__all__ = ["NUMBER", "score"]
