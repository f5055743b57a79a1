"""An edition that comes as files or as a zip archive instead of a folder; nothing of either is trusted."""

from __future__ import annotations

import io
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import re2

from core.errors import RubricError
from core.provenance import Where
from core.text import Text
from indicators.rubric.digest import EDITION_FILE
from indicators.rubric.faults import Faults
from indicators.rubric.loader import load_edition
from indicators.rubric.model import Edition
from indicators.rubric.tree import RUBRIC_FILE
from indicators.rubric.yaml_reader import LARGEST_FILE

MOST_FILES = 5000
LARGEST_EDITION = 4 * LARGEST_FILE
MOST_SEPARATORS = 80_000  # four times what a hundred indicators take; reading YAML costs by the value, not by the byte
_ENCRYPTED = 0x1
# What every packer writes; the headers of others may ask for gigabytes before a byte is read.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What a rubric's folders and files are called; anything else is refused before it becomes a path of ours.
_PATH = re2.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9._-]*/)*[A-Za-z0-9_][A-Za-z0-9._-]*")
_LONGEST_PATH = 240
_ALLOWED = frozenset((EDITION_FILE, "README.md", "README.zh.md"))


def edition_of_files(files: Mapping[str, bytes]) -> Edition:
    """Read and check an edition given by file.

    Args:
        files: content by path inside the folder of the edition.

    Raises:
        RubricError: bad names, too much content, and every fault `load_edition` finds.
    """
    faults = Faults()
    if len(files) > MOST_FILES or sum(len(content) for content in files.values()) > LARGEST_EDITION:
        raise _too_large()
    if sum(content.count(sign) for content in files.values() for sign in (b"\n", b",", b":")) > MOST_SEPARATORS:
        raise _too_large()
    for name in files:
        if not _is_of_an_edition(name):
            shown = name[:200]
            faults.add(
                "unknown_file",
                Where(file=shown),
                zh=f"“{shown}”不是评分细则的文件名。",
                en=f"“{shown}” is no name of a file of a rubric.",
                hint=Text(zh="只接受 .yaml 文件。", en="Only .yaml files are taken."),
            )
    faults.raise_if_any()
    with tempfile.TemporaryDirectory(prefix="edition-") as scratch:
        folder = Path(scratch)
        for name, content in files.items():
            path = folder / name
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            except OSError as error:  # one name is a file and a folder at once
                raise _bad_archive(name) from error
        return load_edition(folder)


def files_of_archive(content: bytes) -> dict[str, bytes]:
    """The files of a zip archive; one folder around all of them is taken off.

    Raises:
        RubricError: no readable zip; `archive_entry` for links, encrypted or oddly packed files and
            repeated names; `edition_too_large`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
            if len(entries) > MOST_FILES:
                raise _too_large()
            files: dict[str, bytes] = {}
            room = LARGEST_EDITION
            for entry in entries:
                if entry.filename in ("", *files) or _is_special(entry) or entry.compress_type not in _METHODS:
                    raise _bad_archive(entry.filename)
                with archive.open(entry) as member:
                    part = member.read(min(room, LARGEST_FILE) + 1)
                room -= len(part)
                if room < 0 or len(part) > LARGEST_FILE:
                    raise _too_large()
                files[entry.filename] = part
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error, ValueError) as error:
        raise RubricError(
            "not_an_archive",
            Text(zh="无法作为 zip 归档读取。", en="This cannot be read as a zip archive."),
            hint=Text(zh="请把版次文件夹压缩为 zip。", en="Compress the folder of the edition as zip."),
        ) from error
    return _without_outer_folder(files)


def _without_outer_folder(files: Mapping[str, bytes]) -> dict[str, bytes]:
    tops = {name.partition("/")[0] for name in files}
    if RUBRIC_FILE in files or len(tops) != 1:
        return dict(files)
    outer = f"{tops.pop()}/"
    return {name.removeprefix(outer): content for name, content in files.items()}


def _is_special(entry: zipfile.ZipInfo) -> bool:
    """A link or device by the mode a Unix packer wrote, or content behind a password."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    return bool(entry.flag_bits & _ENCRYPTED) or kind not in (0, stat.S_IFREG)


def _is_of_an_edition(name: str) -> bool:
    known = len(name) <= _LONGEST_PATH and _PATH.fullmatch(name) is not None
    return known and (name.endswith(".yaml") or name in _ALLOWED)


def _too_large() -> RubricError:
    return RubricError(
        "edition_too_large",
        Text(
            zh=f"版次最多 {MOST_FILES} 个文件，每个 1 MiB，合计 4 MiB、{MOST_SEPARATORS} 个换行、逗号和冒号。",
            en=f"An edition has at most {MOST_FILES} files of 1 MiB each, in all 4 MiB and {MOST_SEPARATORS} newlines, "
            "commas and colons.",
        ),
        hint=Text(zh="请拆分为几套评分细则。", en="Split it into several rubrics."),
    )


def _bad_archive(name: str) -> RubricError:
    shown = name[:200]
    return RubricError(
        "archive_entry",
        Text(
            zh=f"归档条目“{shown}”是链接、加密、重名或以特殊方式压缩的。",
            en=f"The entry “{shown}” is a link, encrypted, packed in an unusual way, or stands twice.",
        ),
        where=Where(file=shown),
        hint=Text(
            zh="请把版次文件夹重新压缩为普通 zip（deflate）。",
            en="Compress the folder of the edition again, as a plain zip (deflate).",
        ),
    )
