"""By what name rules of the database hold a human being while they look at what all their accounts have."""

from __future__ import annotations


def human(natural_person: str) -> str:
    """Of the column that says whose it is."""
    return f"'human/' || CAST({natural_person} AS text)"


def human_of(account: str) -> str:
    """Of the column with the key of an account."""
    return f"(SELECT {human('p.natural_person')} FROM centres_person p WHERE p.id = {account})"


def both_humans(once: str) -> tuple[str, ...]:
    """Those whom an account is taken from and given to, where `once` holds of what is written."""
    return tuple(f"CASE WHEN {once} THEN {human(f'{row}.natural_person')} END" for row in ("OLD", "NEW"))
