"""`zhiheng compare RUBRIC_A FACTS_A RUBRIC_B FACTS_B`: what led from one score to the other.

The difference is split into what the evidence, the rubric and the engine did, and the evidence part into indicators.
The same rubric or the same facts twice are welcome: then that part is exactly 0.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from decimal import Decimal

from assessment.scoring.explain.difference import Difference, difference
from assessment.scoring.explain.report import DIFFERENCE_METHOD, difference_json
from assessment.scoring.explain.situation import Field, Situation, field_of
from assessment.scoring.facts import Facility
from assessment.scoring.result import Verdict
from core.errors import InputError
from core.quantity import plain
from core.text import Language, Text
from indicators.rubric.model import Edition
from zhiheng.facts_file import edition_and_facilities
from zhiheng.output import print_json, printable

_SIDES = Text(zh="{facility}  {before} → {after}  （{change}）", en="{facility}  {before} → {after}  ({change})")
_NOT_IN_BOTH = Text(zh="两个事实文件没有同名的机构。", en="The two facts files have no facility in common.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    for side, when in (("A", "之前 · before"), ("B", "之后 · after")):
        name = side.lower()
        parser.add_argument(f"rubric_{name}", metavar=f"RUBRIC_{side}", help=f"评价细则 · rubric folder, {when}")
        parser.add_argument(f"facts_{name}", metavar=f"FACTS_{side}", help=f"事实文件 · facts file, {when}")
    parser.add_argument("--profiles", metavar="FILE", help="机构属性（YAML 或 JSON） · attributes by facility")
    parser.add_argument(
        "--facility", metavar="NAME", help="只比较此机构；默认比较两边都有的 · this one only; all in both by default"
    )
    parser.add_argument("--json", action="store_true", help="输出 JSON（contract 1） · print JSON (contract 1)")


def run(arguments: argparse.Namespace) -> int:
    """Facilities in the order of their names; exit code 1 when one of the results is blocked."""
    found = [difference(*pair) for pair in _pairs(arguments)]
    if arguments.json:
        print_json([difference_json(one) for one in found])
    else:
        for one in found:
            for line in _lines(one, arguments.language):
                print(printable(line))
        print(DIFFERENCE_METHOD.said_in(arguments.language))
    sides = [side for one in found for side in (one.before, one.after)]
    return 1 if any(side.verdict is Verdict.BLOCKED for side in sides) else 0


def _pairs(arguments: argparse.Namespace) -> list[tuple[Situation, Situation]]:
    sides = []
    for rubric, facts in ((arguments.rubric_a, arguments.facts_a), (arguments.rubric_b, arguments.facts_b)):
        sides.append(edition_and_facilities(rubric, facts, profiles=arguments.profiles))
    (first, olds), (second, news) = sides
    names = [name for name in olds if name in news and arguments.facility in (None, name)]
    if not names:
        raise InputError(
            "no_common_facility",
            _NOT_IN_BOTH,
            hint=Text(zh="请检查 facility 列和 --facility。", en="Check the column facility and --facility."),
        )

    old_field, new_field = field_of(olds.values()), field_of(news.values())

    def situation(edition: Edition, facility: Facility, field: Field) -> Situation:
        return Situation(
            edition, facility.name, facility.profile, facility.measurements, edition.semantics, field=field
        )

    return [(situation(first, olds[name], old_field), situation(second, news[name], new_field)) for name in names]


def _lines(found: Difference, language: Language) -> Iterator[str]:
    before, after = (str(result.score) if result.score is not None else "–" for result in (found.before, found.after))
    change = _signed(found.total.published) if found.total is not None else "–"
    yield _SIDES.filled(facility=found.after.facility, before=before, after=after, change=change).said_in(language)
    for switch, part in found.parts.items():
        yield f"  {_signed(part.published):>8}  {switch.words.said_in(language)}"
    for one in found.indicators:
        what = Text(zh="权重与适用范围", en="weights and what applies") if one.weights else None
        points = f"{one.before if one.before is not None else '–'} → {one.after if one.after is not None else '–'}"
        said = f"{one.title.said_in(language)}" + (f" ({what.said_in(language)})" if what else "")
        yield f"    {_signed(one.part.published):>8}  {one.code}  {said}  {points}"
    if found.reason is not None:
        yield f"  {found.reason.said_in(language)}"


def _signed(points: Decimal) -> str:
    return plain(points) if points < 0 else f"+{plain(points)}"
