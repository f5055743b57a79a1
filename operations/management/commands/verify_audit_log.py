from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from operations import audit


class Command(BaseCommand):
    help = (
        "Walk the hash chain of the audit log; fails naming the first entry that was changed, or whose past was. "
        "With the heads noted by `audit_head` it also finds a log that was cut off or written anew."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--noted", type=Path, help="file of noted heads, one JSON object a line")

    def handle(self, *args: Any, noted: Path | None = None, **options: Any) -> None:
        broken = audit.first_broken_entry()
        if broken is not None:
            raise CommandError(
                f"Entry {broken.sequence} ({broken.act}, {broken.at.isoformat()}) does not fit the chain."
            )
        heads = _heads(noted) if noted else []
        lost = audit.first_lost_head(heads)
        if lost is not None:
            raise CommandError(
                f"Entry {lost.sequence}, noted at {lost.at}, is not in the log any more: "
                "the log was cut off or written anew from before it."
            )
        self.stdout.write(f"The chain holds, and so do {len(heads)} noted heads." if noted else "The chain holds.")


def _heads(noted: Path) -> list[audit.Head]:
    try:
        lines = [line for line in noted.read_text(encoding="utf-8").splitlines() if line.strip()]
        return [audit.Head(**json.loads(line)) for line in lines]
    except (OSError, ValueError, TypeError) as error:
        raise CommandError(f"{noted} cannot be read as noted heads: {error}") from error
