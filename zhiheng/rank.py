"""`zhiheng rank RUBRIC_DIR FACTS`: all facilities in order; equal ones share a rank, blocked ones have none."""

from __future__ import annotations

import argparse

from assessment.scoring.result import Verdict
from core.text import Text
from zhiheng.facts_file import add_facts_arguments, result_json, score_all
from zhiheng.output import print_json, printable

_TIES = Text(
    zh="排名依次比较：未被否决、等级、公布分数；等级和分数相同者名次相同。",
    en="Order: eligible before blocked, then grade, then published score; equal grade and score share a rank.",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_facts_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 when a facility is blocked."""
    ranked = score_all(arguments).ranked
    if arguments.json:
        print_json([result_json(one) for one in ranked])
    else:
        print(_TIES.said_in(arguments.language))
        for one in ranked:
            result = one.result
            figure = str(result.score) if result.score is not None else "–"
            peer = f"  ({'/'.join(one.peer_group)}: {one.peer_rank or '–'})" if one.peer_group else ""
            print(printable(f"{one.rank or '–':>4}  {figure:>7}  {result.grade or '–':>3}  {result.facility}{peer}"))
    return 1 if any(one.result.verdict is Verdict.BLOCKED for one in ranked) else 0
