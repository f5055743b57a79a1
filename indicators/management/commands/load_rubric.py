from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import RubricError
from indicators.services.load_edition import load_edition


class Command(BaseCommand):
    help = "Check a rubric folder and enter its edition; published editions never change."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            edition = load_edition(folder)
        except RubricError as error:
            faults = error.faults or (error,)
            raise CommandError("\n".join(f"{fault.where or folder}: {fault.message.en}" for fault in faults)) from error
        self.stdout.write(f"{edition} {edition.digest} {edition.state}")
