"""`zhiheng rank RUBRIC_DIR FACTS`: all facilities in order; equal ones share a rank, blocked ones have none.

Beside each rank stands how firm it is: its interval, and a bracket round those that cannot be told apart.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

from assessment.scoring.population import population_of
from assessment.scoring.ranking import Ranked
from assessment.scoring.result import Verdict
from assessment.scoring.robustness import TOP, Robustness, Standing, robustness
from assessment.scoring.tie_groups import brackets
from core.canonical import jsonable
from core.errors import InputError
from core.text import Language, Text
from indicators.rubric.variation import MOST_DRAWS
from indicators.rubric.variation_words import variation_words
from zhiheng.facts_file import Scored, add_facts_arguments, result_json, score_all
from zhiheng.output import print_json, printable

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
        "--processes", type=_count(MOST_PROCESSES), default=1, metavar="N", help="进程数 · processes (default: 1)"
    )
    parser.add_argument(
        "--top", type=_counts, default=TOP, metavar="K,…", help="进入前 K 名的概率 · chance to be in the first K"
    )


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 when a facility is blocked."""
    scored = score_all(arguments)
    tried = _tried(scored, arguments)
    if arguments.json:
        print_json([result_json(one) | _standing_json(one, tried, arguments.top) for one in scored.ranked])
    else:
        for line in _lines(scored, tried, arguments.language):
            print(printable(line))
    return 1 if any(one.result.verdict is Verdict.BLOCKED for one in scored.ranked) else 0


def _tried(scored: Scored, arguments: argparse.Namespace) -> Robustness | None:
    """None, with a note, where the figures of the rubric are too long to be drawn; ranks stand without it."""
    edition = scored.edition
    draws = edition.robustness.draws if arguments.draws is None else arguments.draws
    try:
        return robustness(
            edition,
            population_of(edition, scored.facilities),
            variation=replace(edition.robustness, draws=draws),
            seed=arguments.seed,
            processes=arguments.processes,
            top=arguments.top,
        )
    except InputError as error:
        if error.code != "not_varied":
            raise
        print(printable(f"zhiheng: {error.message.said_in(arguments.language)}"), file=sys.stderr)
        return None


def _standing_json(one: Ranked, tried: Robustness | None, top: tuple[int, ...]) -> dict[str, object]:
    """Contract 1 of how firm a rank is; null for a blocked facility."""
    standing = tried.of(one.result.facility) if tried else None
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


def _lines(scored: Scored, tried: Robustness | None, language: Language) -> Iterator[str]:
    yield _TIES.said_in(language)
    standings = [tried.of(one.result.facility) if tried else None for one in scored.ranked]
    groups = [0 if one is None else one.tie_group for one in standings]
    if tried and tried.standings:
        yield _BRACKETS.said_in(language)
        said = variation_words(tried.variation, seed=tried.seed, with_errors=tried.with_errors)
        yield said.said_in(language)
    placed = [group for group in groups if group]
    marks = [*brackets(placed), *" " * (len(groups) - len(placed))]
    for mark, one, standing in zip(marks, scored.ranked, standings, strict=True):
        yield _line(mark, one, standing)


def _line(mark: str, one: Ranked, standing: Standing | None) -> str:
    result = one.result
    figure = str(result.score) if result.score is not None else "–"
    ranks, scores = "", ""
    if standing is not None:
        ranks = "{}–{}".format(*standing.rank_interval)
        scores = "{}–{}".format(*standing.score_interval)
    peer = f"  ({'/'.join(one.peer_group)}: {one.peer_rank or '–'})" if one.peer_group else ""
    grade = result.grade or "–"
    return f"{mark}{one.rank or '–':>4}  {ranks:>9}  {figure:>7}  {scores:>13}  {grade:>3}  {result.facility}{peer}"


def _count(most: int) -> Callable[[str], int]:
    def count(text: str) -> int:
        number = int(text) if text.isascii() and text.isdigit() else 0
        if not 1 <= number <= most:
            raise argparse.ArgumentTypeError(f"{text}: 1–{most}")
        return number

    return count


def _counts(text: str) -> tuple[int, ...]:
    return tuple(_count(MOST_DRAWS)(part) for part in text.split(","))
