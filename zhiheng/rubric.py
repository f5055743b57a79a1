"""`zhiheng rubric ACT DIR…`: is this folder a rubric, what does it say, and does it do so (`rubric_acts`, one each)."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from zhiheng.rubric_acts.check import check
from zhiheng.rubric_acts.digest import digest
from zhiheng.rubric_acts.schema import schema
from zhiheng.rubric_acts.show import show
from zhiheng.rubric_acts.test import test

_ACTS: dict[str, Callable[[Path, argparse.Namespace], int]] = {
    "check": check,
    "show": show,
    "digest": digest,
    "test": test,
    "schema": schema,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "act",
        choices=tuple(_ACTS),
        help="check 查错 · find faults, show 显示 · show, digest 摘要 · digest, test 运行用例 · run the cases, "
        "schema 文件的 JSON Schema · JSON Schema of a file",
    )
    parser.add_argument(
        "folders",
        metavar="DIR",
        nargs="+",
        help="含 rubric.yaml 的文件夹 · folders with rubric.yaml; "
        "schema: rubric.yaml, index.yaml, indicator, cases.yaml",
    )
    parser.add_argument("--json", action="store_true", help="输出 JSON · print JSON")
    parser.add_argument(
        "--seal",
        action="store_true",
        help="与 digest 合用：写入 EDITION 定稿 · with digest: write EDITION, final for ever",
    )


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 for a rubric with faults or missed cases, 2 for a folder without a rubric."""
    return max(_ACTS[arguments.act](Path(folder), arguments) for folder in arguments.folders)
