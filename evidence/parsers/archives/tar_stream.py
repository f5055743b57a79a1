"""The members of a tar archive, one after the other, as a stream that is never rewound.

Plain files and folders only: links, devices and sparse files are refused, and so is every header that would take
memory by its own word. The two dialects that ordinary `tar` writes, GNU and pax, are read.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from evidence.parsers.text.archive import MOST_MEMBERS, leads_outside, member_name, unsafe

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BLOCK = 512
_LONGEST_HEADER = 64 * 1024
_LARGEST = 1 << 50  # beyond it no place in a file is one
_NAME, _SIZE, _CHECKSUM, _TYPE = slice(0, 100), slice(124, 136), slice(148, 156), slice(156, 157)
_MAGIC, _PREFIX = slice(257, 263), slice(345, 500)
_REFUSED = {
    b"1": "hard link",
    b"2": "link",
    b"K": "link",
    b"3": "device",
    b"4": "device",
    b"6": "device",
    b"S": "sparse",
}


class TarMember(io.RawIOBase):
    """One file; what is not read of it is passed over."""

    def __init__(self, stream: BinaryIO, name: str, size: int) -> None:
        self._stream = stream
        self.member = name
        self.size = size
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        chunk = self._stream.read(min(len(view), self._left))
        if not chunk and self._left:
            raise unsafe(self.member, "damaged")
        self._left -= len(chunk)
        view[: len(chunk)] = chunk
        return len(chunk)

    def pass_over(self) -> None:
        if self._stream.seekable():  # past the end as well, where the next header is then missed
            self._stream.seek(self._left, io.SEEK_CUR)
            self._left = 0
        while self.read(_LONGEST_HEADER):
            pass


def is_tar(head: bytes) -> bool:
    """Whether a file begins with the header of a member: its own checksum tells."""
    return len(head) >= BLOCK and _holds(head[:BLOCK])


def tar_members(stream: BinaryIO) -> Iterator[TarMember]:
    """Files in the order they stand in; each is to be read before the next is asked for.

    Raises:
        ParseError: `unsafe_archive` naming the member.
    """
    longer: str | None = None
    larger: int | None = None
    fault = ""
    found = 0
    while (block := _exactly(stream, BLOCK)) != bytes(BLOCK):
        if not _holds(block):
            raise unsafe("?", "directory")
        kind, size = block[_TYPE], _number(block[_SIZE])
        name = longer or _own_name(block)
        if kind in _REFUSED:
            raise unsafe(name, _REFUSED[kind])
        if kind == b"L":
            longer = member_name(_header(stream, size).rstrip(b"\0"))
            continue
        if kind in (b"x", b"g"):
            told = _pax(_header(stream, size))
            fault = told.get("fault", fault)
            if kind == b"x":
                longer, larger = told.get("path", longer), int(told["size"]) if "size" in told else None
            continue
        if fault:
            raise unsafe(name, fault)
        if kind not in (b"0", b"\0", b"5"):
            raise unsafe(name, "method")
        found += 1
        if found > MOST_MEMBERS:
            raise unsafe("?", "members")
        if leads_outside(name):
            raise unsafe(name, "path")
        member = TarMember(stream, _plain(name), size if larger is None else larger)
        if member.size > _LARGEST:
            raise unsafe(name, "directory")
        if kind != b"5" and not name.endswith("/"):
            yield member
        member.pass_over()
        _exactly(stream, -member.size % BLOCK)
        longer = larger = None
    while rest := stream.read(_LONGEST_HEADER):
        if rest.count(0) != len(rest):
            raise unsafe("?", "bytes after")


def _holds(block: bytes) -> bool:
    """The sum over all bytes of the header, its own field counted as blanks."""
    told = block[_CHECKSUM].strip(b"\0 ")
    if not told or any(digit not in b"01234567" for digit in told):
        return False
    return int(told, 8) == sum(block) - sum(block[_CHECKSUM]) + 8 * 0x20


def _number(field: bytes) -> int:
    """Octal digits, or GNU's binary form for what they cannot say."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b"\0 ")
    if field[0] & 0x80 or any(digit not in b"01234567" for digit in digits):
        raise unsafe("?", "directory")
    return int(digits or b"0", 8)


def _own_name(block: bytes) -> str:
    name = block[_NAME].split(b"\0", 1)[0]
    prefix = block[_PREFIX].split(b"\0", 1)[0] if block[_MAGIC] == b"ustar\0" else b""
    return member_name(prefix + b"/" + name if prefix else name)


def _plain(name: str) -> str:
    """`./a//b` is `a/b`."""
    return "/".join(part for part in name.split("/") if part not in ("", "."))


def _header(stream: BinaryIO, size: int) -> bytes:
    if size > _LONGEST_HEADER:
        raise unsafe("?", "directory")
    content = _exactly(stream, size)
    _exactly(stream, -size % BLOCK)
    return content


def _pax(content: bytes) -> dict[str, str]:
    """Path and size from records of `length key=value` and a line end; `fault` is why the member is refused."""
    told: dict[str, str] = {}
    while content:
        length, _, _ = content.partition(b" ")
        if not (length.isdigit() and len(length) < 6 and len(length) < int(length) <= len(content)):
            return {"fault": "directory"}
        record, content = content[len(length) + 1 : int(length)], content[int(length) :]
        key, equals, value = record.removesuffix(b"\n").partition(b"=")
        if not equals or (key == b"size" and not (value.isdigit() and len(value) < 18)):
            return {"fault": "directory"}
        if key.startswith(b"GNU.sparse"):
            told["fault"] = "sparse"
        elif key == b"linkpath":
            told["fault"] = "link"
        elif key in (b"path", b"size"):
            told[key.decode()] = member_name(value)
    return told


def _exactly(stream: BinaryIO, size: int) -> bytes:
    content = b""
    while len(content) < size:
        chunk = stream.read(size - len(content))
        if not chunk:
            raise unsafe("?", "cut short")
        content += chunk
    return content
