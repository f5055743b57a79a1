"""Two versions of an evidence file held against each other: rows, measures, score."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from assessment.scoring.explain.evidence_effect import EvidenceEffect, evidence_effect
from centres.models import ProfileVersion
from centres.selectors import current_profile
from core.errors import InputError
from core.text import Text
from evidence.models import Evidence
from evidence.observations.row_difference import RowDifference
from evidence.selectors import accepted_evidence, left_out_of, row_differences, tables_of, versions_of
from indicators.measures.base import CentreEvidence
from indicators.models import Edition
from indicators.selectors import current_edition, typed

# More is compared by the command line only, never while somebody waits for a page.
MOST_ROWS = 2_000_000


@dataclass(frozen=True, slots=True)
class VersionChanges:
    """What the newer version changed, all other evidence being what counts today.

    Args:
        rows: by kind.
        effect: on measures and score; None without a profile or published edition.
    """

    older: Evidence
    newer: Evidence
    rows: tuple[RowDifference, ...]
    effect: EvidenceEffect | None

    def as_json(self, *, limit: int) -> dict[str, Any]:
        return {
            "before": _side(self.older),
            "after": _side(self.newer),
            "kinds": [one.as_json(limit=limit) for one in self.rows],
            "effect": self.effect.as_json() if self.effect is not None else None,
        }


def version_changes(older: Evidence, newer: Evidence) -> VersionChanges:
    """What leads from one version to another of the same file.

    Raises:
        InputError: `too_many_rows` beyond what may be compared while somebody waits.
    """
    others = [item.pk for item in versions_of(newer)]
    rest = list(accepted_evidence(newer.centre).exclude(pk__in=[newer.pk, *others]).prefetch_related("tables"))
    if sum(table.rows for item in (older, newer, *rest) for table in item.tables.all()) > MOST_ROWS:
        raise InputError(
            "too_many_rows",
            Text(zh=f"共超过 {MOST_ROWS} 行，不在线比较。", en=f"More than {MOST_ROWS} rows are not compared online."),
            hint=Text(
                zh="请下载两个文件，用 zhiheng changes 比较。", en="Download both files and use zhiheng changes."
            ),
        )
    profile = current_profile(newer.centre)
    edition = _edition()
    effect = None
    if profile is not None and edition is not None:
        effect = _effect(older.pk, newer.pk, tuple(item.pk for item in rest), profile.pk, edition.pk)
    return VersionChanges(older, newer, tuple(row_differences(older, newer)), effect)


@functools.lru_cache(maxsize=32)
def _effect(older: Any, newer: Any, rest: tuple[Any, ...], profile: int, edition: int) -> EvidenceEffect:
    """What was read from an evidence, a profile version and a published edition never change."""
    version = ProfileVersion.objects.get(pk=profile)
    sides = []
    for chosen in (older, newer):
        files = list(Evidence.objects.filter(pk__in=[chosen, *rest]).order_by("blob_id").prefetch_related("tables"))
        sides.append(CentreEvidence.pooled(version.profile, tables_of(files), left_out=left_out_of(files)))
    return evidence_effect(*sides, edition=typed(Edition.objects.get(pk=edition)))


def _edition() -> Edition | None:
    try:
        return current_edition()
    except Edition.DoesNotExist:
        return None


def _side(item: Evidence) -> dict[str, Any]:
    return {"id": str(item.pk), "name": item.name, "version": item.version, "sha256": item.digest, "state": item.state}
