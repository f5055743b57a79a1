"""Run the cases an edition brings along and write down what came out."""

from __future__ import annotations

from assessment.scoring.cases import run_cases, untested_thresholds
from core.canonical import jsonable
from indicators.models import Edition
from indicators.selectors import typed
from indicators.services.trial import keep_trial
from indicators.services.upload_edition import TRY_EDITION as TASK

__all__ = ["TASK", "try_edition"]

MOST_MISSES = 200


def try_edition(digest: str) -> None:
    """Of the content with this digest; when it was replaced meanwhile there is nothing to try any more."""
    edition = Edition.objects.filter(digest=digest).first()
    if edition is None:
        return
    read = typed(edition)
    misses = [
        {
            "case": miss.case.name,
            "what": miss.what,
            "expected": jsonable(miss.expected),
            "found": jsonable(miss.found),
            "where": miss.case.where.as_json(),
            "message": miss.message.as_json(),
        }
        for miss in run_cases(read)[:MOST_MISSES]
    ]
    keep_trial(digest, cases=len(read.cases), misses=misses, untested=untested_thresholds(read))
