"""What the commands on facts files share: read rubric, facts and profiles, score every facility."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assessment.scoring.chance.processes import shared_out
from assessment.scoring.facts import (
    Facility,
    add_profiles,
    categories,
    derived_faults,
    read_facts,
    read_profiles,
    unit_faults,
    unknown_measures,
)
from assessment.scoring.facts_rows import FactsError
from assessment.scoring.inputs import inputs_digest
from assessment.scoring.ranking import Ranked, rank
from assessment.scoring.result import Result
from assessment.scoring.samples import Samples
from assessment.scoring.semantics.registry import score
from assessment.scoring.together import samples_of
from core.canonical import jsonable
from core.suggestion import meant
from core.text import Text
from indicators.rubric.loader import load_edition
from indicators.rubric.model import Edition
from zhiheng.output import no_such_file, print_note

_UNKNOWN = Text(
    zh="提示：评价指标体系没有度量“{name}”，相应的行未使用。",
    en="note: the rubric has no measure “{name}”; its rows are not used.",
)


@dataclass(frozen=True)
class Scored:
    """One edition and its facilities in order of rank, blocked ones last.

    Args:
        samples: what relative curves compare with; None where the rubric compares nobody.
    """

    edition: Edition
    facilities: Mapping[str, Facility]
    ranked: tuple[Ranked, ...]
    samples: Samples | None = None


def add_facts_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rubric", metavar="RUBRIC_DIR", help="含 rubric.yaml 的文件夹 · folder with rubric.yaml")
    parser.add_argument(
        "facts", metavar="FACTS", help="事实文件（CSV 或 JSON） · facts file: facility,measure,value[,unit,outcome,…]"
    )
    parser.add_argument(
        "--profiles", metavar="FILE", help="机构属性（YAML 或 JSON） · attributes by facility, YAML or JSON"
    )
    parser.add_argument("--json", action="store_true", help="输出 JSON（contract 1） · print JSON (contract 1)")


def edition_and_facilities(
    rubric: str, facts: str, *, profiles: str | None = None
) -> tuple[Edition, dict[str, Facility]]:
    """Both read and held against each other; measures the rubric does not have are noted on stderr.

    Raises:
        UserFacingError: a rubric with faults, or unusable facts.
    """
    edition = load_edition(Path(rubric))
    return edition, facilities_under(edition, facts, profiles=profiles)


def facilities_under(edition: Edition, facts: str, *, profiles: str | None = None) -> dict[str, Facility]:
    """The facts of a file held against an edition; measures it does not have are noted on stderr.

    Raises:
        UserFacingError: unusable facts.
    """
    file = Path(facts).name
    facilities = read_facts(_bytes(facts), file=file, categories=categories(edition))
    if profiles:
        add_profiles(facilities, read_profiles(_bytes(profiles), file=Path(profiles).name))
    faults = unit_faults(edition, facilities.values(), file=file)
    if faults := (*faults, *derived_faults(edition, facilities.values(), file=file)):
        raise FactsError(faults)
    for name in unknown_measures(edition, facilities.values()):
        note = _UNKNOWN.filled(name=name)
        hint = meant(name, edition.measures)
        print_note(note if hint is None else Text(zh=note.zh + hint.zh, en=f"{note.en} {hint.en}"))
    return facilities


def score_all(arguments: argparse.Namespace) -> Scored:
    """Raises:
    UserFacingError: a rubric with faults, or unusable facts.
    """
    edition, facilities = edition_and_facilities(arguments.rubric, arguments.facts, profiles=arguments.profiles)
    samples = _samples(edition, facilities)
    results = [_scored(edition, facility, samples) for facility in facilities.values()]
    return _ranked(edition, facilities, results, samples)


def rank_all(
    edition: Edition, facilities: Mapping[str, Facility], *, processes: int
) -> tuple[Scored, dict[str, dict[str, Any]]]:
    """As `score_all`, shared out among processes; results come without the tree, its nodes as JSON by facility."""
    names = list(facilities)
    size = -(-len(names) // processes)
    parts = [names[first : first + size] for first in range(0, len(names), size)]
    samples = _samples(edition, facilities)
    pruned = [one for part in shared_out(_pruned, (edition, facilities, samples), parts) for one in part]
    nodes = {result.facility: own for result, own in pruned}
    return _ranked(edition, facilities, [result for result, _ in pruned], samples), nodes


def _pruned(
    shared: tuple[Edition, Mapping[str, Facility], Samples | None], names: Sequence[str]
) -> list[tuple[Result, dict[str, Any]]]:
    edition, facilities, samples = shared
    found = []
    for name in names:
        result = _scored(edition, facilities[name], samples)
        root = replace(result.root, rule={}, children=())
        found.append((replace(result, root=root), nodes_json(result)))
    return found


def _samples(edition: Edition, facilities: Mapping[str, Facility]) -> Samples | None:
    return samples_of(edition, ((one.name, one.profile, one.measurements) for one in facilities.values()))


def _scored(edition: Edition, facility: Facility, samples: Samples | None) -> Result:
    digest = inputs_digest(
        facility=facility.name, profile=facility.profile, measurements=facility.measurements, samples=samples
    )
    return score(
        edition,
        facility=facility.name,
        profile=facility.profile,
        measurements=facility.measurements,
        inputs_digest=digest,
        samples=samples,
    )


def _ranked(
    edition: Edition, facilities: Mapping[str, Facility], results: list[Result], samples: Samples | None
) -> Scored:
    profiles = {facility.name: facility.profile for facility in facilities.values()}
    return Scored(edition, facilities, rank(edition, results, profiles=profiles), samples)


def nodes_json(result: Result) -> dict[str, Any]:
    """Contract 1 of all nodes by code."""
    return {
        node.code: {
            "outcome": node.outcome.value,
            "score": jsonable(node.published),
            "weight": jsonable(node.weight),
            "value": jsonable(node.inputs.value) if node.inputs else None,
        }
        for node in result.root.walk()
    }


def result_json(one: Ranked, nodes: dict[str, Any] | None = None) -> dict[str, Any]:
    """Contract 1 of one facility; `verdict` beside `outcome` tells a blocked facility from a scored one.

    Args:
        nodes: where the result comes without its tree.
    """
    result = one.result
    return {
        "facility": result.facility,
        "edition": f"{result.rubric}/{result.edition}",
        "edition_digest": result.edition_digest,
        "inputs_digest": result.inputs_digest,
        "scoring": result.scoring,
        "outcome": result.root.outcome.value,
        "verdict": result.verdict.value,
        "score": jsonable(result.score),
        "grade": result.grade,
        "rank": one.rank,
        "peer_rank": one.peer_rank,
        "caps": [jsonable(consequence) for consequence in result.consequences],
        "nodes": nodes_json(result) if nodes is None else nodes,
    }


def _bytes(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError:
        raise no_such_file(name) from None
