"""Pre-flight of a zip archive: its directory is checked before anything is inflated; no member names where it goes.

The standard library reads a 25 kB archive of overlapping members as a gigabyte without complaint, and a directory
of a million names for many seconds; so the directory is read here, against fixed budgets.
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from core.errors import ParseError
from core.provenance import Where
from core.text import Text

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MOST_MEMBERS = 10_000
RATIO_FREE = 64 * 1024 * 1024
HIGHEST_RATIO = 100
_CHUNK = 256 * 1024
_LARGEST_DIRECTORY = 16 * 1024 * 1024  # names of a thousand letters for every member there may be

_END = struct.Struct("<4s4H2LH")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _SIZES_FOLLOW = 0x1, 0x8
_IN_ZIP64, _BYTES_IN_ZIP64 = 0xFFFF, 0xFFFFFFFF
_LINK, _FILE_TYPE, _REGULAR, _FOLDER = 0o120000, 0o170000, 0o100000, 0o040000
PACKED_ENDINGS = (".zip", ".gz", ".tgz", ".tar", ".7z", ".rar", ".bz2", ".xz", ".zst", ".tzst")
_NOT_IN_A_WORKBOOK = (*PACKED_ENDINGS, ".xlsx", ".xlsm")


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive, as directory and local header agree on it."""

    name: str
    method: int
    compressed: int
    size: int
    data_at: int
    crc: int


def read_directory(
    stream: BinaryIO, size: int, *, largest: int, refused: tuple[str, ...] = _NOT_IN_A_WORKBOOK
) -> dict[str, Member]:
    """The members of an archive by name.

    Args:
        stream: the archive, seekable.
        size: its length in bytes.
        largest: how many bytes all members may have together.
        refused: endings no member may have, because an archive inside an archive is not opened.

    Raises:
        ParseError: `unsafe_archive` naming the member; `expands_too_much` with both sizes.
    """
    entries, start, end = _end_record(stream, size)
    members: dict[str, Member] = {}
    spans: list[tuple[int, int, str]] = []
    stream.seek(start)
    directory = stream.read(end - start)
    position = 0
    for _ in range(entries):
        if position + _CENTRAL.size > len(directory):
            raise unsafe("?", "directory")
        entry = _CENTRAL.unpack_from(directory, position)
        names_at = position + _CENTRAL.size
        raw_name = directory[names_at : names_at + entry[10]]
        position = names_at + entry[10] + entry[11] + entry[12]
        member, offset = _member(stream, entry, raw_name, before=start)
        if member.name.lower().endswith(refused):
            raise unsafe(member.name, "archive")
        if member.name in members:
            raise unsafe(member.name, "twice")
        members[member.name] = member
        spans.append((offset, member.data_at + member.compressed, member.name))
    if position != len(directory):
        raise unsafe("?", "directory")
    _check_spans(spans)
    _check_size(sum(member.size for member in members.values()), size, largest)
    return members


class MemberStream(io.RawIOBase):
    """One member, inflated while it is read, never beyond the size its directory entry promised."""

    def __init__(self, stream: BinaryIO, member: Member) -> None:
        self._stream = stream
        self._member = member
        self._left = member.compressed
        self._given = 0
        self._inflater = zlib.decompressobj(-15) if member.method == _DEFLATED else None
        stream.seek(member.data_at)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        chunk = self._next(len(view))
        self._given += len(chunk)
        if self._given > self._member.size:
            raise too_much(self._given, self._member.compressed)
        view[: len(chunk)] = chunk
        return len(chunk)

    def _next(self, wanted: int) -> bytes:
        if self._inflater is None:
            return self._compressed(wanted)
        while not self._inflater.eof:
            waiting = self._inflater.unconsumed_tail or self._compressed(_CHUNK)
            try:
                chunk = self._inflater.decompress(waiting, wanted)
            except zlib.error as error:
                raise unsafe(self._member.name, "damaged") from error
            if chunk:
                return chunk
            if not waiting:
                raise unsafe(self._member.name, "damaged")
        return b""

    def _compressed(self, wanted: int) -> bytes:
        chunk = self._stream.read(min(wanted, self._left))
        self._left -= len(chunk)
        return chunk


def _end_record(stream: BinaryIO, size: int) -> tuple[int, int, int]:
    """Number of entries, and where the directory starts and ends; it must end where the end record starts."""
    tail_at = max(0, size - _END.size - 0xFFFF)
    stream.seek(tail_at)
    tail = stream.read()
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or found + _END.size > len(tail):
        raise unsafe("?", "no directory")
    _, disk, first_disk, here, entries, length, start, comment = _END.unpack_from(tail, found)
    at = tail_at + found
    if at + _END.size + comment != size:
        raise unsafe("?", "bytes after")
    if MOST_MEMBERS < entries < _IN_ZIP64 or (length > _LARGEST_DIRECTORY and start < _BYTES_IN_ZIP64):
        raise unsafe("?", "members")
    if entries == _IN_ZIP64 or _BYTES_IN_ZIP64 in (start, length):
        raise unsafe("?", "zip64")
    if disk or first_disk or here != entries or start + length != at:
        raise unsafe("?", "directory")
    return entries, start, at


def _member(stream: BinaryIO, entry: tuple[Any, ...], raw_name: bytes, *, before: int) -> tuple[Member, int]:
    signature, made_by, _, flags, method, _, _, crc, compressed, size = entry[:10]
    attributes, offset = entry[15], entry[16]
    name = member_name(raw_name)
    if signature != b"PK\x01\x02":
        raise unsafe(name, "directory")
    if flags & _ENCRYPTED:
        raise unsafe(name, "encrypted")
    mode = attributes >> 16 if made_by >> 8 == 3 else 0  # made on Unix: the upper half is the file mode
    if mode & _FILE_TYPE not in (0, _REGULAR, _FOLDER):
        raise unsafe(name, "link" if mode & _FILE_TYPE == _LINK else "device")
    if leads_outside(name):
        raise unsafe(name, "path")
    if method not in (_STORED, _DEFLATED):
        raise unsafe(name, "method")
    if offset + _LOCAL.size > before:
        raise unsafe(name, "overlap")
    stream.seek(offset)
    local = _LOCAL.unpack(stream.read(_LOCAL.size))
    sizes_follow = local[2] & _SIZES_FOLLOW
    if local[0] != b"PK\x03\x04" or local[3] != method or local[2] & _ENCRYPTED:
        raise unsafe(name, "disagree")
    if not sizes_follow and (local[7], local[8]) != (compressed, size):
        raise unsafe(name, "disagree")
    if stream.read(local[9]) != raw_name:
        raise unsafe(name, "disagree")
    data_at = offset + _LOCAL.size + local[9] + local[10]
    if data_at + compressed > before:
        raise unsafe(name, "overlap")
    return Member(name, method, compressed, size, data_at, crc), offset


def member_name(raw: bytes) -> str:
    """A name as people wrote it: Chinese Windows packs names in GBK and says so nowhere."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp437")


def leads_outside(name: str) -> bool:
    """Whether a member's name is more than a path below the archive's own folder."""
    parts = name.replace("\\", "/").split("/")
    return (
        not name
        or name.startswith(("/", "\\"))
        or ".." in parts
        or (len(name) > 1 and name[1] == ":")
        or any(ord(sign) < 32 for sign in name)
    )


def _check_spans(spans: list[tuple[int, int, str]]) -> None:
    """Members stand one after the other, from the first byte on."""
    free_from = 0
    for index, (start, end, name) in enumerate(sorted(spans)):
        if start < free_from:
            raise unsafe(name, "overlap")
        if index == 0 and start != 0:
            raise unsafe(name, "bytes before")
        free_from = end


def _check_size(inflated: int, compressed: int, largest: int) -> None:
    if inflated > largest or (inflated > RATIO_FREE and inflated > compressed * HIGHEST_RATIO):
        raise too_much(inflated, compressed)


def too_much(inflated: int, compressed: int) -> ParseError:
    return ParseError(
        "expands_too_much",
        Text(
            zh=f"文件展开后至少 {inflated} 字节（压缩 {compressed} 字节），超过允许范围。",
            en=f"The file expands to at least {inflated} bytes from {compressed}, more than is allowed.",
        ),
        hint=Text(zh="请拆分文件后分别上传。", en="Split it and upload the parts."),
    )


def unsafe(name: str, reason: str) -> ParseError:
    why = _REASONS[reason]
    return ParseError(
        "unsafe_archive",
        Text(zh=f"压缩文件不安全（{name[:80]}）：{why.zh}。", en=f"The archive is unsafe ({name[:80]}): {why.en}."),
        where=Where(file=name[:80]),
        hint=Text(
            zh="请重新打包后上传；工作簿请用办公软件重新保存。",
            en="Pack it again and upload that; a workbook, save again with your office software.",
        ),
    )


_REASONS = {
    "directory": Text(zh="目录无法读取", en="its directory cannot be read"),
    "no directory": Text(zh="没有目录，文件可能被截断", en="it has no directory, it may be cut short"),
    "cut short": Text(zh="内容在结束前中断", en="it is cut off before its end"),
    "members": Text(zh=f"文件超过 {MOST_MEMBERS} 个", en=f"it has more than {MOST_MEMBERS} members"),
    "zip64": Text(
        zh="zip64 格式不受支持，大文件请用 .tar.gz 或 .tar.zst", en="zip64 is not read; use .tar.gz or .tar.zst"
    ),
    "bytes after": Text(zh="压缩内容之后还有数据", en="bytes follow the archive"),
    "bytes before": Text(zh="压缩内容之前还有数据", en="bytes stand before the archive"),
    "twice": Text(zh="同名文件出现两次", en="two members have one name"),
    "encrypted": Text(zh="文件被加密", en="a member is encrypted"),
    "link": Text(zh="包含符号链接", en="a member is a link"),
    "hard link": Text(zh="包含硬链接", en="a member is a hard link"),
    "sparse": Text(zh="包含稀疏文件", en="a member is a sparse file"),
    "device": Text(zh="包含设备文件", en="a member is a device"),
    "path": Text(zh="路径指向外部", en="a path leads outside"),
    "archive": Text(zh="压缩文件中还有压缩文件", en="an archive stands inside the archive"),
    "method": Text(zh="压缩方法不受支持", en="its compression method is not accepted"),
    "overlap": Text(zh="文件内容重叠", en="members overlap"),
    "disagree": Text(zh="目录与内容不一致", en="directory and local header disagree"),
    "damaged": Text(zh="内容已损坏", en="its content is damaged"),
}
