"""Spells out of events: what was raised and cleared again becomes a stretch of time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """One event: something was raised or cleared on one thing at an instant."""

    at: dt.datetime
    thing: str
    alarm: str
    raised: bool
    line: int
    severity: str | None = None


@dataclass(frozen=True, slots=True)
class Spell:
    """From a raise to its clear; open where none came. `repeats` counts the raises in between."""

    first: Change
    ended_at: dt.datetime | None
    repeats: int


@dataclass(frozen=True, slots=True)
class Paired:
    """Spells in the order they began, and the clears that ended nothing."""

    spells: tuple[Spell, ...]
    lonely: tuple[Change, ...]


def paired(changes: Iterable[Change]) -> Paired:
    """Pair every raise with the next clear of the same alarm on the same thing, whatever the order of the file.

    A raise while one is open repeats it and begins nothing new. Of one instant the clear comes first, so that what is
    cleared and raised again makes two spells.
    """
    open_: dict[tuple[str, str], tuple[Change, int]] = {}
    spells: list[Spell] = []
    lonely: list[Change] = []
    for change in sorted(changes, key=lambda change: (change.at, change.raised, change.line)):
        key = (change.thing, change.alarm)
        first, repeats = open_.get(key, (change, -1))
        if change.raised:
            open_[key] = (first, repeats + 1)
        elif key in open_:
            del open_[key]
            spells.append(Spell(first, change.at, repeats))
        else:
            lonely.append(change)
    spells += [Spell(first, None, repeats) for first, repeats in open_.values()]
    ordered = sorted(spells, key=lambda spell: (spell.first.at, spell.first.line))
    return Paired(tuple(ordered), tuple(lonely))
