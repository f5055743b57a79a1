from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from centres.services.load_people import load_people
from core.errors import UserFacingError
from core.yaml_document import read_mapping


class Command(BaseCommand):
    help = "Create or update people with their roles and centres from a YAML file; prints generated passwords."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            generated = load_people(read_mapping(file.read_text(encoding="utf-8")).content)
        except (OSError, UserFacingError) as error:
            raise CommandError(str(error)) from error
        for username, password in generated.items():
            self.stdout.write(f"{username}\t{password}")
