from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from assessment.services.chain.describe_chain import inserted


class Command(BaseCommand):
    help = "Write the table of acts into docs/life-of-an-assessment.md."

    def handle(self, *args: Any, **options: Any) -> None:
        page = settings.BASE_DIR / "docs" / "life-of-an-assessment.md"
        page.write_text(inserted(page.read_text(encoding="utf-8")), encoding="utf-8")
