"""`zhiheng rubric ACT DIR…`: is this folder a rubric, what does it say, and does it do so (`rubric_acts`, one each)."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from zhiheng.rubric_acts.check import check
from zhiheng.rubric_acts.diff import diff
from zhiheng.rubric_acts.digest import digest
from zhiheng.rubric_acts.health import health
from zhiheng.rubric_acts.schema import schema
from zhiheng.rubric_acts.show import show
from zhiheng.rubric_acts.test import test

# Asked of each folder on its own.
_ACTS: dict[str, Callable[[Path, argparse.Namespace], int]] = {
    "check": check,
    "show": show,
    "digest": digest,
    "test": test,
    "schema": schema,
}
# Asked of what stands behind the act as a whole.
_TOGETHER: dict[str, Callable[[list[str], argparse.Namespace], int]] = {
    "diff": diff,
    "health": health,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "act",
        choices=(*_ACTS, *_TOGETHER),
        help="check 查错 · find faults; show 显示 · show; digest 摘要 · digest; test 运行用例 · run the cases; "
        "schema 文件的 JSON Schema · JSON Schema of rubric.yaml, index.yaml, indicator or cases.yaml; "
        "diff 比较版次 · compare editions: OLD_DIR NEW_DIR [FACTS]; "
        "health 体检 · what the rubric makes of real facilities: DIR FACTS",
    )
    parser.add_argument("folders", metavar="DIR", nargs="+", help="含 rubric.yaml 的文件夹 · folders with rubric.yaml")
    parser.add_argument(
        "--profiles",
        metavar="FILE",
        help="与 diff、health 合用：机构属性（YAML 或 JSON） · with diff, health: attributes by facility, YAML or JSON",
    )
    parser.add_argument("--json", action="store_true", help="输出 JSON · print JSON")
    parser.add_argument(
        "--seal",
        action="store_true",
        help="与 digest 合用：写入 EDITION 定稿 · with digest: write EDITION, final for ever",
    )


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 for a rubric with faults or missed cases, 2 for a folder without a rubric."""
    if arguments.act in _TOGETHER:
        return _TOGETHER[arguments.act](arguments.folders, arguments)
    return max(_ACTS[arguments.act](Path(folder), arguments) for folder in arguments.folders)
