"""Files that are one gzip or zstd stream, read as what stands in them and no further than evidence may expand."""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa

from core.errors import ParseError
from core.text import Text
from evidence.parsers.text.archive import HIGHEST_RATIO, RATIO_FREE, too_much

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


def is_compressed(magic: bytes) -> bool:
    """Whether a file that begins with these bytes is one gzip or zstd stream."""
    return magic.startswith((GZIP_MAGIC, ZSTD_MAGIC))


class Inflated(io.RawIOBase):
    """A compressed stream that stops where it expands beyond what evidence may: a small file can hold terabytes."""

    def __init__(self, stream: BinaryIO, compressed: int, magic: bytes) -> None:
        self._stream = stream
        self._plain: Any = (
            pa.CompressedInputStream(pa.PythonFile(stream, mode="r"), "zstd")
            if magic == ZSTD_MAGIC
            else gzip.GzipFile(fileobj=stream)
        )
        self._compressed = compressed
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        try:
            count = int(self._plain.readinto(buffer))
        except pa.ArrowException as error:  # which are OSError and ValueError besides
            raise _damaged_zstd() from error
        except OSError as error:
            if isinstance(self._plain, gzip.GzipFile):
                raise
            raise _damaged_zstd() from error
        self._given += count
        if self._given > RATIO_FREE and self._given > self._compressed * HIGHEST_RATIO:
            raise too_much(self._given, self._compressed)
        return count

    def close(self) -> None:
        self._stream.close()
        super().close()


def _damaged_zstd() -> ParseError:
    return ParseError(
        "truncated_zstd",
        Text(zh="zstd 压缩文件不完整或已损坏。", en="The zstd file is cut short or damaged."),
        hint=Text(zh="请重新压缩并上传完整的文件。", en="Compress it again and upload the whole file."),
    )
