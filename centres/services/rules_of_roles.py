"""What the database refuses of roles: that one human being administers the platform and judges on it."""

from __future__ import annotations

from typing import Literal

from centres.models import Role
from centres.services.rules_of_humans import both_humans, human_of
from operations.rules_in_database import Rule, listed

# What whoever gives roles does not hold; a registrar judges nothing.
JUDGES = (Role.ASSESSOR, Role.REVIEWER, Role.DECIDER, Role.APPEAL_HANDLER)
_JUDGING = f"r.role IN ({listed(JUDGES)})"
_ADMINISTRATING = f"r.role = '{Role.ADMINISTRATOR}'"
_SAID = "one human being does not administer and judge"
_COLUMNS = ("centres_person.natural_person", "centres_staffrole.role")


def rules_of_roles() -> tuple[Rule, ...]:
    return (
        _given("no_role_makes_an_administrator_a_judge", "INSERT"),
        _given("no_other_role_makes_an_administrator_a_judge", "UPDATE"),
        _joined(),
    )


def _given(name: str, on: Literal["INSERT", "UPDATE"]) -> Rule:
    """By a row of roles, beside what all accounts of its human being hold already."""
    others = "" if on == "INSERT" else " AND r.id <> OLD.id"
    theirs = (
        "EXISTS (SELECT 1 FROM centres_person p JOIN centres_person q ON q.natural_person = p.natural_person LEFT JOIN "
        f"centres_staffrole r ON r.user_id = q.id{others} WHERE p.id = NEW.user_id AND "
    )
    return Rule(
        name,
        "centres_staffrole",
        on,
        f"(NEW.role IN ({listed(JUDGES)}) AND {theirs} (q.is_superuser OR {_ADMINISTRATING}))) "
        f"OR (NEW.role = '{Role.ADMINISTRATOR}' AND {theirs} {_JUDGING}))",
        _SAID,
        columns=_COLUMNS,
        holds=(human_of("NEW.user_id"),),
    )


def _joined() -> Rule:
    """By a link of accounts, or by the power over everything that a command gives."""
    theirs = (
        "EXISTS (SELECT 1 FROM centres_person q LEFT JOIN centres_staffrole r ON r.user_id = q.id "
        "WHERE (q.id = NEW.id OR q.natural_person = NEW.natural_person) AND "
    )
    administers = f"(NEW.is_superuser OR {theirs} ({_ADMINISTRATING} OR (q.is_superuser AND q.id <> NEW.id))))"
    changed = "(OLD.natural_person <> NEW.natural_person OR (NEW.is_superuser AND NOT OLD.is_superuser))"
    return Rule(
        "no_account_joins_an_administrator_to_a_judge",
        "centres_person",
        "UPDATE",
        f"{changed} AND {administers} AND {theirs} {_JUDGING})",
        _SAID,
        columns=_COLUMNS,
        holds=both_humans(changed),
    )
