"""One-time codes by the clock, as authenticator apps show them.

Source: RFC 4226, RFC 6238 (SHA-1, 30 s, six digits).
"""

from __future__ import annotations

import base64
import hashlib
import hmac

STEP_SECONDS = 30
DIGITS = 6


def step_at(seconds: float) -> int:
    """The time step an instant (seconds since 1970 in UTC) lies in."""
    return int(seconds) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """Six digits of one time step.

    Args:
        secret: base32, with or without its padding, as apps take it.
        step: number of the step, see `step_at`.

    Raises:
        ValueError: the secret is not base32.
    """
    key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    digest = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"
