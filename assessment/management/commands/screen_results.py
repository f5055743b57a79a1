from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from assessment.selectors import current_result
from assessment.services.results.screen import screen_again
from centres.models import Centre


class Command(BaseCommand):
    help = "Screen the current result of every centre again: results of before, and copies that others handed in later."

    def handle(self, *args: Any, **options: Any) -> None:
        for centre in Centre.objects.order_by("slug"):
            stored = current_result(centre)
            if stored is None:
                continue
            flags = screen_again(stored).content["flags"]
            codes = ", ".join(sorted({flag["code"] for flag in flags})) or "–"
            self.stdout.write(f"{centre.slug} {stored.digest} {len(flags)} {codes}")
