"""`zhiheng rubric test DIR…`: run the worked cases an edition brings along."""

from __future__ import annotations

import argparse
from pathlib import Path

from assessment.scoring.cases import run_cases, untested_thresholds
from core.text import Language, Text
from indicators.rubric.loader import load_edition
from zhiheng.output import print_json, printable

_CASES = Text(zh="{count} 个用例，{misses} 处不符", en="{count} cases, {misses} misses")
_UNTESTED = Text(zh="没有用例的界线：{what}", en="no case stands on: {what}")


def test(folder: Path, arguments: argparse.Namespace) -> int:
    edition = load_edition(folder)
    misses, untested = run_cases(edition), untested_thresholds(edition)
    language: Language = arguments.language
    failed = bool(misses) or (edition.final and bool(untested))
    if arguments.json:
        print_json(
            {
                "contract": 1,
                "rubric": edition.rubric,
                "edition": edition.edition,
                "cases": len(edition.cases),
                "misses": [
                    {
                        "case": miss.case.name,
                        "what": miss.what,
                        "expected": miss.expected,
                        "found": miss.found,
                        "where": miss.case.where.as_json(),
                        "message": miss.message.as_json(),
                    }
                    for miss in misses
                ],
                "untested": list(untested),
            }
        )
        return 1 if failed else 0
    for miss in misses:
        print(printable(f"{folder}/{miss.case.where}: {miss.message.said_in(language)}"))
    if untested:
        print(_UNTESTED.filled(what=", ".join(untested)).said_in(language))
    print(f"{folder}: {_CASES.filled(count=len(edition.cases), misses=len(misses)).said_in(language)}")
    return 1 if failed else 0
