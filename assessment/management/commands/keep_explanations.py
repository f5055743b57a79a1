from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from assessment.models import Assessment, ProvisionalResult, StoredResult
from assessment.services.results.explain import explain


class Command(BaseCommand):
    help = (
        "Find what pages tell of the results there are: advice, borders, and what led to each from the one before. "
        "For results that were kept before this was, or found by another method. Safe to call again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = 0
        for stored, assessment in _shown():
            explain(stored, assessment=assessment)
            done += 1
        self.stdout.write(f"{done} results looked at")


def _shown() -> Iterator[tuple[StoredResult, Assessment | None]]:
    """The results pages are about, each with its case: as measured, as ruled on; then the provisional ones."""
    for case in Assessment.objects.exclude(result=None).select_related("result", "measured").iterator(chunk_size=20):
        for stored in (case.measured, case.result):
            if stored is not None:
                yield stored, case
    for provisional in ProvisionalResult.objects.select_related("result__centre").iterator(chunk_size=20):
        yield provisional.result, None
