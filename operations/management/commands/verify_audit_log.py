from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from operations import audit


class Command(BaseCommand):
    help = "Walk the hash chain of the audit log; fails naming the first entry that was changed, or whose past was."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = audit.first_broken_entry()
        if broken is not None:
            raise CommandError(
                f"Entry {broken.sequence} ({broken.act}, {broken.at.isoformat()}) does not fit the chain."
            )
        self.stdout.write("The chain holds.")
