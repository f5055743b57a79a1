"""The order of facilities: eligible before blocked, grade after caps, published score; equal ones share a rank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessment.scoring.result import Result, Verdict
from indicators.rubric.model import Edition

Key = tuple[int, Decimal]


@dataclass(frozen=True, slots=True)
class Ranked:
    """One facility in the list.

    Args:
        rank: None when blocked; a blocked facility is listed without a rank.
        peer_group: the facility's values of the rubric's peer attributes; None where one is not known.
        peer_rank: rank inside the group, None when blocked, without group, or in a group too small to be published.
    """

    result: Result
    rank: int | None
    peer_group: tuple[str, ...] | None
    peer_rank: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a facility stands, overall and in its peer group; as in `Ranked`."""

    rank: int | None
    peer_group: tuple[str, ...] | None
    peer_rank: int | None


def rank(
    edition: Edition, results: Iterable[Result], *, profiles: Mapping[str, Mapping[str, Any]] | None = None
) -> tuple[Ranked, ...]:
    """All facilities in order; the order of `results` does not matter.

    Args:
        results: of one edition, one per facility.
        profiles: attributes by facility, for peer groups.

    Raises:
        ValueError: results of different editions, or two of one facility.
    """
    listed = sorted(results, key=lambda result: result.facility)
    if any(result.edition_digest != edition.digest for result in listed):
        raise ValueError("results of different editions cannot be ranked together")
    if len({result.facility for result in listed}) != len(listed):
        raise ValueError("one facility has two results")
    keys = {result.facility: key_of(edition, result.verdict, result.grade, result.score) for result in listed}
    placed = places(edition, keys, profiles=profiles)
    ranked = [Ranked(result, one.rank, one.peer_group, one.peer_rank)
              for result in listed if (one := placed[result.facility])]  # fmt: skip
    return tuple(sorted(ranked, key=lambda one: (one.rank is None, one.rank or 0, one.result.facility)))


def key_of(edition: Edition, verdict: Verdict, grade: str | None, score: Decimal | None) -> Key | None:
    """What decides the place, the greater the better; None for a blocked facility."""
    if verdict is Verdict.BLOCKED or score is None:
        return None
    return (edition.grades.rank(grade) if edition.grades and grade else 0, score)


def places(
    edition: Edition, keys: Mapping[str, Key | None], *, profiles: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, Place]:
    """The places that keys by facility amount to, best first, blocked ones last, equal ones by name."""
    overall = _shared_ranks(keys)
    groups = {facility: _group(edition, (profiles or {}).get(facility, {})) for facility in keys}
    peers = _peer_ranks(edition, keys, groups)
    found = {facility: Place(overall.get(facility), groups[facility], peers.get(facility)) for facility in keys}
    return dict(sorted(found.items(), key=lambda one: (one[1].rank is None, one[1].rank or 0, one[0])))


def _shared_ranks(keys: Mapping[str, Key | None]) -> dict[str, int]:
    """1 + the number of better ones."""
    ranks: dict[str, int] = {}
    placed = sorted(((key, facility) for facility, key in keys.items() if key is not None), reverse=True)
    for position, (key, facility) in enumerate(placed):
        tied = position > 0 and placed[position - 1][0] == key
        ranks[facility] = ranks[placed[position - 1][1]] if tied else position + 1
    return ranks


def _peer_ranks(
    edition: Edition, keys: Mapping[str, Key | None], groups: Mapping[str, tuple[str, ...] | None]
) -> dict[str, int]:
    ranks: dict[str, int] = {}
    for group in {group for group in groups.values() if group is not None}:
        members = {facility: keys[facility] for facility, own in groups.items() if own == group}
        if edition.peers is not None and len(members) >= edition.peers.at_least:
            ranks |= _shared_ranks(members)
    return ranks


def _group(edition: Edition, profile: Mapping[str, Any]) -> tuple[str, ...] | None:
    if edition.peers is None:
        return None
    values = [profile.get(attribute) for attribute in edition.peers.attributes]
    return None if any(value in (None, "") for value in values) else tuple(str(value) for value in values)
