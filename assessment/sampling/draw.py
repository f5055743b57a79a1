"""A draw that neither side can steer and anybody can repeat.

The body commits to a secret (its digest); the centre, not knowing it, commits to its inventory with a word of its own;
then the secret is opened. The seed depends on all of them, so the body fixed its part before it saw the inventory, and
the centre its part before it saw the secret.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from decimal import ROUND_CEILING, Decimal

from core.errors import InputError
from core.provenance import digest
from core.text import Text

SECRET_BYTES = 32
SHARE_OF_CARDS = Decimal("0.05")  # of the serial numbers, by the scheme
_PURPOSE = b"zhiheng sample 1\n"


def new_secret() -> str:
    """64 hexadecimal digits from the operating system; the only thing here that is not repeatable."""
    return secrets.token_hex(SECRET_BYTES)


def commitment_to(secret: str) -> str:
    """`sha256:…` of the secret, to be handed out before the inventory comes."""
    return digest(_PURPOSE + secret.encode("ascii"))


def sample_size(population: int, *, share: Decimal = SHARE_OF_CARDS, at_least: int = 1) -> int:
    """So many of a population: the share of it rounded up, at least the floor, at most all.

    Args:
        population: how many there are, at least 1.
        share: 0 < share ≤ 1, exact.
        at_least: a floor for small populations.
    """
    if population < 1 or not 0 < share <= 1 or at_least < 0:
        raise ValueError("a sample needs a population and a share of it")
    return min(population, max(at_least, int((population * share).to_integral_value(ROUND_CEILING))))


def seed_of(secret: str, *, inventory_commitment: str) -> bytes:
    """32 bytes from both commitments; the centre's word is inside its own."""
    return hashlib.sha256(_PURPOSE + f"{secret}\n{inventory_commitment}\n".encode("ascii")).digest()


def draw(names: tuple[str, ...], *, seed: bytes, size: int) -> tuple[str, ...]:
    """The sample, in the order of drawing: names by HMAC-SHA256 of the seed, smallest first.

    Each name's place depends on the seed and the name alone, so the order of the inventory does not matter and a
    longer sample begins with the shorter one.

    Args:
        names: N different names.
        seed: 32 bytes, as `seed_of` returns.
        size: how many, at most N.
    """
    if not 0 <= size <= len(names):
        raise ValueError("a sample is a part of its population")
    return tuple(sorted(names, key=lambda name: (_ticket(seed, name), name))[:size])


def opened(secret: str, *, commitment: str) -> None:
    """Raises:
    InputError: `secret_differs`: this is not what the body committed to.
    """
    if not hmac.compare_digest(commitment_to(secret), commitment):
        raise InputError(
            "secret_differs",
            Text(zh="公开的随机数与先前的承诺不符。", en="The opened secret is not the one committed to."),
            hint=Text(
                zh="请使用作出承诺时的随机数；承诺之后不能更换。",
                en="Give the secret the commitment was made of; after it none can take its place.",
            ),
        )


def _ticket(seed: bytes, name: str) -> bytes:
    return hmac.digest(seed, name.encode("utf-8"), "sha256")
