"""`zhiheng rubric check DIR…`: every fault, with file and line."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.errors import RubricError, UserFacingError
from core.text import Language, Text
from indicators.rubric.loader import load_edition
from indicators.rubric.model import Edition
from zhiheng.output import print_json, printable

_OK = Text(zh="没有错误", en="no faults")
_FAULT = Text(zh="1 处错误", en="1 fault")
_FAULTS = Text(zh="{found} 处错误", en="{found} faults")
_CUT = Text(zh="{found} 处错误，列出前 {listed} 处", en="{found} faults, of which the first {listed} are listed")


def check(folder: Path, arguments: argparse.Namespace) -> int:
    """Exit code 1 when the rubric has faults; raises `no_rubric` for a folder without one."""
    faults: tuple[UserFacingError, ...] = ()
    found = 0
    edition: Edition | None = None
    try:
        edition = load_edition(folder)
    except RubricError as error:
        if error.code == "no_rubric":
            raise
        faults, found = error.faults or (error,), error.found
    language: Language = arguments.language
    if arguments.json:
        print_json(
            {
                "contract": 1,
                "rubric": folder.name,
                "digest": edition.digest if edition else None,
                "faults": [fault.as_json() for fault in faults],
                "faults_found": found,
            }
        )
        return 1 if faults else 0
    for fault in faults:
        print(
            printable(
                f"{folder}/{fault.where}: {fault.code}: {fault.message.said_in(language)}"
                + (f" {fault.hint.said_in(language)}" if fault.hint else "")
            )
        )
    print(f"{folder}: {_summary(found, listed=len(faults)).said_in(language)}")
    return 1 if faults else 0


def _summary(found: int, *, listed: int) -> Text:
    if found > listed:
        return _CUT.filled(found=found, listed=listed)
    return {0: _OK, 1: _FAULT}.get(found, _FAULTS.filled(found=found))
