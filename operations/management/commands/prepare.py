from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Make this installation ready to serve: folders, secret key, database. Safe to call again."

    def handle(self, *args: Any, **options: Any) -> None:
        broker = settings.HOME / "broker"
        for folder in (settings.HOME, settings.STORE_ROOT, broker, broker / "control"):
            Path(folder).mkdir(parents=True, exist_ok=True)
        if settings.SECRET_KEY_IS_TEMPORARY:
            if write_secret_key(settings.SECRET_KEY_PATH):
                self.stdout.write(f"Made a secret key: {settings.SECRET_KEY_PATH}")
            # What this process seals later on, the server has to open.
            settings.SECRET_KEY = settings.SECRET_KEY_PATH.read_text(encoding="ascii").strip()
        call_command("migrate", interactive=False, verbosity=options["verbosity"], stdout=self.stdout)


def write_secret_key(path: Path) -> bool:
    """Make the key file once, readable by its owner only; true when it was made now."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secrets.token_urlsafe(48) + "\n")
    try:
        os.link(unfinished, path)  # fails when another process was first, so nobody ever sees two keys
    except FileExistsError:
        return False
    finally:
        unfinished.unlink()
    return True
