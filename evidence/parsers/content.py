"""Whether the bytes of a file are what its name says: one check, used at every door before a parser is chosen.

Formats are decided by content; the name only says what the uploader expects. A PDF called `.csv` is refused naming
both; a protected or old workbook is refused with the way out.
"""

from __future__ import annotations

from dataclasses import dataclass

import re2

from core.errors import ParseError
from core.text import Text
from evidence.parsers.archives.tar_stream import is_tar
from evidence.parsers.tables.quoted_cells import split_quoted
from evidence.parsers.tables.table_batches import no_rows
from evidence.parsers.tables.text_layouts import DELIMITERS
from evidence.parsers.text.archive import unsafe
from evidence.parsers.text.compressed import is_compressed
from evidence.parsers.text.source import HEAD_BYTES, Source
from evidence.parsers.workbooks.sheet_scan import forbidden_xml
from evidence.parsers.workbooks.workbook import macros_not_accepted, unsupported

TEXT_ENDINGS = frozenset(
    ("csv", "tsv", "txt", "log", "out", "json", "jsonl", "ndjson", "yaml", "yml", "md", "swf", "metrics", "prom")
)
MACRO_ENDINGS = frozenset(("xlsm", "xltm", "xlam"))
OTHER_WORKBOOKS = frozenset(("xls", "xlsb", "xlt", "et", "ods", "numbers"))
_ARCHIVES = {"zip": "ZIP", "tar": "tar", "tgz": "tar", "tzst": "tar"}

_TAIL = 64 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (_OLE, "OLE"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PAR1", "Parquet"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"\x7fELF", "ELF"),
)
_MARKUP = re2.compile(
    rb"(?i)^(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+(?:html|svg)|html|head|body|svg)\b"
)
_FORBIDDEN = re2.compile(rb"(?i)<!(?:doctype|entity)|xinclude")
_NUMBER = re2.compile(r"[-+]?[0-9][0-9.:/T+-]*")
_LABELLED_NUMBER = re2.compile(r":\s*[-+]?[0-9][0-9.eE+-]*\s*$")


@dataclass(frozen=True, slots=True)
class _Names:
    """A kind of content as people call it."""

    zh: str
    en: str


def refuse_mismatch(source: Source) -> None:
    """Refuse a file whose content is not what its name says, or which nobody here may open.

    Raises:
        ParseError: `content_mismatch` naming both kinds, `protected_file`, `unsupported_format`,
            `macros_not_accepted`, `forbidden_xml`, `unsafe_archive` for a workbook, or a compressed file, inside one.
    """
    if source.is_compressed and is_compressed(source.head):
        raise unsafe(source.name, "archive")
    ending, found = ending_of(source.name), kind_of(source)
    if ending in MACRO_ENDINGS:
        raise macros_not_accepted()
    if found == "OLE":
        _refuse_ole(source, ending)
    if found == "PDF" and _is_protected_pdf(source):
        raise protected_file()
    if ending in OTHER_WORKBOOKS and found in ("ZIP", None):
        raise unsupported(Text(zh=f".{ending} 文件", en=f"a .{ending} file"))
    if ending == "xlsx" and found != "ZIP":
        raise _mismatch("xlsx", found or "text")
    if ending == "pdf" and found != "PDF":
        raise _mismatch("PDF", found or "text")
    if ending in _ARCHIVES and found != _ARCHIVES[ending]:
        raise _mismatch(_ARCHIVES[ending], found or "text")
    if ending in TEXT_ENDINGS and found is not None:
        raise _mismatch(ending, found)
    if found in ("SVG", "XML") and _FORBIDDEN.search(source.head):
        raise forbidden_xml()
    if found == "ZIP" and not source.tail(1):
        raise unsafe(source.name, "archive")


def kind_of(source: Source) -> str | None:
    """The kind of file its first bytes tell; null for plain text and what is not known."""
    head = source.head
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    opening = head[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if _MARKUP.match(opening):
        return "SVG" if b"<svg" in opening.lower() else "HTML"
    if opening.startswith(b"<?xml"):
        return "XML"
    return "tar" if is_tar(head) else None


def ending_of(name: str) -> str:
    """The ending of a file name in lower case, `.gz` and `.zst` apart, because those are opened on the way."""
    lowered = name.lower().removesuffix(".gz").removesuffix(".zst")
    return lowered.rpartition(".")[2] if "." in lowered else ""


def refuse_header_only(source: Source) -> None:
    """Refuse a table of nothing but its header row, whatever table it is.

    Raises:
        ParseError: `no_rows`.
    """
    if len(source.head) >= HEAD_BYTES or kind_of(source) is not None:
        return
    lines = [line for line in source.head_lines() if line.strip()]
    if len(lines) != 1 or lines[0].lstrip()[:1] in ("{", "[", "#", ":"):
        return
    # One line of a training log has bars too, but a figure behind each label.
    is_log = "|" in lines[0] and any(_LABELLED_NUMBER.search(cell) for cell in lines[0].split("|"))
    for delimiter in (*DELIMITERS, *(() if is_log else ("|",))):
        cells = split_quoted(lines[0], delimiter)
        if cells is not None and len(cells) > 2 and not any(_NUMBER.fullmatch(cell.strip()) for cell in cells):
            raise no_rows()


def empty_file() -> ParseError:
    return ParseError(
        "empty_file",
        Text(zh="文件没有数据行。", en="The file has no data rows."),
        hint=Text(
            zh="文件是空的；请确认导出已完成，再上传含有数据的文件。",
            en="The file is empty; see that its export has ended, then upload it with its data.",
        ),
    )


def protected_file() -> ParseError:
    return ParseError(
        "protected_file",
        Text(zh="文件受密码保护，无法读取。", en="The file is protected by a password and cannot be read."),
        hint=Text(zh="请取消密码保护后重新上传。", en="Remove the password and upload it again."),
    )


def _refuse_ole(source: Source, ending: str) -> None:
    """Old Office files, and password-protected new ones, which are kept in the old container."""
    content = source.head + source.tail(16 * _TAIL)
    if "EncryptedPackage".encode("utf-16-le") in content or "EncryptionInfo".encode("utf-16-le") in content:
        raise protected_file()
    if ending in OTHER_WORKBOOKS or ending in ("xlsx", ""):
        raise unsupported(Text(zh="旧版 Excel 工作簿（.xls）", en="an old Excel workbook (.xls)"))
    raise _mismatch(ending, "OLE")


def _is_protected_pdf(source: Source) -> bool:
    return b"/Encrypt" in source.head or b"/Encrypt" in source.tail(_TAIL)


def _mismatch(expected: str, found: str) -> ParseError:
    wanted, got = _named(expected), _named(found)
    return ParseError(
        "content_mismatch",
        Text(
            zh=f"文件名表示“{wanted.zh}”，内容却是“{got.zh}”。",
            en=f"The name says {wanted.en}, but the content is {got.en}.",
        ),
        hint=Text(zh="请上传原始文件，不要只改文件名。", en="Upload the original file; renaming does not convert it."),
    )


def _named(kind: str) -> _Names:
    known = {
        "text": _Names("纯文本", "plain text"),
        "xlsx": _Names("工作簿（.xlsx）", "a workbook (.xlsx)"),
        "tar": _Names("打包文件（tar）", "a tar archive"),
        "ZIP": _Names("压缩文件或工作簿（ZIP）", "a ZIP archive or workbook"),
        "OLE": _Names("旧版 Office 文件", "an old Office file"),
        "PDF": _Names("PDF", "a PDF"),
        "HTML": _Names("网页（HTML）", "a web page (HTML)"),
    }
    return known.get(kind, _Names(f"{kind} 文件", f"a {kind} file"))
