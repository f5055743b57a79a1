"""A draw as one JSON record, with everything needed to repeat it but the inventory itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from assessment.sampling.draw import draw, opened, sample_size, seed_of
from assessment.sampling.inventory import commitment_of
from core.errors import InputError
from core.quantity import plain
from core.text import Text

CONTRACT = 1


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn, and from what; `names` are in the order of drawing."""

    of: str
    population: int
    share: Decimal
    at_least: int
    body_commitment: str
    inventory_commitment: str
    word: str
    secret: str
    names: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "contract": CONTRACT,
            "of": self.of,
            "population": self.population,
            "share": plain(self.share),
            "at_least": self.at_least,
            "body_commitment": self.body_commitment,
            "inventory_commitment": self.inventory_commitment,
            "word": self.word,
            "secret": self.secret,
            "drawn": list(self.names),
        }

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """Raises:
        InputError: `record_unreadable`.
        """
        try:
            if given["contract"] != CONTRACT:
                raise ValueError
            return cls(
                of=str(given["of"]),
                population=int(given["population"]),
                share=Decimal(given["share"]),
                at_least=int(given["at_least"]),
                body_commitment=str(given["body_commitment"]),
                inventory_commitment=str(given["inventory_commitment"]),
                word=str(given["word"]),
                secret=str(given["secret"]),
                names=tuple(map(str, given["drawn"])),
            )
        except (KeyError, TypeError, ValueError, InvalidOperation) as error:
            raise InputError(
                "record_unreadable",
                Text(zh="抽样记录无法读取。", en="The record of the draw cannot be read."),
                hint=Text(zh="请使用平台导出的 JSON。", en="Use the JSON the platform exported."),
            ) from error


def make_draw(
    names: tuple[str, ...], *, of: str, word: str, secret: str, body_commitment: str, share: Decimal, at_least: int
) -> Drawn:
    """The draw that follows from both commitments.

    Raises:
        InputError: `secret_differs`.
    """
    opened(secret, commitment=body_commitment)
    committed = commitment_of(names, of=of, word=word)
    size = sample_size(len(names), share=share, at_least=at_least)
    drawn = draw(names, seed=seed_of(secret, inventory_commitment=committed), size=size)
    return Drawn(of, len(names), share, at_least, body_commitment, committed, word, secret, drawn)


def differences(record: Drawn, names: tuple[str, ...]) -> dict[str, bool]:
    """Whether each check of a record holds against the inventory: commitments, size of the sample, the draw itself."""
    try:
        opened(record.secret, commitment=record.body_commitment)
        secret = True
    except InputError:
        secret = False
    committed = commitment_of(names, of=record.of, word=record.word)
    size = sample_size(len(names), share=record.share, at_least=record.at_least)
    again = draw(names, seed=seed_of(record.secret, inventory_commitment=committed), size=size)
    return {
        "secret": secret,
        "inventory": committed == record.inventory_commitment and len(names) == record.population,
        "size": len(record.names) == size,
        "draw": again == record.names,
    }
