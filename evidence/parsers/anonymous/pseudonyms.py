"""Names made unrecognisable and still joinable: the same name and salt give the same pseudonym in every file."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

import re2

LEAST_SALT_BYTES = 16
MOST_HOSTS = 100_000
_DIGITS = 16
_NOBODY = frozenset(("", "-", "--", "none", "null", "(null)", "n/a", "unknown", "none assigned", "nan"))
_RANGE = re2.compile(r"([0-9]+)(?:-([0-9]+))?")


class TooManyHosts(ValueError):
    """A host list that stands for more machines than any centre has."""


@dataclass
class Pseudonyms:
    """`h` and sixteen hexadecimal digits of HMAC-SHA256 over the name, keyed by a salt that stays with the centre.

    `known` is the way back, for the centre alone; it is never written.
    """

    salt: bytes
    known: dict[str, str] = field(default_factory=dict, repr=False)

    def of(self, name: str) -> str:
        """The pseudonym of a name; words for nobody and nothing stay."""
        plain = unicodedata.normalize("NFC", name).strip()
        if plain.casefold() in _NOBODY:
            return name
        if plain not in self.known:
            self.known[plain] = "h" + hmac.new(self.salt, plain.encode(), hashlib.sha256).hexdigest()[:_DIGITS]
        return self.known[plain]

    def of_hosts(self, hosts: str) -> str:
        """A host list (`cn[01-04,7],gpu1`) with a pseudonym per host, so that a host is the same one in any list.

        Raises:
            TooManyHosts: more than any centre has.
        """
        if hosts.strip().casefold() in _NOBODY:
            return hosts
        found = []
        for host in expanded(hosts):
            found.append(self.of(host))
            if len(found) > MOST_HOSTS:
                raise TooManyHosts
        return ",".join(found)


def expanded(hosts: str) -> Iterator[str]:
    """The single hosts of a Slurm host list; what is no such list is one host."""
    for part in _parts(hosts):
        opening, closing = part.find("["), part.find("]")
        if opening < 0 or closing < opening:
            yield part
            continue
        before, after = part[:opening], part[closing + 1 :]
        for piece in part[opening + 1 : closing].split(","):
            match = _RANGE.fullmatch(piece.strip())
            if match is None:
                yield from (before + piece + rest for rest in expanded(after or ""))
                continue
            first, last = match.group(1), match.group(2) or match.group(1)
            for number in range(int(first), int(last) + 1):
                for rest in expanded(after) if after else ("",):
                    yield f"{before}{number:0{len(first)}}{rest}"


def _parts(hosts: str) -> Iterator[str]:
    """Split at the commas outside of brackets."""
    depth, start = 0, 0
    for at, sign in enumerate(hosts):
        depth += (sign == "[") - (sign == "]")
        if sign == "," and depth == 0:
            yield hosts[start:at].strip()
            start = at + 1
    yield hosts[start:].strip()
