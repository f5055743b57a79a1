"""A result's evidence → flags for the assessing body, kept beside the result and never part of it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Max

from assessment.models import Screening, StoredResult
from assessment.result_selectors import files_of, inputs_of
from core.canonical import canonical_digest
from evidence.selectors import tables_of
from indicators.integrity.base import Dossier
from indicators.integrity.kept_prints import Prints
from indicators.integrity.prints import prints_of
from indicators.integrity.registry import check_versions, flags_of
from indicators.measures.base import CentreEvidence, Measurement


def screen(
    stored: StoredResult,
    evidence: CentreEvidence,
    *,
    measurements: Mapping[str, Measurement],
    names: Mapping[str, str],
) -> Screening:
    """Run every check; the same evidence among the same others finds the screening already kept.

    Args:
        evidence: what the result was measured from.
        names: file names by evidence digest.
    """
    others = _prints_of_others(stored)
    dossier = Dossier(evidence, measurements, names, tuple(others))
    content = {
        "flags": [flag.as_json() for flag in flags_of(dossier)],
        "checks": check_versions(),
        "compared": {other.centre: other.digest for other in others},
    }
    kept, _ = Screening.objects.get_or_create(
        result=stored,
        digest=canonical_digest(content),
        defaults={"content": content, "prints": prints_of(dossier).as_json()},
    )
    return kept


def screen_again(stored: StoredResult) -> Screening:
    """Screen a kept result from its stored observations: one of before, or among centres that came later."""
    inputs = inputs_of(stored)
    files = files_of(stored, inputs["sources"])
    return screen(
        stored,
        CentreEvidence.pooled(stored.profile_version.profile, tables_of(files)),
        measurements={name: Measurement.from_json(one) for name, one in inputs["measurements"].items()},
        names={item.digest: item.name for item in files},
    )


def _prints_of_others(stored: StoredResult) -> list[Prints]:
    """The newest prints of every other centre, in the order of their names."""
    others = Screening.objects.exclude(result__centre=stored.centre_id)
    newest = others.order_by().values("result__centre").annotate(newest=Max("pk")).values("newest")
    found = Screening.objects.filter(pk__in=newest).values_list("prints", flat=True)
    return sorted(map(Prints.from_json, found), key=lambda prints: prints.centre)
