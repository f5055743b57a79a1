from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from config.environment import write_secret_key


class Command(BaseCommand):
    help = "Make this installation ready to serve: folders, secret key, database. Safe to call again."

    def handle(self, *args: Any, **options: Any) -> None:
        broker = settings.HOME / "broker"
        for folder in (settings.HOME, settings.STORE_ROOT, broker, broker / "control"):
            Path(folder).mkdir(parents=True, exist_ok=True)
        if settings.SECRET_KEY_IS_TEMPORARY and write_secret_key(settings.HOME):
            self.stdout.write(f"Made a secret key in {settings.HOME}")
        call_command("migrate", interactive=False, verbosity=options["verbosity"], stdout=self.stdout)
