"""`zhiheng anonymise FILE… --salt-file SALT`: users, job names, namespaces and hosts become hashes that join."""

from __future__ import annotations

import argparse
import os
import secrets
from pathlib import Path

from core.errors import InputError, UserFacingError
from core.provenance import Where, digest
from core.text import Text
from evidence.parsers.anonymous.files import anonymised
from evidence.parsers.anonymous.pseudonyms import LEAST_SALT_BYTES, Pseudonyms
from evidence.parsers.base import CONTRACT, identity
from evidence.parsers.registry import PARSERS
from evidence.parsers.text.source import Source
from zhiheng.output import no_such_file, not_writable, print_error, print_json, print_note, printable

_WRITTEN = Text(zh="{file} → {out}（{parser}）", en="{file} → {out} ({parser})")
_NAMES = Text(
    zh="共替换 {count} 个名称。盐文件请留在本中心，勿随数据上传；用同一盐文件处理的文件仍可关联。",
    en="{count} names were replaced. Keep the salt file in the centre and never hand it in; files treated with the "
    "same salt still join.",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    formats = sorted(known.format for known in PARSERS)
    parser.add_argument("files", nargs="+", metavar="FILE", help="证据文件 · evidence files")
    parser.add_argument(
        "--salt-file",
        required=True,
        metavar="SALT",
        help="盐文件；不存在时新建（仅本人可读） · the salt; made when it is not there, readable by its owner alone",
    )
    parser.add_argument("--out", metavar="DIR", help="输出文件夹（默认原处） · where to write (default: beside)")
    parser.add_argument("--format", choices=formats, help="指定格式 · name the format instead of recognising it")
    parser.add_argument("--timezone", metavar="ZONE", help="无时区时间所用的时区 · zone of times that carry none")
    parser.add_argument("--encoding", metavar="NAME", help="文字编码 · text encoding, such as gb18030")
    parser.add_argument("--json", action="store_true", help="输出 JSON（contract 1） · print JSON (contract 1)")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 when a file was refused; the others are written all the same."""
    names = Pseudonyms(_salt(Path(arguments.salt_file)))
    told = []
    for name in arguments.files:
        try:
            told.append(_treated(Path(name), names, arguments))
        except UserFacingError as error:
            told.append({"file": Path(name).name, "out": None, "error": error.as_json()})
            print_error(_at(error, name), as_json=False)
    if arguments.json:
        print_json({"contract": CONTRACT, "files": told, "names": len(names.known)})
    else:
        for one in told:
            if one["out"] is not None:
                print(printable(_WRITTEN.filled(**one).said_in(arguments.language)))
        print(_NAMES.filled(count=len(names.known)).said_in(arguments.language))
    return 1 if any(one["out"] is None for one in told) else 0


def _treated(path: Path, names: Pseudonyms, arguments: argparse.Namespace) -> dict[str, object]:
    try:
        source = Source.of_path(path, encoding=arguments.encoding, timezone=arguments.timezone)
    except OSError as error:
        raise no_such_file(str(path)) from error
    parser, content = anonymised(source, names, declared=arguments.format)
    plain = path.name.removesuffix(".gz")
    stem, dot, ending = plain.rpartition(".")
    out = Path(arguments.out or path.parent) / (f"{stem}.anonymised.{ending}" if dot else f"{plain}.anonymised")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("xb") as stream:
            stream.write(content)
    except FileExistsError:
        raise InputError(
            "file_exists",
            Text(zh=f"“{out.name}”已存在，未覆盖。", en=f"“{out.name}” exists and was left as it is."),
            hint=Text(zh="请移走该文件，或用 --out 另选文件夹。", en="Move it away, or name another folder by --out."),
        ) from None
    except OSError as error:
        raise not_writable(str(out)) from error
    return {"file": path.name, "out": str(out), "parser": identity(parser), "sha256": digest(content)}


def _salt(path: Path) -> bytes:
    if not path.exists():
        made = secrets.token_hex(32).encode()
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise not_writable(str(path)) from error
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(made)
        print_note(Text(zh=f"已新建盐文件“{path}”。", en=f"The salt file “{path}” was made."))
        return made
    try:
        found = path.read_bytes().strip()
    except OSError as error:
        raise no_such_file(str(path)) from error
    if len(found) < LEAST_SALT_BYTES:
        raise InputError(
            "salt_too_short",
            Text(zh=f"盐不足 {LEAST_SALT_BYTES} 字节。", en=f"The salt has fewer than {LEAST_SALT_BYTES} bytes."),
            hint=Text(zh="请指定一个不存在的文件名，由本命令生成。", en="Name a file that is not there: it is made."),
        )
    return found


def _at(error: UserFacingError, name: str) -> UserFacingError:
    """The same refusal with the file it is about."""
    where = error.where or Where()
    named = Where(line=where.line, cell=where.cell, byte=where.byte, field=where.field, file=Path(name).name)
    return error.retold(where=named)
