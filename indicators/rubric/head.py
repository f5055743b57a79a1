"""Reads `rubric.yaml`: what the edition is, its measures, classes, grades, caps and sources. The tree is read apart."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.outcome import Quality
from core.text import Text
from indicators.rubric.fields import Fields, Span
from indicators.rubric.measure_rules import read_measures, read_parameters
from indicators.rubric.model import (
    SCHEMA,
    Aggregate,
    Aggregation,
    CentreClassRule,
    Classes,
    Grade,
    Grades,
    Limits,
    MeasureDeclaration,
    Parameter,
    Peers,
    Source,
)
from indicators.rubric.rules import read_aggregation

ARITHMETIC = Aggregation(Aggregate.ARITHMETIC)
LONGEST_RUBRIC, LONGEST_EDITION = 60, 20  # as they stand in addresses and on papers
SEMANTICS = (1,)  # the numbers of `assessment.scoring.semantics`


@dataclass(frozen=True, slots=True)
class Level:
    """`decimals`: points of this level are rounded before they enter the next one; None: never."""

    id: str
    title: Text
    aggregation: Aggregation = ARITHMETIC
    decimals: int | None = None


DEFAULT_LEVELS = (
    Level("overall", Text(zh="总体", en="overall")),
    Level("pillar", Text(zh="支柱", en="pillar")),
    Level("dimension", Text(zh="维度", en="dimension")),
    Level("indicator", Text(zh="指标", en="indicator")),
)


@dataclass(frozen=True, slots=True)
class Head:
    """Everything of an edition but its tree and cases."""

    rubric: str
    edition: str
    title: Text
    standing: Text
    summary: Text | None
    semantics: int
    decimals: int
    span: Span
    levels: tuple[Level, ...]
    parameters: dict[str, Parameter]
    measures: dict[str, MeasureDeclaration]
    classes: Classes | None
    grades: Grades | None
    quality_caps: dict[Quality, Decimal]
    limits: Limits
    peers: Peers | None
    tags: tuple[tuple[str, Text], ...]
    sources: dict[str, Source]

    def aggregation_at(self, depth: int) -> Aggregation:
        """What groups of a depth do unless they say otherwise."""
        return self.levels[min(depth, len(self.levels) - 1)].aggregation


def read_head(fields: Fields) -> Head:
    """What `rubric.yaml` says about the edition as a whole; what is wrong with it goes to the fields' faults."""
    schema = fields.count("schema", default=0)
    if schema != SCHEMA:
        fields.fault(
            "unknown_schema",
            at=fields.place("schema"),
            zh=f"需要 schema: {SCHEMA}。",
            en=f"schema: {SCHEMA} is needed.",
        )
    semantics = fields.count("semantics", default=1)
    if semantics not in SEMANTICS:
        known = ", ".join(str(one) for one in SEMANTICS)
        fields.fault(
            "unknown_semantics",
            at=fields.place("semantics"),
            zh=f"未知的计分语义 {semantics}。",
            en=f"Unknown scoring semantics {semantics}.",
            hint=Text(
                zh=f"本版本认识：{known}；更新的语义需要更新的智衡版本。",
                en=f"This version knows: {known}; a newer one needs a newer Zhiheng.",
            ),
        )
    fields.word("rounding", "half_up")
    span = _span(fields)
    return Head(
        rubric=_short(fields, "rubric", most=LONGEST_RUBRIC),
        edition=_short(fields, "edition", most=LONGEST_EDITION),
        title=fields.bilingual("title"),
        standing=fields.bilingual("standing"),
        summary=fields.maybe_bilingual("summary"),
        semantics=semantics,
        decimals=fields.count("decimals", default=2, most=12),
        span=span,
        levels=_levels(fields),
        parameters=read_parameters(fields),
        measures=read_measures(fields),
        classes=_classes(fields),
        grades=_grades(fields, span),
        quality_caps=_quality_caps(fields, span),
        limits=_limits(fields, span),
        peers=_peers(fields),
        tags=_titled(fields, "tags"),
        sources=_sources(fields),
    )


def _short(fields: Fields, key: str, *, most: int) -> str:
    text = fields.identifier(key) or ""
    if len(text) > most:
        fields.fault(
            "identifier_too_long",
            at=fields.place(key),
            zh=f"“{key}”最多 {most} 个字符。",
            en=f"“{key}” has at most {most} characters.",
        )
    return text


def _span(fields: Fields) -> Span:
    lowest = fields.decimal("lowest_points", default=Decimal(0))
    highest = fields.decimal("highest_points", default=Decimal(100))
    if highest <= 0:
        fields.fault(
            "not_positive",
            at=fields.place("highest_points"),
            zh="最高分必须为正。",
            en="The highest points must be positive.",
        )
    if lowest >= highest:
        fields.fault(
            "bad_range",
            at=fields.place("lowest_points"),
            zh="lowest_points 必须小于 highest_points。",
            en="lowest_points must be below highest_points.",
        )
    return Span(lowest, highest)


def _titled(fields: Fields, key: str) -> tuple[tuple[str, Text], ...]:
    titled: list[tuple[str, Text]] = []
    for entry in fields.each(key):
        titled.append((entry.identifier("id") or "", entry.bilingual("title")))
        entry.done()
    ids = [one for one, _ in titled]
    if len(set(ids)) != len(ids):
        fields.fault(
            "duplicate_id",
            at=fields.place(key),
            zh=f"“{key}”中有重复的 id。",
            en=f"Two entries of “{key}” share one id.",
        )
    return tuple(titled)


def _levels(fields: Fields) -> tuple[Level, ...]:
    """Names of the depths, and what holds for every group of a level unless the group says otherwise."""
    levels: list[Level] = []
    for entry in fields.each("levels"):
        identifier, title = entry.identifier("id") or "", entry.bilingual("title")
        aggregation = read_aggregation(entry, default=ARITHMETIC)
        decimals = entry.count("decimals", default=0, most=12) if "decimals" in entry else None
        levels.append(Level(identifier, title, aggregation, decimals))
        entry.done()
    ids = [level.id for level in levels]
    if len(set(ids)) != len(ids):
        fields.fault("duplicate_id", at=fields.place("levels"), zh="层级 id 重复。", en="Two levels share one id.")
    return tuple(levels) or DEFAULT_LEVELS


def _classes(fields: Fields) -> Classes | None:
    own = fields.inner("classes")
    if own is None:
        return None
    rules: list[CentreClassRule] = []
    for entry in own.each("of"):
        mixes = entry.inner("mixes")
        parts: tuple[str, str] | None = None
        share: str | None = None
        if mixes is not None:
            names = mixes.names("of")
            share = mixes.name("share")
            if len(names) != 2:
                mixes.fault("bad_mix", zh="混合类别需要两个类别。", en="A mixed class needs two classes.")
            else:
                parts = (names[0], names[1])
            mixes.done()
        rules.append(CentreClassRule(entry.identifier("id") or "", entry.bilingual("title"), parts, share))
        entry.done()
    classes = Classes(own.name("attribute", default="class"), own.quoted("default", required=False), tuple(rules))
    ids = {rule.id for rule in rules if rule.mixes is None}
    for rule in rules:
        if rule.mixes and not set(rule.mixes) <= ids:
            own.fault("unknown_class", zh=f"“{rule.id}”混合了未知类别。", en=f"“{rule.id}” mixes unknown classes.")
    if classes.default is not None and classes.default not in {rule.id for rule in rules}:
        own.fault("unknown_class", at=own.place("default"), zh="默认类别未定义。", en="The default class is unknown.")
    own.done()
    return classes


def _grades(fields: Fields, span: Span) -> Grades | None:
    own = fields.inner("grades")
    if own is None:
        return None
    grades: list[Grade] = []
    for entry in own.each("of"):
        grades.append(
            Grade(
                id=entry.identifier("id") or "",
                at_least=entry.decimal("at_least"),
                title=entry.bilingual("title"),
                certificate=entry.flag("certificate", default=True),
            )
        )
        entry.done()
    lines = [grade.at_least for grade in grades]
    if not lines or lines[0] != span.lowest:
        own.fault(
            "grade_gap",
            at=own.place("of"),
            zh=f"最低等级必须从 {span.lowest} 开始。",
            en=f"The lowest grade must begin at {span.lowest}.",
        )
    if lines != sorted(set(lines)):
        own.fault(
            "grade_order",
            at=own.place("of"),
            zh="等级界线必须从低到高且不重复。",
            en="Grade lines must ascend, each once.",
        )
    if lines and lines[-1] > span.highest:
        own.fault("grade_gap", at=own.place("of"), zh="等级界线高于最高分。", en="A grade line lies above the highest.")
    if len({grade.id for grade in grades}) != len(grades):
        own.fault("duplicate_id", at=own.place("of"), zh="等级 id 重复。", en="Two grades share one id.")
    margin = own.maybe_decimal("pillar_margin")
    own.done()
    return Grades(tuple(grades), margin) if grades else None


def _quality_caps(fields: Fields, span: Span) -> dict[Quality, Decimal]:
    own = fields.inner("quality_caps")
    if own is None:
        return {}
    caps: dict[Quality, Decimal] = {}
    for quality in Quality:
        cap = own.maybe_decimal(quality.value)
        if cap is not None:
            caps[quality] = cap
            if not span.lowest <= cap <= span.highest:
                own.fault(
                    "points_out_of_range",
                    at=own.place(quality.value),
                    zh=f"封顶分 {cap} 超出范围。",
                    en=f"The cap {cap} is out of range.",
                )
    own.done()
    return caps


def _limits(fields: Fields, span: Span) -> Limits:
    own = fields.inner("limits")
    if own is None:
        return Limits(span.lowest, None, None)
    limits = Limits(
        default_points=own.decimal("default_points", default=span.lowest),
        default_share=own.maybe_decimal("default_share"),
        not_applicable_share=own.maybe_decimal("not_applicable_share"),
    )
    if not span.lowest <= limits.default_points <= span.highest:
        own.fault(
            "points_out_of_range",
            at=own.place("default_points"),
            zh="默认分超出范围。",
            en="The default points are out of range.",
        )
    for key in ("default_share", "not_applicable_share"):
        share = getattr(limits, key)
        if share is not None and not 0 <= share <= 1:
            own.fault(
                "share_out_of_range", at=own.place(key), zh="份额应在 0 到 1 之间。", en="A share lies between 0 and 1."
            )
    own.done()
    return limits


def _peers(fields: Fields) -> Peers | None:
    own = fields.inner("peers")
    if own is None:
        return None
    peers = Peers(own.names("attributes"), own.count("at_least", default=1))
    own.done()
    return peers


def _sources(fields: Fields) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for entry in fields.each("sources"):
        source = Source(entry.identifier("id") or "", entry.bilingual("title"), entry.plain("url"))
        entry.done()
        if source.id in sources:
            entry.fault("duplicate_id", zh=f"来源“{source.id}”重复。", en=f"The source “{source.id}” stands twice.")
        sources[source.id] = source
    return sources
