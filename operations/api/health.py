"""Is the process alive; can it do its work."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

logger = logging.getLogger(__name__)


@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "alive"})


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Each part we stand on, by name; 503 while one of them fails."""
    checks = {name: _holds(name, check) for name, check in _CHECKS.items()}
    everything = all(checks.values())
    body = {"status": "ready" if everything else "not_ready", "checks": checks}
    return JsonResponse(body, status=200 if everything else 503, headers={} if everything else {"Retry-After": "5"})


def _holds(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception:  # whatever is wrong with it, it is not ready
        logger.warning("%s is not ready", name, exc_info=True)
        return False
    return True


def _database() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise RuntimeError("migrations are waiting")


def _store() -> None:
    folder = Path(settings.STORE_ROOT)
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        file.write(b"ready?")
        os.fsync(file.fileno())


def _broker() -> None:
    with current_app.connection_for_write() as channel:
        channel.ensure_connection(max_retries=1, timeout=2)
        if channel.transport.driver_type == "filesystem":  # which connects to anything
            folder = Path(channel.transport_options["data_folder_in"])
            if not folder.is_dir():
                raise FileNotFoundError(folder)


_CHECKS: dict[str, Callable[[], None]] = {"database": _database, "store": _store, "broker": _broker}
