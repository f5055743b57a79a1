"""The triggers that keep rows from being emptied away, taken from their own migrations."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

_EDITIONS: Any = importlib.import_module("indicators.migrations.0004_published_editions_are_final")
_MIGRATION: Any = importlib.import_module("operations.migrations.0002_audit_is_append_only")


def remove_triggers(connection: BaseDatabaseWrapper) -> None:
    with connection.schema_editor() as editor:
        _MIGRATION.remove(None, editor)
        if connection.vendor == "sqlite":  # elsewhere tables are emptied by TRUNCATE, which row triggers do not see
            editor.execute("DROP TRIGGER IF EXISTS indicators_edition_kept")


def without_rules_of_a_case() -> None:
    """For a test that needs rows as no act leaves them; inside its own transaction, which brings the rules back."""
    from django.db import connection

    from assessment.services.rules.case import rules
    from operations.rules_in_database import remove

    remove(connection, rules())


@contextmanager
def without_rule(*names: str) -> Iterator[None]:
    """For a moment, where a test needs what only time or a fault would bring about; all other rules hold meanwhile."""
    from django.db import connection

    from assessment.services.rules.case import rules
    from operations.rules_in_database import install, remove

    lifted = [rule for rule in rules() if rule.name in names]
    assert len(lifted) == len(names), f"there are no such rules: {names}"
    remove(connection, lifted)
    try:
        yield
    finally:
        install(connection, lifted)


def install_triggers(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:  # inside the test's own transaction, which takes them away again
        for statement in _MIGRATION.SQLITE.values():
            cursor.execute(statement)


def install_edition_triggers(connection: BaseDatabaseWrapper) -> None:
    if connection.vendor == "sqlite":
        when, refusal = _EDITIONS.SQLITE["indicators_edition_kept"]
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TRIGGER indicators_edition_kept {when} BEGIN SELECT RAISE(ABORT, '{refusal}'); END")
