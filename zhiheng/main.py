"""The command line `zhiheng`: evidence, measures, rubrics and scores without a server or a database.

Exit codes: 0 done (warnings allowed) · 1 an error-severity issue, a blocked facility or a failed check ·
2 unusable input or call · 141 the reader of the output went away (as `| head` does), which needs no words.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from core.errors import UserFacingError
from core.text import Text
from zhiheng.output import forget_output, print_error

# Each is the module `zhiheng.<command>` with `add_arguments(parser)` and `run(arguments) -> exit code`; it is
# imported only when called, so that `zhiheng parse` does not wait for what scoring needs.
COMMANDS: dict[str, Text] = {
    "parse": Text(zh="读取一个证据文件", en="read one evidence file"),
    "upload": Text(zh="向服务器提交证据文件", en="hand evidence files in to a server"),
    "map": Text(zh="为自己的表建议列映射", en="propose a column map for a table of your own"),
    "measure": Text(zh="由证据文件计算指标值", en="compute measures from evidence files"),
    "anonymise": Text(zh="把名称和主机替换为可关联的散列", en="replace names and hosts by hashes that join"),
    "rubric": Text(zh="检查、显示、试算评价标准", en="check, show and test rubric editions"),
    "score": Text(zh="按评价标准为设施打分", en="score facilities against a rubric"),
    "recompute": Text(zh="由结果包重算结果并逐字节比对", en="rebuild results from their bundles, byte for byte"),
    "trace": Text(zh="由分值追溯到证据的行或单元格", en="follow a figure to the line or cell it rests on"),
    "rank": Text(zh="为设施排名", en="rank facilities"),
    "sample": Text(zh="可验证的随机抽样", en="draw and check random samples"),
    "receipt": Text(zh="离线核对提交回执", en="check the receipt of a submission offline"),
    "compare": Text(zh="拆分两次得分之差", en="split the difference between two results"),
    "changes": Text(zh="比较证据文件的两个版本", en="what a new version of an evidence file changed"),
}

READER_GONE = 128 + 13  # what a shell reports of a command that SIGPIPE ended


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; `arguments` default to the process's own."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    chosen = next((word for word in given if word in COMMANDS), None)
    options = _parser(chosen).parse_args(given)
    try:
        code = _run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        forget_output()
        return READER_GONE
    return code


def _run(options: argparse.Namespace) -> int:
    try:
        return int(importlib.import_module(f"zhiheng.{options.command}").run(options))
    except UserFacingError as error:
        print_error(error, as_json=getattr(options, "json", False))
        return 2


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="zhiheng", description="智衡：智算中心评价 · Zhiheng: assessment of AI computing centres"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, title in COMMANDS.items():
        command = commands.add_parser(name, help=f"{title.zh} · {title.en}", description=f"{title.zh} · {title.en}")
        command.add_argument(
            "--language", choices=("zh", "en"), default="zh", help="输出语言 · language of the output (default: zh)"
        )
        if name == chosen:
            importlib.import_module(f"zhiheng.{name}").add_arguments(command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
