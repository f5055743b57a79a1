"""What a picture is and how large, read off its own head: nothing is decoded, for nobody here looks at its pixels."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

_PNG_HEAD, _JPEG_HEAD = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_IHDR, _PNG_END = struct.pack(">I4s", 13, b"IHDR"), b"IEND\xaeB`\x82"
_SCAN, _JPEG_END = 0xDA, b"\xff\xd9"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # the three are tables, whatever their number
_MOST_SEGMENTS = 10_000  # 64 KiB each; a file of fill bytes is not walked to its end
MEDIA_TYPES = {_JPEG_HEAD: "image/jpeg", _PNG_HEAD: "image/png"}


@dataclass(frozen=True, slots=True)
class Picture:
    media_type: str
    width: int
    height: int

    @property
    def pixels(self) -> int:
        return self.width * self.height


def media_type_of(head: bytes) -> str | None:
    """By the first bytes; None for anything but JPEG and PNG."""
    return next((media_type for start, media_type in MEDIA_TYPES.items() if head.startswith(start)), None)


def picture_in(content: bytes) -> Picture | None:
    """The picture a file holds; None for one that is cut off, or begins like a picture and is none."""
    media_type = media_type_of(content)
    size = {"image/png": _png_size, "image/jpeg": _jpeg_size}[media_type](content) if media_type else None
    return Picture(media_type, *size) if media_type and size and all(size) else None


def _png_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG that has pixels and an end; what a camera wrote behind the end is let be."""
    header, checksum = content[12:29], content[29:33]
    if content[8:16] != _IHDR or checksum != struct.pack(">I", zlib.crc32(header)):
        return None
    if not 0 < content.find(b"IDAT", 33) < content.find(_PNG_END, 33):
        return None
    width, height = struct.unpack_from(">II", content, 16)
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG whose frame comes before its first scan, and whose scan ends."""
    at, size = 2, None
    for _segment in range(_MOST_SEGMENTS):
        if at + 9 > len(content) or content[at] != 0xFF:
            return None
        marker = content[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == _SCAN:
            return size if content.find(_JPEG_END, at) > 0 else None
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            size = width, height
        at += 2 + int.from_bytes(content[at + 2 : at + 4])
    return None
