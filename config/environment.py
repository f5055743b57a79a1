"""Settings from the environment: small typed readers that fail naming variable and value."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str) -> str:
    return os.environ.get(name, default)


def in_both(name: str, *, zh: str, en: str) -> dict[str, str]:
    """The same words in both languages: `NAME_ZH` and `NAME_EN`."""
    return {"zh": text(f"{name}_ZH", zh), "en": text(f"{name}_EN", en)}


def flag(name: str, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if value.lower() not in words:
        raise _unusable(name, value, "one of " + ", ".join(words))
    return words[value.lower()]


def whole(name: str, default: int, *, least: int = 0) -> int:
    value = os.environ.get(name)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit()) or int(value) < least:
        raise _unusable(name, value, f"a whole number of at least {least}")
    return int(value)


def choice(name: str, default: str, among: Sequence[str]) -> str:
    value = os.environ.get(name, default)
    if value not in among:
        raise _unusable(name, value, "one of " + ", ".join(among))
    return value


def listed(name: str, default: Sequence[str]) -> list[str]:
    """Comma-separated words."""
    value = os.environ.get(name)
    return list(default) if value is None else [word.strip() for word in value.split(",") if word.strip()]


def folder(name: str, default: Path) -> Path:
    value = Path(os.environ.get(name) or default).expanduser()
    return value if value.is_absolute() else Path.cwd() / value


def secret(name: str) -> str | None:
    """The variable itself, or the content of the file that `NAME_FILE` points at."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise _unusable(f"{name}_FILE", path, f"a readable file ({error.strerror})") from error
    return os.environ.get(name)


def secret_key(path: Path) -> tuple[str, bool]:
    """The signing key, and whether it is only this process's own.

    A temporary key lets commands, checks and tests run on a fresh checkout without writing anything;
    servers refuse it.
    """
    if given := secret("ZHIHENG_SECRET_KEY"):
        return given, False
    try:
        return path.read_text(encoding="ascii").strip(), False
    except FileNotFoundError:
        return secrets.token_urlsafe(48), True


def _unusable(name: str, value: str, wanted: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name}={value!r} is not usable: it must be {wanted}.")
