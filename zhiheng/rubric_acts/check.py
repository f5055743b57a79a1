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
_FAULTS = Text(zh="{count} 处错误", en="{count} faults")


def check(folder: Path, arguments: argparse.Namespace) -> int:
    """Exit code 1 when the rubric has faults; raises `no_rubric` for a folder without one."""
    faults: tuple[UserFacingError, ...] = ()
    edition: Edition | None = None
    try:
        edition = load_edition(folder)
    except RubricError as error:
        if error.code == "no_rubric":
            raise
        faults = error.faults or (error,)
    language: Language = arguments.language
    if arguments.json:
        print_json(
            {
                "contract": 1,
                "rubric": folder.name,
                "digest": edition.digest if edition else None,
                "faults": [fault.as_json() for fault in faults],
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
    said = _FAULTS.filled(count=len(faults)) if faults else _OK
    print(f"{folder}: {said.said_in(language)}")
    return 1 if faults else 0
