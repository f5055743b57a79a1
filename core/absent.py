"""Packages that are installed and that this process does without."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


def do_without(*names: str) -> None:
    """From now on these packages cannot be loaded: whoever asks for one, or for where it lies, is told it is not there.

    Some libraries load whatever they may have to deal with, wherever it is installed. Arrow takes no `None` in
    `sys.modules` for an answer, hence a finder that refuses.
    """
    sys.meta_path.insert(0, _Absent(names))


class _Absent(MetaPathFinder):
    def __init__(self, names: Sequence[str]) -> None:
        self._names = frozenset(names)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname in self._names:
            raise ModuleNotFoundError(f"{fullname} is left out of this process", name=fullname)
        return None
