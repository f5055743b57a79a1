"""Rows that could not be read: whatever a measure makes of the others, it tells of them, at a lower evidence grade.

A row that is missing may be one that counts against the centre, so that its absence would help.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from core.outcome import Outcome, Quality
from evidence.observations.registry import KIND_BY_NAME
from evidence.observations.schema import LeftOut
from indicators.measures.base import CentreEvidence, Measure, Measurement
from indicators.measures.findings import note, percent, worst

FEW = Fraction(1, 100)


def with_rows_left_out(found: Measurement, *, measure: Measure, evidence: CentreEvidence) -> Measurement:
    """The measurement with the note `rows_left_out`, and B at best; C where more than 1 % of the rows are missing."""
    kinds = [kind for kind in measure.kinds if KIND_BY_NAME[kind].left_out is not LeftOut.HARMLESS]
    missing = sum(evidence.left_out.get(kind, 0) for kind in kinds)
    if not missing or found.outcome is not Outcome.SCORED:
        return found
    share = Fraction(missing, missing + sum(map(evidence.number_of_rows, kinds)))
    grade = Quality.C if share > FEW else Quality.B
    told = note(
        "rows_left_out",
        f"证据文件中有 {missing} 行无法读取（{percent(share)}），未计入；"
        f"缺少的可能正是不利的记录，因此证据等级最高为 {grade}。",
        f"{missing} rows of the evidence cannot be read ({percent(share)}) and do not count; those missing might tell "
        f"against the centre, so that the evidence grade is {grade} at best.",
    )
    quality = grade if found.quality is None else worst((found.quality, grade))
    return replace(found, quality=quality, notes=(*found.notes, told))
