"""The digest and the name of a file, as the headers of an upload or the address of a list say them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

import re2
from rest_framework.exceptions import ErrorDetail, ValidationError

from core.errors import InputError
from core.provenance import Where
from core.text import Text

_MEMBER = re2.compile(r"\s*([A-Za-z0-9-]+)\s*=\s*:?([^,:]*):?\s*")
_HEX = re2.compile(r"[0-9a-fA-F]{64}")
_EXTENDED = re2.compile(r"(?i)utf-8'[a-z0-9-]*'((?:[a-z0-9!#$&+.^_`|~-]|%[0-9a-f]{2})*)")


def declared_sha256(headers: Mapping[str, str]) -> str:
    """The SHA-256 of `Digest` or `Repr-Digest` as hexadecimal digits; empty when neither names one.

    Raises:
        InputError: `bad_digest`.
    """
    for header in ("Repr-Digest", "Content-Digest", "Digest"):
        if value := headers.get(header):
            return sha256_of(value, field=header)
    return ""


def sha256_of(value: str, *, field: str) -> str:
    """From `sha-256=<base64>`, `sha-256=:<base64>:` or `sha-256=<64 hexadecimal digits>`, among other algorithms."""
    for member in value.split(","):
        match = _MEMBER.fullmatch(member)
        if match and match.group(1).lower() == "sha-256":
            return _hexadecimal(match.group(2).strip(), field=field)
    raise _bad_digest(field)


def declared_name(headers: Mapping[str, str]) -> str:
    """The name in `X-Filename*` (RFC 8187) or plain `X-Filename`; empty when there is none.

    Raises:
        InputError: `bad_filename`.
    """
    if (extended := headers.get("X-Filename*")) is not None:
        match = _EXTENDED.fullmatch(extended.strip())
        try:
            if match:
                return unquote_to_bytes(match.group(1)).decode("utf-8")
        except UnicodeDecodeError:
            pass
        raise InputError(
            "bad_filename",
            Text(zh="X-Filename* 不是有效的 RFC 8187 值。", en="X-Filename* is not a valid RFC 8187 value."),
            where=Where(field="X-Filename*"),
            hint=Text(zh="例如 UTF-8''%E6%8A%A5%E5%91%8A.csv", en="For example UTF-8''report.csv"),
        )
    return headers.get("X-Filename", "")


def sha256_sought(value: str) -> str:
    """A whole SHA-256 to look for: anything else would find nothing, which is no answer to a slip of the pen.

    Raises:
        ValidationError: `not_a_sha256`.
    """
    if not _HEX.fullmatch(value):
        raise ValidationError({"sha256": [ErrorDetail("64 hexadecimal digits", code="not_a_sha256")]})
    return value.lower()


def _hexadecimal(value: str, *, field: str) -> str:
    if _HEX.fullmatch(value):
        return value.lower()
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _bad_digest(field) from error
    if len(raw) != 32:
        raise _bad_digest(field)
    return raw.hex()


def _bad_digest(field: str) -> InputError:
    return InputError(
        "bad_digest",
        Text(zh=f"{field} 中没有可用的 SHA-256。", en=f"{field} holds no usable SHA-256."),
        where=Where(field=field),
        hint=Text(zh="请写作 sha-256=<Base64>。", en="Write sha-256=<base64>."),
    )
