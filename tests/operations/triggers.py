"""The audit triggers, taken from their own migration."""

from __future__ import annotations

import importlib
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

_MIGRATION: Any = importlib.import_module("operations.migrations.0002_audit_is_append_only")


def remove_triggers(connection: BaseDatabaseWrapper) -> None:
    with connection.schema_editor() as editor:
        _MIGRATION.remove(None, editor)


def install_triggers(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:  # inside the test's own transaction, which takes them away again
        for statement in _MIGRATION.SQLITE.values():
            cursor.execute(statement)
