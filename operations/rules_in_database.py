"""Rules the database itself keeps, by triggers written once for SQLite and PostgreSQL.

They are taken down before migrations and put up again after them: SQLite rebuilds a table to change a column, which
loses its triggers and trips over those of other tables; so a rule can never be lost by a migration, nor stop one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.apps import AppConfig
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models.signals import post_migrate, pre_migrate

On = Literal["INSERT", "UPDATE", "DELETE"]
_DAYS_BEFORE = re.compile(r"DAYS_BEFORE\((\S+), (\d+)\)")


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens to a row that is written or deleted when `condition` holds of it: it is refused with `message`.

    The condition names NEW and OLD, of a deletion OLD alone. `instead_of_refusing` is a statement that follows the
    write instead. Both are SQL that either database reads; `{day}` stands for the day (UTC) of `NEW.at`. `columns`:
    what it reads beyond its own table, as `table.column`.

    `holds`: names, as SQL text, of what it looks at beyond its own row, a human being or a centre. Who writes of the
    same waits for the end of the transaction, so that of two at once the second one sees the first. One that is NULL
    is not held. SQLite has one writer at a time anyway.
    """

    name: str
    table: str
    on: On
    condition: str
    message: str = ""
    columns: tuple[str, ...] = ()
    instead_of_refusing: str = ""
    holds: tuple[str, ...] = ()


def listed(words: Iterable[str]) -> str:
    """As SQL lists them behind IN."""
    return ", ".join(f"'{word}'" for word in words)


def days_before(instant: str, days: int) -> str:
    """In a condition: so many days before the instant of this column."""
    return f"DAYS_BEFORE({instant}, {days})"


def pinned(name: str, table: str, *columns: str, once: str, message: str) -> Rule:
    """These columns of a row change no more, empty ones neither, while `once` holds of what it was."""
    changed = " OR ".join(
        f"COALESCE(CAST(OLD.{column} AS text), '') <> COALESCE(CAST(NEW.{column} AS text), '')" for column in columns
    )
    read = tuple(f"{table}.{column}" for column in columns)
    return Rule(name, table, "UPDATE", f"{once} AND ({changed})", message, columns=read)


def keep(app: AppConfig, rules: Callable[[], Sequence[Rule]]) -> None:
    """Have these rules kept from the next migration of this app on; call in `AppConfig.ready`."""

    def take_down(sender: AppConfig, *, using: str, **kwargs: Any) -> None:
        if sender.name == app.name:
            remove(connections[using], rules())

    def put_up(sender: AppConfig, *, using: str, **kwargs: Any) -> None:
        # Emptying all tables, as tests do, says so too, without a plan.
        if sender.name == app.name and "plan" in kwargs:
            install(connections[using], rules())

    pre_migrate.connect(take_down, weak=False, dispatch_uid=f"{app.name}.take_down_rules")
    post_migrate.connect(put_up, weak=False, dispatch_uid=f"{app.name}.put_up_rules")


def install(connection: BaseDatabaseWrapper, rules: Iterable[Rule]) -> None:
    """Put up every rule whose tables and columns are there."""
    rules = list(rules)
    remove(connection, rules)
    there = _columns(connection, {name.split(".")[0] for rule in rules for name in (*rule.columns, rule.table)})
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:  # each by itself is written to disk
        for rule in rules:
            if rule.table in there and there.issuperset(rule.columns):
                for statement in _statements(rule, connection.vendor):
                    cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper, rules: Iterable[Rule]) -> None:
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for rule in rules:
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER IF EXISTS {rule.name}")
            else:
                cursor.execute(f"DROP FUNCTION IF EXISTS {rule.name}() CASCADE")


def missing(connection: BaseDatabaseWrapper, rules: Iterable[Rule]) -> list[str]:
    """Names of rules the database does not keep at present."""
    present = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor != "sqlite":
        present = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(present)
        names = {row[0] for row in cursor.fetchall()}
    return sorted(rule.name for rule in rules if rule.name not in names)


def _columns(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> set[str]:
    """The tables of these that exist, and their columns as `table.column`."""
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor)) & set(tables)
        columns = {f"{table}.{name}" for table in present for name in _names(cursor, table)}
    return present | columns


def _names(cursor: CursorWrapper, table: str) -> list[str]:
    """Of its columns; Django's introspection would read the grammar of the whole table for them."""
    cursor.execute(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608  (a rule of our own names it)
    return [column[0] for column in cursor.description]


def _statements(rule: Rule, vendor: str) -> tuple[str, ...]:
    when = "AFTER" if rule.instead_of_refusing else "BEFORE"
    if vendor == "sqlite":
        effect = rule.instead_of_refusing or f"SELECT RAISE(ABORT, '{rule.message}')"
        condition = _DAYS_BEFORE.sub(r"datetime(\1, '-\2 days')", rule.condition).format(day="date(NEW.at)")
        return (
            f"CREATE TRIGGER {rule.name} {when} {rule.on} ON {rule.table} FOR EACH ROW "
            f"WHEN {condition} BEGIN {effect}; END",
        )
    condition = _DAYS_BEFORE.sub(r"(\1 - INTERVAL '\2 days')", rule.condition)
    condition = condition.format(day="CAST(NEW.at AT TIME ZONE 'UTC' AS date)")
    effect = rule.instead_of_refusing or f"RAISE EXCEPTION '{rule.message}' USING ERRCODE = '23000'"
    row, call = ("OLD" if rule.on == "DELETE" else "NEW"), f"EXECUTE FUNCTION {rule.name}()"
    declared, held = _holding(rule) if rule.holds else ("", "")
    function = (
        f"CREATE FUNCTION {rule.name}() RETURNS trigger LANGUAGE plpgsql AS $$ {declared}"
        f"BEGIN {held}IF {condition} THEN {effect}; END IF; RETURN {row}; END $$"
    )
    trigger = f"CREATE TRIGGER {rule.name} {when} {rule.on} ON {rule.table} FOR EACH ROW {call}"
    if rule.on != "DELETE" or rule.instead_of_refusing:
        return function, trigger
    # TRUNCATE deletes every row without a look at any.
    return function, trigger, f"CREATE TRIGGER {rule.name}_all BEFORE TRUNCATE ON {rule.table} {call}"


def _holding(rule: Rule) -> tuple[str, str]:
    """What PostgreSQL declares and does to hold what a rule looks at, by its names in one order.

    It asks anew once it holds them: whose row it is may have changed while it waited. Every statement of a trigger sees
    what was committed before it began.
    """
    names = f"unnest(ARRAY[{', '.join(rule.holds)}]) AS name WHERE name IS NOT NULL"
    keys = f"(SELECT hashtextextended(name, 0) AS key FROM {names}) AS n"  # noqa: S608  (rules of our own)
    return (
        "DECLARE held bigint[]; wanted bigint[]; ",
        f"LOOP wanted := (SELECT array_agg(DISTINCT n.key ORDER BY n.key) FROM {keys}); "  # noqa: S608  (likewise)
        "EXIT WHEN wanted IS NOT DISTINCT FROM held; "
        "PERFORM pg_advisory_xact_lock(key) FROM unnest(wanted) AS key; held := wanted; END LOOP; ",
    )
