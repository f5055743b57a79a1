"""`zhiheng rubric digest DIR…`: the SHA-256 that identifies the content; `--seal` makes it final."""

from __future__ import annotations

import argparse
from pathlib import Path

from indicators.rubric.digest import seal
from indicators.rubric.loader import load_edition
from zhiheng.output import print_json
from zhiheng.rubric_acts.head import head_json


def digest(folder: Path, arguments: argparse.Namespace) -> int:
    edition = load_edition(folder)
    if arguments.seal:
        seal(folder, edition.digest)
    if arguments.json:
        print_json(head_json(edition))
    else:
        print(edition.digest)
    return 0
