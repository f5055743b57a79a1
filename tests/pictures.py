"""Small pictures made by our own code, of any size on paper."""

from __future__ import annotations

import struct
import zlib


def png(width: int = 1, height: int = 1, *, remark: bytes = b"") -> bytes:
    """A grey PNG whose head says so many pixels; the one row it holds is enough for whoever reads heads."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"tEXt", b"Comment\0" + remark), (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def jpeg(width: int = 1, height: int = 1) -> bytes:
    """Application data, a frame and a scan of one byte."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\0"
    return (
        b"\xff\xd8"
        + _segment(0xE0, b"JFIF\0")
        + _segment(0xC0, frame)
        + _segment(0xDA, b"\x01\x01\0\0\x3f\0")
        + (b"\0\xff\xd9")
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content
