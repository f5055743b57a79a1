"""What is said of a file whose text cannot be read."""

from __future__ import annotations

from core.errors import ParseError
from core.provenance import Where
from core.text import Text


def undecided() -> ParseError:
    """A file in none of the encodings that are tried."""
    return ParseError(
        "unknown_encoding",
        Text(zh="无法确定文件的文字编码。", en="The text encoding of the file cannot be decided."),
        hint=Text(
            zh="请在上传时选择编码（例如 GB18030、UTF-8），或另存为 UTF-8。",
            en="Choose the encoding when uploading (GB18030, UTF-8 …) or save the file as UTF-8.",
        ),
    )


def spoilt() -> ParseError:
    """A file in UTF-8 that lost a byte of a character, or whose end was cut inside one."""
    return ParseError(
        "unknown_encoding",
        Text(
            zh="文件为 UTF-8 编码，但其中有字符已损坏或缺失。",
            en="The file is UTF-8, but characters in it are damaged or cut.",
        ),
        hint=Text(
            zh="请从原系统重新导出后上传；若文件确为其他编码，请在上传时选择。",
            en="Export it again and upload that; if it is in another encoding after all, choose it when uploading.",
        ),
    )


def misfit(where: Where | None) -> ParseError:
    """A file that holds what its byte-order mark does not allow; `where` is known to who looks for it."""
    return ParseError(
        "unknown_encoding",
        Text(
            zh="文件中有字符与其声明的编码（字节序标记）不符。",
            en="The file holds characters that do not fit the encoding its byte-order mark declares.",
        ),
        where=where,
        hint=Text(zh="请另存为 UTF-8 后重新上传。", en="Save the file as UTF-8 and upload it again."),
    )


def in_two_encodings() -> ParseError:
    """A file some of whose lines are in UTF-8 and some are not."""
    return ParseError(
        "unknown_encoding",
        Text(
            zh="文件混用了两种文字编码：部分行为 UTF-8，部分行不是。",
            en="The file mixes two text encodings: some of its lines are UTF-8, some are not.",
        ),
        hint=Text(
            zh="请统一另存为 UTF-8 后重新上传；若文件确为同一种编码，请在上传时选择。",
            en="Save all of it as UTF-8 and upload it again; if it is in one encoding after all, choose it then.",
        ),
    )


def in_big5() -> ParseError:
    """A file that is Big5 by the look of it, which nobody said, and which reads as GB18030 without a fault."""
    return ParseError(
        "unknown_encoding",
        Text(
            zh="文件像是 Big5（繁体中文）编码，按 GB18030 读取会得到乱码。",
            en="The file looks like Big5 (traditional Chinese), which reads as other characters in GB18030.",
        ),
        hint=Text(
            zh="请在上传时选择编码 Big5，或另存为 UTF-8；若确为 GB18030，请选择 GB18030。",
            en="Choose Big5 when uploading, or save the file as UTF-8; if it is GB18030 after all, choose that.",
        ),
    )


def in_utf32() -> ParseError:
    """A file with the byte-order mark of an encoding that nobody exports tables in."""
    return ParseError(
        "unknown_encoding",
        Text(zh="文件为 UTF-32 编码，无法读取。", en="The file is in UTF-32, which is not read."),
        where=Where(byte=0),
        hint=Text(zh="请另存为 UTF-8 后重新上传。", en="Save the file as UTF-8 and upload it again."),
    )


def line_too_long(number: int) -> ParseError:
    """Of a file that may have lost its line ends."""
    return ParseError(
        "line_too_long",
        Text(zh=f"第 {number} 行超过 1 MiB。", en=f"Line {number} is longer than 1 MiB."),
        where=Where(line=number),
        hint=Text(
            zh="请检查换行是否丢失，并提交工具写出的原文件。",
            en="See whether its line ends were lost, and hand in the file as its tool wrote it.",
        ),
    )
