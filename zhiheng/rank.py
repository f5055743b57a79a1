"""`zhiheng rank RUBRIC_DIR FACTS`: all facilities in order; equal ones share a rank, blocked ones have none.

Beside each rank stands how firm it is: its interval, and a bracket round those that cannot be told apart.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from assessment.scoring.batch import Scores, score_population
from assessment.scoring.chance.processes import available
from assessment.scoring.chance.tie_groups import brackets
from assessment.scoring.columns.population import Population, population_of
from assessment.scoring.ranking import Place, key_of, places
from assessment.scoring.robustness import TOP, Robustness, Standing, robustness
from core.canonical import jsonable
from core.errors import InputError
from core.text import Language, Text
from indicators.rubric.model import Edition
from indicators.rubric.variation import MOST_DRAWS
from indicators.rubric.variation_words import variation_words
from zhiheng.facts_file import add_facts_arguments, edition_and_facilities, rank_all, result_json
from zhiheng.output import print_json, print_note, printable

MOST_PROCESSES = 64

_TIES = Text(
    zh="排名依次比较：未被否决、等级、公布分数；等级和分数相同者名次相同。",
    en="Order: eligible before blocked, then grade, then published score; equal grade and score share a rank.",
)
_BRACKETS = Text(
    zh="名次后为其区间；括线连接区间重叠、无法区分的机构，不影响名次和等级。",
    en="The interval stands behind the rank; brackets join facilities whose intervals overlap, which changes no rank.",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_facts_arguments(parser)
    parser.add_argument(
        "--draws", type=_count(MOST_DRAWS), metavar="N", help="抽样次数 · draws (default: as the rubric declares)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="随机种子 · seed of the draws (default: 0)")
    parser.add_argument(
        "--processes",
        type=_count(MOST_PROCESSES),
        default=min(available(), MOST_PROCESSES),
        metavar="N",
        help="进程数 · processes (default: one per processor); they change no digit",
    )
    parser.add_argument(
        "--top", type=_counts, default=TOP, metavar="K,…", help="进入前 K 名的概率 · chance to be in the first K"
    )


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 when a facility is blocked."""
    edition, facilities = edition_and_facilities(arguments.rubric, arguments.facts, profiles=arguments.profiles)
    population = population_of(edition, facilities)
    scores = score_population(edition, population)
    tried = _tried(edition, population, scores, arguments)
    if arguments.json:
        scored, nodes = rank_all(edition, facilities, processes=arguments.processes)
        standings = {one.facility: one for one in tried.standings} if tried else {}
        print_json(
            [
                result_json(one, nodes[one.result.facility])
                | _standing_json(standings.get(one.result.facility), tried, arguments.top)
                for one in scored.ranked
            ]
        )
    else:
        profiles = {facility.name: facility.profile for facility in facilities.values()}
        for line in _lines(scores, profiles, tried, arguments.language):
            print(printable(line))
    return 1 if scores.blocked.any() else 0


def _tried(
    edition: Edition, population: Population, scores: Scores, arguments: argparse.Namespace
) -> Robustness | None:
    """None, with a note, where published figures are too long to be drawn; ranks stand without it."""
    draws = edition.robustness.draws if arguments.draws is None else arguments.draws
    try:
        return robustness(
            edition,
            population,
            variation=replace(edition.robustness, draws=draws),
            seed=arguments.seed,
            processes=arguments.processes,
            top=arguments.top,
            scores=scores,
        )
    except InputError as error:
        if error.code != "not_varied":
            raise
        print_note(error.message)
        return None


def _standing_json(standing: Standing | None, tried: Robustness | None, top: tuple[int, ...]) -> dict[str, object]:
    """Contract 1 of how firm a rank is; null for a blocked facility."""
    if standing is None or tried is None:
        return dict.fromkeys(_STANDING)
    found = (
        list(standing.rank_interval),
        standing.rank_median,
        {str(k): standing.p_top[k] for k in top},
        standing.tie_group,
        list(standing.near),
        list(standing.score_interval),
        standing.score_median,
        standing.p_grade,
        standing.p_blocked,
        tried.variation.draws,
        tried.seed,
    )
    return {name: jsonable(value) for name, value in zip(_STANDING, found, strict=True)}


_STANDING = (
    "interval", "median", "p_top", "tie_group", "near", "score_interval", "score_median", "p_grade", "p_blocked",
    "draws", "seed",
)  # fmt: skip


def _lines(
    scores: Scores, profiles: Mapping[str, Mapping[str, Any]], tried: Robustness | None, language: Language
) -> Iterator[str]:
    """The list by the engine for populations, which publishes the digits of the exact one."""
    yield _TIES.said_in(language)
    if tried and tried.standings:
        yield _BRACKETS.said_in(language)
        said = variation_words(tried.variation, seed=tried.seed, with_errors=tried.with_errors, edition=scores.edition)
        yield said.said_in(language)
    edition, root = scores.edition, scores.codes[0]
    columns = {facility: column for column, facility in enumerate(scores.facilities)}
    keys = {
        facility: key_of(edition, scores.verdict(column), scores.grade(column), scores.points(root, column))
        for facility, column in columns.items()
    }
    placed = places(edition, keys, profiles=profiles)
    standings = {one.facility: one for one in tried.standings} if tried else {}
    groups = [standings[facility].tie_group for facility in placed if facility in standings]
    marks = [*brackets(groups), *" " * (len(placed) - len(groups))]
    for mark, (facility, place) in zip(marks, placed.items(), strict=True):
        column = columns[facility]
        figures = scores.points(root, column), scores.grade(column)
        yield _line(mark, facility, place, *figures, standings.get(facility))


def _line(
    mark: str, facility: str, place: Place, score: Decimal | None, grade: str | None, standing: Standing | None
) -> str:
    ranks, drawn = "", ""
    if standing is not None:
        ranks = "{}–{}".format(*standing.rank_interval)
        drawn = "{}–{}".format(*standing.score_interval)
    figure = "–" if score is None else str(score)
    peer = f"  ({'/'.join(place.peer_group)}: {place.peer_rank or '–'})" if place.peer_group else ""
    return f"{mark}{place.rank or '–':>4}  {ranks:>9}  {figure:>7}  {drawn:>13}  {grade or '–':>3}  {facility}{peer}"


def _count(most: int) -> Callable[[str], int]:
    def count(text: str) -> int:
        number = int(text) if text.isascii() and text.isdigit() else 0
        if not 1 <= number <= most:
            raise argparse.ArgumentTypeError(f"{text}: 1–{most}")
        return number

    return count


def _counts(text: str) -> tuple[int, ...]:
    return tuple(_count(MOST_DRAWS)(part) for part in text.split(","))
