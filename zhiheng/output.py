"""What commands share in speaking to people and scripts: JSON on stdout, errors on stderr, nothing raw from files."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from typing import Any

from core.canonical import jsonable
from core.errors import InputError, UserFacingError
from core.provenance import Where
from core.text import Text
from evidence.parsers.base import CONTRACT

_INVISIBLE = ("Cc", "Cf", "Cs")


def print_json(value: Any) -> None:
    """Pretty JSON, decimals as strings, keys in their own order."""
    print(json.dumps(jsonable(value), ensure_ascii=False, indent=2))


def print_error(error: UserFacingError, *, as_json: bool) -> None:
    """Both languages on stderr; with `--json` also an object with the one key `error` beside `contract`."""
    if as_json:
        print_json({"contract": CONTRACT, "error": error.as_json()})
    place = f" ({error.where})" if error.where and str(error.where) else ""
    for message, hint in (
        (error.message.zh, error.hint.zh),
        (error.message.en, error.hint.en),
    ):
        print(printable(f"zhiheng: {error.code}{place}: {message}" + f" {hint}"), file=sys.stderr)


def print_note(message: Text) -> None:
    """A remark in both languages on stderr; standard output is left to the answer."""
    for words in (message.zh, message.en):
        print(printable(f"zhiheng: {words}"), file=sys.stderr)


def forget_output() -> None:
    """Let what was not read go nowhere, so that the interpreter does not fail over it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def printable(text: str) -> str:
    """Text fit for a terminal: control and format characters, which files may smuggle in, are taken out."""
    return "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in _INVISIBLE)


def not_writable(name: str) -> InputError:
    return InputError(
        "not_writable",
        Text(zh=f"无法写入“{name}”。", en=f"“{name}” cannot be written."),
        hint=Text(zh="请检查路径、权限和剩余空间。", en="Check the path, the permissions and the space that is left."),
    )


def no_such_file(name: str) -> InputError:
    return InputError(
        "file_not_found",
        Text(zh="文件不存在或无法读取。", en="The file does not exist or cannot be read."),
        where=Where(file=name),
        hint=Text(zh="请检查路径和权限。", en="Check the path and the permissions."),
    )
