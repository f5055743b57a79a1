"""`zhiheng rubric schema FILE`: the JSON Schema of one kind of file, for editors."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.errors import InputError
from core.suggestion import meant
from core.text import Text
from indicators.rubric.schema import FILES, schema_of
from zhiheng.output import print_json


def schema(folder: Path, arguments: argparse.Namespace) -> int:
    """`folder` is the name of the file; the schema is JSON with or without `--json`."""
    if folder.name not in FILES:
        words = ", ".join(FILES)
        raise InputError(
            "unknown_choice",
            Text(zh=f"文件只能是：{words}。", en=f"The file must be one of: {words}."),
            hint=meant(folder.name, FILES, otherwise=Text(zh="请写其中一个文件名。", en="Name one of these files.")),
        )
    print_json(schema_of(folder.name))
    return 0
