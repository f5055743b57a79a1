"""The installation's own key: made on first use, kept where only its owner reads it, its public half for everybody."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from core.signature import PublicKey, Signature, public_key, signed

FILE = "signing_key.pem"


def sign(content: bytes) -> Signature:
    """Signed with the installation's key; the first signature of an installation makes the key.

    Raises:
        ImproperlyConfigured: the key that was given or kept is no Ed25519 key.
    """
    return signed(content, key=_key())


def own_public_key() -> PublicKey:
    return public_key(_key())


def _key() -> Ed25519PrivateKey:
    """From `ZHIHENG_SIGNING_KEY`, which several hosts share, else from the home of this installation."""
    if settings.SIGNING_KEY:
        return _read(settings.SIGNING_KEY.encode(), named="ZHIHENG_SIGNING_KEY")
    path = Path(settings.HOME) / FILE
    try:
        return _read(path.read_bytes(), named=str(path))
    except FileNotFoundError:
        _make(path)
        return _read(path.read_bytes(), named=str(path))


def _make(path: Path) -> None:
    """Write a new key, whole and readable by its owner only; of two processes the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(unfinished, path)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()


def _read(content: bytes, *, named: str) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(content, password=None)
    except (ValueError, TypeError) as error:
        raise ImproperlyConfigured(f"{named} is not usable: it must be an Ed25519 key as PEM (PKCS 8).") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ImproperlyConfigured(f"{named} is not usable: it must be an Ed25519 key, not {type(key).__name__}.")
    return key
