"""`zhiheng rubric diff OLD_DIR NEW_DIR [FACTS]`: what changed, in words, and whose score, grade or rank changes."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from assessment.scoring.effects import Effect, Standing, effects_of, worth
from core.errors import InputError
from core.quantity import plain
from core.text import Language, Text
from indicators.rubric.diff.change import Change, EditionDiff
from indicators.rubric.diff.editions import diff_editions
from indicators.rubric.loader import load_edition
from indicators.rubric.model import Edition
from zhiheng.facts_file import facilities_under
from zhiheng.output import print_json, printable

_NOTHING = Text(zh="没有差异", en="no difference")
_WORDS_ONLY = Text(
    zh="只有文字、来源、证据说明或用例不同，任何中心的分数都不变",
    en="only words, sources, evidence or cases differ; nobody's score changes",
)
_AFFECTED = Text(
    zh="{count} 家中有 {changed} 家的分数、等级或名次改变，其中 {grades} 家等级改变",
    en="of {count} facilities {changed} change score, grade or rank, {grades} of them grade",
)
_BLOCKED = Text(zh="被否决", en="blocked")
_RANK = Text(zh="第 {rank} 名", en="rank {rank}")


def diff(folders: Sequence[str], arguments: argparse.Namespace) -> int:
    """Exit code 0 whether or not something changed.

    Raises:
        InputError: another number of arguments, or facts that cannot be used.
        RubricError: a folder with faults.
    """
    if len(folders) not in (2, 3):
        raise InputError(
            "two_editions_needed",
            Text(zh="需要旧版次和新版次两个文件夹。", en="Two folders are needed: the old edition and the new one."),
            hint=Text(
                zh="zhiheng rubric diff 旧文件夹 新文件夹 [事实文件]", en="zhiheng rubric diff OLD_DIR NEW_DIR [FACTS]"
            ),
        )
    old, new = load_edition(Path(folders[0])), load_edition(Path(folders[1]))
    found = diff_editions(old, new, worth=worth)
    effects = _effects(old, new, folders[2], arguments) if len(folders) == 3 else None
    if arguments.json:
        known = {} if effects is None else {"facilities": [effect.as_json() for effect in effects if effect.changes]}
        print_json(found.as_json() | known)
        return 0
    language: Language = arguments.language
    for line in (*_said(found, language), *(_effects_said(effects, language) if effects is not None else ())):
        print(printable(line))
    return 0


def _effects(old: Edition, new: Edition, facts: str, arguments: argparse.Namespace) -> tuple[Effect, ...]:
    """The facts are held against both editions: one of them may know a unit or a word the other refuses."""
    facilities_under(old, facts, profiles=arguments.profiles)
    facilities = facilities_under(new, facts, profiles=arguments.profiles)
    return effects_of(old, new, facilities.values())


def _said(found: EditionDiff, language: Language) -> Iterator[str]:
    yield f"{found.old} → {found.new}"
    if not found.pillars:
        yield _NOTHING.said_in(language)
        return
    yield " · ".join(f"{aspect.label.said_in(language)} {count}" for aspect, count in found.counted().items())
    if not found.moves_figures:
        yield _WORDS_ONLY.said_in(language)
    for pillar in found.pillars:
        yield f"\n{pillar.code} {pillar.title.said_in(language)}".replace("\n ", "\n")
        for change in pillar.changes:
            yield from _change_said(change, language)


def _change_said(change: Change, language: Language) -> Iterator[str]:
    old, new = (one.said_in(language) if one else "–" for one in (change.old, change.new))
    node = f"{change.code} {change.title.said_in(language)} " if change.code else ""
    label = change.aspect.label.said_in(language)
    yield f"  {node}[{label}] {change.what.said_in(language)}: {old} → {new}"
    for consequence in change.consequences:
        yield f"      {consequence.said_in(language)}"


def _effects_said(effects: Sequence[Effect], language: Language) -> Iterator[str]:
    changed = [effect for effect in effects if effect.changes]
    grades = sum(effect.changes_grade for effect in changed)
    yield "\n" + _AFFECTED.filled(count=len(effects), changed=len(changed), grades=grades).said_in(language)
    for effect in changed:
        yield f"  {effect.facility}  {_standing(effect.old, language)} → {_standing(effect.new, language)}"


def _standing(standing: Standing, language: Language) -> str:
    score = plain(standing.score) if standing.score is not None else "–"
    if standing.rank is None:
        return f"{score} {_BLOCKED.said_in(language)}"
    return f"{score} {standing.grade or '–'} {_RANK.filled(rank=standing.rank).said_in(language)}"
