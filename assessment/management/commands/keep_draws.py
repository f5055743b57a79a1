from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from assessment.models import DrawnKeys, StoredResult
from assessment.scoring.kept_draws import METHOD
from assessment.services.results.firmness import keep_draws


class Command(BaseCommand):
    help = "Draw for results that were kept before draws were, or drawn for by another method. Safe to call again."

    def handle(self, *args: Any, **options: Any) -> None:
        present = DrawnKeys.objects.filter(method=METHOD).values("result")
        missing = StoredResult.objects.exclude(pk__in=present).order_by("pk")
        drawn = 0
        for stored in missing.select_related("edition", "profile_version").iterator(chunk_size=20):
            drawn += keep_draws(stored) is not None
        self.stdout.write(f"{drawn} results drawn for")
