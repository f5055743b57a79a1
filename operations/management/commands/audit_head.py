from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from operations import audit


class Command(BaseCommand):
    help = (
        "Print the end of the audit log as one line of JSON, to be noted elsewhere every day: by mail, on another "
        "host, on paper. `verify_audit_log --noted` compares."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        head = audit.head()
        if head is not None:
            self.stdout.write(json.dumps(head.as_json()))
