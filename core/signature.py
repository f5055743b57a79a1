"""Ed25519 signatures over bytes, and the public half of a key as files and pages carry it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from core.provenance import digest

ALGORITHM = "Ed25519"
_KEY_BYTES, _SIGNATURE_BYTES = 32, 64


@dataclass(frozen=True, slots=True, order=True)
class PublicKey:
    """The public half: 32 bytes, known by their SHA-256."""

    raw: bytes

    @property
    def id(self) -> str:
        """`sha256:…` of the 32 bytes: what people compare with a copy they got another way."""
        return digest(self.raw)

    def as_json(self) -> dict[str, str]:
        return {"algorithm": ALGORITHM, "id": self.id, "public_key": _text(self.raw)}

    @classmethod
    def from_text(cls, text: str) -> Self:
        """From base64.

        Raises:
            ValueError: not 32 bytes.
        """
        return cls(_bytes(text, _KEY_BYTES))

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """Raises:
        ValueError: another algorithm, an id that is not the key's, or no key at all.
        """
        if given.get("algorithm") != ALGORITHM:
            raise ValueError("another algorithm")
        key = cls.from_text(str(given.get("public_key", "")))
        if given.get("id") != key.id:
            raise ValueError("the id is not the key's")
        return key


@dataclass(frozen=True, slots=True)
class Signature:
    """64 bytes that the holder of `key` made for some content."""

    key: PublicKey
    value: bytes

    def fits(self, content: bytes) -> bool:
        """Whether the holder of the key signed exactly these bytes."""
        try:
            Ed25519PublicKey.from_public_bytes(self.key.raw).verify(self.value, content)
        except (InvalidSignature, ValueError):  # ValueError: 32 bytes that are no point of the curve
            return False
        return True

    def as_json(self) -> dict[str, str]:
        return {**self.key.as_json(), "value": _text(self.value)}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """Raises:
        ValueError: not the shape `as_json` gives.
        """
        return cls(PublicKey.from_json(given), _bytes(str(given.get("value", "")), _SIGNATURE_BYTES))


def signed(content: bytes, *, key: Ed25519PrivateKey) -> Signature:
    """The same content and key give the same signature."""
    return Signature(public_key(key), key.sign(content))


def public_key(key: Ed25519PrivateKey) -> PublicKey:
    return PublicKey(key.public_key().public_bytes_raw())


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _bytes(text: str, length: int) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64") from error
    if len(found) != length:
        raise ValueError(f"{len(found)} bytes instead of {length}")
    return found
