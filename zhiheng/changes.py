"""`zhiheng changes OLD NEW`: what a new version of an evidence file changed, row by row, and what that does.

With `--profile` both versions are measured, together with the files of `--with`; with `--rubric` they are scored too.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from assessment.scoring.explain.evidence_effect import EvidenceEffect, evidence_effect
from centres.profile import FacilityProfile
from core.canonical import jsonable
from core.errors import InputError
from core.quantity import shortest
from core.text import Language, Text
from evidence.observations.registry import KIND_BY_NAME
from evidence.observations.row_difference import RowDifference, row_difference
from evidence.parsers.base import CONTRACT, ParseResult
from evidence.parsers.reading import read_by
from evidence.parsers.registry import PARSERS, identify
from evidence.parsers.text.source import Source
from indicators.measures.base import CentreEvidence, Measurement
from indicators.rubric.loader import load_edition
from zhiheng.measure import load_profile
from zhiheng.output import no_such_file, print_json, printable

SHOWN_ROWS = 10
_COUNTS = Text(
    zh="{title}（{kind}）：变更 {changed}，新增 {added}，删除 {removed}，未变 {unchanged}",
    en="{title} ({kind}): {changed} changed, {added} added, {removed} removed, {unchanged} unchanged",
)
_SIGNS = {"changed": "~", "added": "+", "removed": "-"}
_ALIKE = Text(zh="两个版本的观测相同。", en="Both versions yield the same observations.")
_MEASURES = Text(zh="指标值", en="Measures")
_NO_MEASURE = Text(zh="没有指标值变化。", en="No measure changes.")
_SCORE = Text(zh="得分：{before} → {after}（{change}）", en="Score: {before} → {after} ({change})")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    formats = sorted(known.format for known in PARSERS)
    parser.add_argument("old", metavar="OLD", help="旧版本 · the older version of the file")
    parser.add_argument("new", metavar="NEW", help="新版本 · the newer version")
    parser.add_argument("--format", choices=formats, help="指定格式 · name the format instead of recognising it")
    parser.add_argument("--timezone", metavar="ZONE", help="无时区时间所用的时区 · zone of times that carry none")
    parser.add_argument("--encoding", metavar="NAME", help="文字编码 · text encoding, such as gb18030")
    parser.add_argument(
        "--rows", type=int, default=SHOWN_ROWS, metavar="N", help="每类列出的行数 · rows listed of each"
    )
    parser.add_argument("--profile", metavar="FACILITY.yaml", help="机构概况：比较指标值 · compare measures too")
    parser.add_argument("--rubric", metavar="DIR", help="评价细则：比较得分（需要 --profile） · compare scores too")
    parser.add_argument(
        "--with",
        dest="others",
        nargs="+",
        default=[],
        metavar="FILE",
        help="其他证据 · the other evidence of the centre",
    )
    parser.add_argument("--json", action="store_true", help="输出 JSON（contract 1） · print JSON (contract 1)")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 whether or not anything changed, as for every comparison; 2 for a file that cannot be read."""
    if arguments.rubric and not arguments.profile:
        raise InputError(
            "profile_missing",
            Text(zh="--rubric 需要同时给出 --profile。", en="--rubric needs --profile."),
            hint=Text(zh="请用 --profile 指定设施档案。", en="Name the facility profile by --profile."),
        )
    profile = load_profile(arguments.profile) if arguments.profile else None
    zone = arguments.timezone or (profile.place.timezone if profile else None)
    old, new = (
        _read(name, zone=zone, encoding=arguments.encoding, declared=arguments.format)
        for name in (arguments.old, arguments.new)
    )
    before, after = old[1].tables, new[1].tables
    kinds = [_difference(name, before, after) for name in sorted({*before, *after})]
    effect = None
    if profile is not None:
        rest = [_read(name, zone=zone) for name in arguments.others]
        edition = load_edition(Path(arguments.rubric)) if arguments.rubric else None
        effect = evidence_effect(*(_pooled(profile, [one, *rest]) for one in (old, new)), edition=edition)
    if arguments.json:
        print_json(
            {
                "contract": CONTRACT,
                "before": {"file": Path(arguments.old).name, "sha256": old[0]},
                "after": {"file": Path(arguments.new).name, "sha256": new[0]},
                "kinds": [one.as_json(limit=max(0, arguments.rows)) for one in kinds],
                "effect": effect.as_json() if effect is not None else None,
            }
        )
        return 0
    for line in _lines(kinds, effect, limit=max(0, arguments.rows), language=arguments.language):
        print(printable(line))
    return 0


def _read(
    name: str, *, zone: str | None, encoding: str | None = None, declared: str | None = None
) -> tuple[str, ParseResult]:
    try:
        source = Source.of_path(name, timezone=zone, encoding=encoding)
    except OSError as error:
        raise no_such_file(name) from error
    return source.sha256, read_by(identify(source, declared=declared), source)


def _pooled(profile: FacilityProfile, files: list[tuple[str, ParseResult]]) -> CentreEvidence:
    tables = [(digest, result.tables) for digest, result in files]
    left_out = {digest: result.rows_left_out for digest, result in files}
    return CentreEvidence.pooled(profile, tables, left_out=left_out)


def _difference(name: str, old: Mapping[str, pa.Table], new: Mapping[str, pa.Table]) -> RowDifference:
    kind = KIND_BY_NAME[name]
    return row_difference(old.get(name, kind.empty()), new.get(name, kind.empty()), kind=kind)


def _lines(
    kinds: list[RowDifference], effect: EvidenceEffect | None, *, limit: int, language: Language
) -> Iterator[str]:
    for one in kinds:
        told = one.as_json(limit=limit)
        counts = {name: told[name] for name in ("changed", "added", "removed", "unchanged")}
        yield _COUNTS.filled(title=one.kind.title.said_in(language), kind=one.kind.name, **counts).said_in(language)
        for row in told["rows"]["changed"]:
            what = ", ".join(f"{name} {_word(old)} → {_word(new)}" for name, (old, new) in row["columns"].items())
            places = f"{_place(row['before'])} → {_place(row['after'])}"
            yield f"  {_SIGNS['changed']} {places}  {_named(row['identity'])}  {what}"
        for sign in ("added", "removed"):
            for row in told["rows"][sign]:
                yield f"  {_SIGNS[sign]} {_place(row)}  {_named({k: v for k, v in row.items() if k not in _PLACES})}"
    if all(one.is_empty for one in kinds):
        yield _ALIKE.said_in(language)
    if effect is not None:
        yield from _effect_lines(effect, language)


def _effect_lines(effect: EvidenceEffect, language: Language) -> Iterator[str]:
    yield f"{_MEASURES.said_in(language)}:" if effect.measures else _NO_MEASURE.said_in(language)
    for one in effect.measures:
        sides = " → ".join(_measured(side, language) for side in (one.before, one.after))
        yield f"  {one.title.said_in(language)} ({one.after.measure})  {sides}"
    if (found := effect.difference) is None:
        return
    before, after = (str(side.score) if side.score is not None else "–" for side in (found.before, found.after))
    change = "–" if found.total is None else f"{found.total.published:+f}"
    yield _SCORE.filled(before=before, after=after, change=change).said_in(language)
    for part in found.indicators:
        yield f"  {part.part.published:+f}  {part.code}  {part.title.said_in(language)}"
    if found.reason is not None:
        yield f"  {found.reason.said_in(language)}"


_PLACES = ("line", "cell")


def _place(row: Mapping[str, Any]) -> str:
    return str(row.get("cell") or row["line"])


def _named(values: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={_word(value)}" for name, value in values.items())


def _word(value: Any) -> str:
    return "–" if value is None else str(jsonable(value))


def _measured(one: Measurement, language: Language) -> str:
    if one.value is None:
        return one.outcome.label.said_in(language)
    grade = f" [{one.quality.value}]" if one.quality else ""
    return f"{shortest(one.value)} {one.unit}".rstrip() + grade
