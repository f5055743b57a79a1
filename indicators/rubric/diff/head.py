"""How an edition changed as a whole: grades, caps, limits, classes, measures, words, cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from core.text import Text
from indicators.rubric.diff.change import Aspect, Change
from indicators.rubric.diff.words import joined, number, same, text_of
from indicators.rubric.model import Edition, Grades, MeasureDeclaration
from indicators.rubric.tree import RUBRIC_FILE

_WHOLE = Text(zh="整个版次", en="the edition as a whole")

_WORDS: Mapping[str, Text] = {
    "edition": Text(zh="版次", en="edition"),
    "rubric": Text(zh="评价体系", en="rubric"),
    "title": Text(zh="名称", en="title"),
    "standing": Text(zh="效力", en="standing"),
    "summary": Text(zh="摘要", en="summary"),
    "levels": Text(zh="层级名称", en="names of the levels"),
    "tags": Text(zh="标签", en="tags"),
    "lifecycle": Text(zh="状态", en="lifecycle"),
}
_RULES: Mapping[str, Text] = {
    "semantics": Text(zh="计分语义", en="scoring semantics"),
    "decimals": Text(zh="小数位数", en="decimals"),
    "rounding": Text(zh="舍入方式", en="rounding"),
    "highest_points": Text(zh="最高分", en="highest points"),
    "classes": Text(zh="类别", en="classes"),
    "peers": Text(zh="同类组", en="peer groups"),
}
_OF_THE_TREE = frozenset(
    ("aggregation", "weights_sum", "minimum", "order", "children", "applies_when", "id", "code", "weight")
)


def head_changes(old: Edition, new: Edition) -> Iterator[Change]:
    """Differences in `rubric.yaml` and `cases.yaml`; the edition's own name is no change."""
    yield from _grades(old.grades, new.grades)
    yield from _figures("quality_caps", old, new, Text(zh="证据等级封顶分", en="cap by evidence grade"))
    yield from _figures("limits", old, new, Text(zh="限额", en="limit"))
    yield from _measures(old, new)
    before, after = old.content.get(RUBRIC_FILE) or {}, new.content.get(RUBRIC_FILE) or {}
    told = {"grades", "quality_caps", "limits", "measures", "sources", "edition", "schema"} | _OF_THE_TREE
    for key in {**after, **before}:
        if key in told or before.get(key) == after.get(key):
            continue
        aspect = Aspect.TEXT if key in _WORDS else Aspect.RULE
        what = _WORDS.get(key) or _RULES.get(key) or same(key)
        yield _change(aspect, what, text_of(before.get(key)), text_of(after.get(key)))
    yield from _sources(old, new)
    if old.cases != new.cases:
        what = Text(zh="随附用例", en="worked cases")
        yield _change(Aspect.CASES, what, same(len(old.cases)), same(len(new.cases)), *_cases(old, new))


def _change(aspect: Aspect, what: Text, old: Text | None, new: Text | None, *so: Text) -> Change:
    return Change(aspect, "", _WHOLE, what, old, new, so)


def _grades(old: Grades | None, new: Grades | None) -> Iterator[Change]:
    before = {grade.id: grade for grade in old.grades} if old else {}
    after = {grade.id: grade for grade in new.grades} if new else {}
    for id_ in {**after, **before}:
        was, now = before.get(id_), after.get(id_)
        line = Text(zh=f"{id_} 的分数线", en=f"line of {id_}")
        if was is None or now is None:
            known = now or was
            assert known is not None  # noqa: S101 – the id stands on one side at least
            words = Text(zh=f"{number(known.at_least)} 分起", en=f"from {number(known.at_least)} points")
            yield _change(Aspect.GRADE, line, words if was else None, words if now else None)
            continue
        if was.at_least != now.at_least:
            so = _line_means(was.at_least, now.at_least, old, new)
            yield _change(Aspect.GRADE, line, same(number(was.at_least)), same(number(now.at_least)), *so)
        if was.certificate != now.certificate:
            what = Text(zh=f"{id_} 是否发证", en=f"certificate with {id_}")
            yield _change(Aspect.GRADE, what, text_of(was.certificate), text_of(now.certificate))
        if was.title != now.title:
            yield _change(Aspect.TEXT, Text(zh=f"{id_} 的名称", en=f"title of {id_}"), was.title, now.title)
    margins = [grades.pillar_margin if grades else None for grades in (old, new)]
    if margins[0] != margins[1]:
        what = Text(zh="支柱下限余量", en="margin of the pillars")
        texts = [None if margin is None else same(number(margin)) for margin in margins]
        yield _change(Aspect.GRADE, what, texts[0], texts[1], *_margin_means(margins[1]))


def _line_means(was: Decimal, now: Decimal, old: Grades | None, new: Grades | None) -> tuple[Text, ...]:
    """The grade of the lowest score between both lines, before and after."""
    if old is None or new is None:
        return ()
    score = min(was, now)
    before, after = old.of(score).id, new.of(score).id
    return (
        Text(
            zh=f"总分 {number(score)} 原为 {before}，现为 {after}",
            en=f"a score of {number(score)} was {before}, now {after}",
        ),
    )


def _margin_means(margin: Decimal | None) -> tuple[Text, ...]:
    if margin is None:
        return (Text(zh="各支柱不再设下限", en="the pillars have no floor any more"),)
    return (
        Text(
            zh=f"每个支柱须达到该等级分数线减 {number(margin)} 分",
            en=f"every pillar must reach the grade's line less {number(margin)} points",
        ),
    )


def _figures(key: str, old: Edition, new: Edition, what: Text) -> Iterator[Change]:
    before, after = old.content.get(RUBRIC_FILE, {}).get(key) or {}, new.content.get(RUBRIC_FILE, {}).get(key) or {}
    for name in {**after, **before}:
        if _figure(before.get(name)) != _figure(after.get(name)):
            title = Text(zh=f"{what.zh} {name}", en=f"{what.en} {name}")
            yield _change(Aspect.RULE, title, text_of(before.get(name)), text_of(after.get(name)))


def _figure(written: Any) -> Decimal | None:
    return None if written is None else Decimal(str(written))


def _measures(old: Edition, new: Edition) -> Iterator[Change]:
    """Of measures on both sides; a new one is told with the indicator that asks for it."""
    for name, now in new.measures.items():
        if (was := old.measures.get(name)) is None:
            continue
        for part, title in _PARTS.items():
            before, after = _part(was, part), _part(now, part)
            if before != after:
                aspect = Aspect.TEXT if part == "title" else Aspect.RULE
                what = Text(zh=f"度量“{now.title.zh}”：{title.zh}", en=f"measure “{now.title.en}”, {title.en}")
                yield _change(aspect, what, before, after)


_PARTS: Mapping[str, Text] = {
    "title": Text(zh="名称", en="title"),
    "unit": Text(zh="单位", en="unit"),
    "direction": Text(zh="方向", en="direction"),
    "lowest": Text(zh="可能的最小值", en="lowest possible"),
    "highest": Text(zh="可能的最大值", en="highest possible"),
    "computed": Text(zh="由平台计算", en="computed by the platform"),
}


def _part(measure: MeasureDeclaration, part: str) -> Text | None:
    value: Any = getattr(measure, part)
    if value is None or isinstance(value, Text):
        return value
    return same(number(value)) if isinstance(value, Decimal) else same(value)


def _sources(old: Edition, new: Edition) -> Iterator[Change]:
    for id_, called in {**new.sources, **old.sources, **new.sources}.items():
        was, now = old.sources.get(id_), new.sources.get(id_)
        if was == now:
            continue
        texts = [joined(part for part in (one.title, text_of(one.url)) if part) if one else None for one in (was, now)]
        what = Text(zh=f"来源《{called.title.zh}》", en=f"source “{called.title.en}”")
        yield _change(Aspect.SOURCE, what, texts[0], texts[1])


def _cases(old: Edition, new: Edition) -> tuple[Text, ...]:
    before, after = ({case.name: case for case in edition.cases} for edition in (old, new))
    counts = (
        (Text(zh="新增 {n}", en="{n} added"), len(after.keys() - before.keys())),
        (Text(zh="删除 {n}", en="{n} removed"), len(before.keys() - after.keys())),
        (
            Text(zh="改变 {n}", en="{n} changed"),
            sum(before[name] != after[name] for name in before.keys() & after.keys()),
        ),
    )
    told = [words.filled(n=n) for words, n in counts if n]
    return (Text(zh="，".join(one.zh for one in told), en=", ".join(one.en for one in told)),)
