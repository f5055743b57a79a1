"""What somebody may have meant who wrote a word that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import overload

from core.text import Text

LIKENESS = 0.7  # of two words, from 0 to 1; below it a guess misleads more than it helps


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like one, whatever its capitals; None where no word is near."""
    by_fold = {one.casefold(): one for one in known}
    near = get_close_matches(word.casefold(), by_fold, n=1, cutoff=LIKENESS)
    return by_fold[near[0]] if near else None


@overload
def meant(word: str, known: Iterable[str], *, otherwise: Text) -> Text: ...
@overload
def meant(word: str, known: Iterable[str], *, otherwise: None = None) -> Text | None: ...
def meant(word: str, known: Iterable[str], *, otherwise: Text | None = None) -> Text | None:
    """A hint that names the nearest known word, followed by what is said in any case.

    Args:
        otherwise: the rest of the hint, such as the list of all known words; alone where nothing is near.
    """
    name = nearest(word, known)
    if name is None:
        return otherwise
    said = Text(zh=f"是否指“{name}”？", en=f"Did you mean “{name}”?")
    return said if otherwise is None else Text(zh=f"{said.zh}{otherwise.zh}", en=f"{said.en} {otherwise.en}")
