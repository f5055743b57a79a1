"""The words of tus 1.0.0: what its headers may say, and what ours do."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping

import re2
from django.conf import settings
from django.utils.http import http_date

from core.errors import InputError
from core.provenance import Where
from core.quantity import LONGEST_NUMBER
from core.suggestion import meant
from core.text import Text
from evidence.models import Upload
from evidence.services.receive_evidence import Declared
from operations.http.words import HINT_BY_CODE

VERSION = "1.0.0"
MEDIA_TYPE = "application/offset+octet-stream"
EXTENSIONS = "creation,expiration,checksum,termination"
ALGORITHMS = ("sha256", "sha1", "sha512")  # sha1 is what the protocol demands at least

_KEY = re2.compile(r"[!-+\--~]{1,64}")  # visible ASCII without the comma
_WORD = {
    "filename": "name",
    "centre": "centre",
    "format": "format",
    "timezone": "timezone",
    "encoding": "encoding",
    "map": "column_map",
}
_OF_OTHERS = frozenset(("name", "filetype", "type", "relativePath", "contentType"))  # what stock clients add
_HEX = re2.compile(r"[0-9a-fA-F]{64}")
_LONGEST_METADATA = 8 * 1024


def capabilities() -> dict[str, str]:
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(settings.EVIDENCE_LIMIT),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def progress_headers(upload: Upload) -> dict[str, str]:
    return {"Upload-Offset": str(upload.offset), "Upload-Expires": http_date(upload.expires_at.timestamp())}


def check_version(headers: Mapping[str, str]) -> None:
    """Refuse a request that does not speak this version.

    Raises:
        InputError: `tus_version`.
    """
    if headers.get("Tus-Resumable") != VERSION:
        raise InputError(
            "tus_version",
            Text(zh=f"只支持 tus {VERSION}。", en=f"Only tus {VERSION} is spoken here."),
            where=Where(field="Tus-Resumable"),
            hint=Text(zh=f"请发送 Tus-Resumable: {VERSION}。", en=f"Send Tus-Resumable: {VERSION}."),
        )


def refuse_concatenation(headers: Mapping[str, str]) -> None:
    """Refuse to begin a part, or a whole made of parts: an extension that is not offered.

    Raises:
        InputError: `bad_header`.
    """
    if "Upload-Concat" in headers:
        raise _bad_header("Upload-Concat", Text(zh="不支持拼接上传", en="uploads are not put together of others"))


def whole_number(headers: Mapping[str, str], name: str) -> int:
    """A header that says how many bytes.

    Raises:
        InputError: `bad_header`.
    """
    value = headers.get(name, "")
    if not (value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER):
        raise _bad_header(name, Text(zh="应为非负整数", en="a whole number is due"))
    return int(value)


def read_metadata(header: str) -> tuple[Declared, str]:
    """What `Upload-Metadata` says about the file, and the slug of its centre.

    Raises:
        InputError: `bad_header` for what is no metadata, `unknown_field` for a key we do not know.
    """
    if len(header) > _LONGEST_METADATA:
        raise _bad_header("Upload-Metadata", Text(zh="内容过长", en="it is too long"))
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        if not _KEY.fullmatch(key) or key in found:
            raise _bad_header("Upload-Metadata", Text(zh="键无效或重复", en="a key is not valid, or there twice"))
        found[key] = _text(value.strip())
    centre = found.pop("centre", "")
    sha256 = found.pop("sha256", "")
    if sha256 and not _HEX.fullmatch(sha256):
        raise _bad_header(
            "Upload-Metadata", Text(zh="sha256 应为 64 位十六进制", en="sha256 takes 64 hexadecimal digits")
        )
    if "filename" not in found and "name" in found:
        found["filename"] = found["name"]
    for key in found:
        if key not in _WORD and key not in _OF_OTHERS:
            raise InputError(
                "unknown_field",
                Text(zh=f"Upload-Metadata 中没有“{key}”这一项。", en=f"Upload-Metadata takes no `{key}`."),
                where=Where(field=f"Upload-Metadata.{key}"),
                hint=meant(key, _WORD, otherwise=HINT_BY_CODE["unknown_field"]),
            )
    words = {_WORD[key]: value for key, value in found.items() if key in _WORD}
    return Declared(**words, sha256=sha256.lower()), centre


class AnnouncedChecksum:
    """`Upload-Checksum` of one piece."""

    def __init__(self, header: str) -> None:
        """Reads `<algorithm> <base64>`.

        Raises:
            InputError: `bad_header`, also for an algorithm we do not know.
        """
        algorithm, _, value = header.partition(" ")
        if algorithm not in ALGORITHMS:
            known = ", ".join(ALGORITHMS)
            raise _bad_header("Upload-Checksum", Text(zh=f"可用算法：{known}", en=f"known algorithms are {known}"))
        self._running = hashlib.new(algorithm, usedforsecurity=False)
        self._expected = _bytes(value.strip(), "Upload-Checksum")

    def update(self, chunk: bytes) -> None:
        self._running.update(chunk)

    def holds(self) -> bool:
        return self._running.digest() == self._expected


def _text(value: str) -> str:
    try:
        return _bytes(value, "Upload-Metadata").decode("utf-8")
    except UnicodeDecodeError as error:
        raise _bad_header("Upload-Metadata", Text(zh="值应为 UTF-8", en="values are UTF-8")) from error


def _bytes(value: str, header: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _bad_header(header, Text(zh="值应为 Base64", en="values are Base64")) from error


def _bad_header(name: str, why: Text) -> InputError:
    return InputError(
        "bad_header",
        Text(zh=f"{name} 无法使用：{why.zh}。", en=f"{name} is not usable: {why.en}."),
        where=Where(field=name),
        hint=_HINTS[name],
    )


_LENGTH = Text(zh="请填写文件的字节数，例如 1048576。", en="Write a number of bytes, such as 1048576.")
_HINTS = {
    "Upload-Length": _LENGTH,
    "Upload-Offset": _LENGTH,
    "Upload-Concat": Text(
        zh="请以一个上传分段发送整个文件；并行上传请设为 1。",
        en="Send the file in pieces of one upload; set the number of parallel uploads to 1.",
    ),
    "Upload-Metadata": Text(
        zh="请写“键 值”，以逗号分隔，值为 UTF-8 的 Base64，例如 filename bS5jc3Y=。",
        en="Write `key value` with commas between, each value the Base64 of UTF-8, such as `filename bS5jc3Y=`.",
    ),
    "Upload-Checksum": Text(
        zh="请写算法名、一个空格和摘要的 Base64，例如 sha256 …。",
        en="Write an algorithm, one blank and the Base64 of the digest, such as `sha256 …`.",
    ),
}
