"""`zhiheng upload FILE… --server ADDRESS --centre NAME`: hand files in; a cut connection costs one piece.

`--watch DIR` takes the files from a folder as they come (see `watch`).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.errors import InputError, UserFacingError
from core.text import Text
from evidence.parsers.base import CONTRACT
from zhiheng.output import no_such_file, print_error, print_json, printable
from zhiheng.tus_client import Patience, Refused, Server, hand_in
from zhiheng.watch import Drop, drop_folder, watched

TOKEN = "ZHIHENG_TOKEN"  # noqa: S105  (the name of a variable)
_NOBODY = (401, 403)
_EITHER = Text(
    zh="请给出文件，或用 --watch 给出一个文件夹（--once 只与 --watch 合用）。",
    en="Name files, or a folder with --watch (--once goes with --watch only).",
)
_EXAMPLE = Text(
    zh="例如 zhiheng upload july.tar.zst，或 zhiheng upload --watch logs/。",
    en="Write zhiheng upload july.tar.zst, say, or zhiheng upload --watch logs/.",
)
_WORDS = {
    "handed in": Text(zh="已提交", en="handed in"),
    "known": Text(zh="此前已提交", en="handed in before"),
    "refused": Text(zh="未接受", en="refused"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.allow_abbrev = False  # `--token` would mean a file of that name
    parser.add_argument("file", nargs="*", metavar="FILE", help="证据文件或压缩包 · evidence files or archives")
    parser.add_argument(
        "--watch",
        metavar="DIR",
        help="监视文件夹：逐个提交，再移入 done/ 或 failed/ · take files from a folder, move them to done/ or failed/",
    )
    parser.add_argument(
        "--once",
        action="store_true",
        help="与 --watch 合用：处理完现有文件即结束 · with --watch: end when what lies there is taken",
    )
    parser.add_argument(
        "--interval",
        type=float,
        default=10,
        metavar="SECONDS",
        help="与 --watch 合用：多久查看一次 · with --watch: how often to look (default: 10)",
    )
    parser.add_argument(
        "--server", required=True, metavar="ADDRESS", help="服务器地址 · such as https://zhiheng.example"
    )
    parser.add_argument("--centre", required=True, metavar="NAME", help="中心的标识 · the centre's slug")
    parser.add_argument(
        "--token-file",
        metavar="FILE",
        help=f"令牌所在文件（默认取环境变量 {TOKEN}） · file that holds the token (default: the variable {TOKEN})",
    )
    parser.add_argument("--format", default="", metavar="NAME", help="指定格式 · name the format")
    parser.add_argument(
        "--timezone", default="", metavar="ZONE", help="无时区时间所用的时区 · zone of times without one"
    )
    parser.add_argument("--encoding", default="", metavar="NAME", help="文字编码 · text encoding, such as gb18030")
    parser.add_argument(
        "--patience",
        type=float,
        default=900,
        metavar="SECONDS",
        help="多久没有进展就放弃 · give up when nothing has moved for so long (default: 900)",
    )
    parser.add_argument("--json", action="store_true", help="输出 JSON（contract 1） · print JSON (contract 1)")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 when the server refused a file; the others are handed in all the same."""
    if bool(arguments.file) == bool(arguments.watch) or (arguments.once and not arguments.watch):
        raise InputError("files_or_folder", _EITHER, hint=_EXAMPLE)
    server = Server(arguments.server, token=_token(arguments.token_file))
    words = {name: getattr(arguments, name) for name in ("centre", "format", "timezone", "encoding")}
    if arguments.watch:
        return _watch(server, words, arguments)
    results = [_hand_in(Path(name), server, words, arguments) for name in arguments.file]
    if arguments.json:
        print_json({"contract": CONTRACT, "files": results})
    return 1 if any(result["error"] for result in results) else 0


def _watch(server: Server, words: dict[str, str], arguments: argparse.Namespace) -> int:
    """Exit code 1 when a file was refused or rejected, which only `--once` ends to tell."""

    def tell(answer: Mapping[str, Any]) -> None:
        if arguments.json:
            print(json.dumps(answer, ensure_ascii=False), flush=True)
            return
        word = "refused" if answer["error"] else ("known" if answer["known"] else "handed in")
        about = answer["error"]["code"] if answer["error"] else f"{answer['evidence']}, {answer['state']}"
        print(printable(f"{answer['file']}: {_WORDS[word].said_in(arguments.language)} ({about})"), flush=True)

    folder = drop_folder(arguments.watch)
    said = {name: value for name, value in words.items() if value}
    drop = Drop(folder, server, said, arguments.patience, tell)
    with watched(folder):
        if arguments.once:
            return 0 if drop.once() else 1
        with suppress(KeyboardInterrupt):
            drop.forever(interval=arguments.interval, unreachable=lambda error: print_error(error, as_json=False))
    return 0


def _hand_in(path: Path, server: Server, words: dict[str, str], arguments: argparse.Namespace) -> dict[str, Any]:
    try:
        found = hand_in(
            server,
            path,
            words={name: value for name, value in words.items() if value},
            patience=Patience(arguments.patience),
            tell=_teller(path, is_shown=sys.stderr.isatty() and not arguments.json),
        )
    except Refused as error:
        if error.status in _NOBODY:  # it would be so for every file
            raise
        print_error(error, as_json=False)
        _say(path, "refused", error.code, arguments)
        return {"file": str(path), "evidence": None, "state": None, "known": False, "error": error.as_json()}
    except FileNotFoundError as error:
        raise no_such_file(str(path)) from error
    _say(path, "known" if found["known"] else "handed in", found["id"], arguments)
    return {
        "file": str(path),
        "evidence": found["id"],
        "state": found["state"],
        "known": found["known"],
        "error": None,
    }


def _say(path: Path, word: str, about: str, arguments: argparse.Namespace) -> None:
    if not arguments.json:
        print(printable(f"{path.name}: {_WORDS[word].said_in(arguments.language)} ({about})"))


def _teller(path: Path, *, is_shown: bool) -> Any:
    def tell(done: int, size: int) -> None:
        if is_shown:
            end = "\n" if done == size else ""
            print(
                printable(f"{path.name}: {100 * done // max(1, size)} %"), end=f"\r{end}", file=sys.stderr, flush=True
            )

    return tell


def _token(path: str | None) -> str:
    """From a file or a variable: what stands on a command line, every user of the machine can read.

    Raises:
        InputError: `no_token`, `file_not_found`.
    """
    if path or (path := os.environ.get(f"{TOKEN}_FILE")):
        try:
            token = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise no_such_file(path) from error
    else:
        token = os.environ.get(TOKEN, "").strip()
    if not token or not token.isascii() or not token.isprintable():
        raise _no_token()
    return token


def _no_token() -> UserFacingError:
    return InputError(
        "no_token",
        Text(zh="没有可用的令牌。", en="There is no usable token."),
        hint=Text(
            zh=f"请设置环境变量 {TOKEN}，或用 --token-file 指定文件；令牌由 POST /api/v1/tokens/ 取得。",
            en=f"Set the variable {TOKEN} or name a file with --token-file; POST /api/v1/tokens/ gives one.",
        ),
    )
