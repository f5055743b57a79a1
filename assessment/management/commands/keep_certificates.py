from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from assessment.services.certificates.calendar import keep_terms


class Command(BaseCommand):
    help = "End the terms that have passed, and suspend certificates whose surveillance is 60 days late."

    def handle(self, *args: Any, **options: Any) -> None:
        for act, numbers in keep_terms().items():
            for number in numbers:
                self.stdout.write(f"{act}\t{number}")
