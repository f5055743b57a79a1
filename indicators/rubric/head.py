"""Reads `rubric.yaml`: what the edition is, its measures, classes, grades, caps and sources. The tree is read apart."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.outcome import Quality
from core.text import Text
from indicators.rubric.fields import Fields
from indicators.rubric.model import (
    SCHEMA,
    CentreClassRule,
    Classes,
    Direction,
    Grade,
    Grades,
    Limits,
    MeasureDeclaration,
    Peers,
    Source,
)

DEFAULT_LEVELS = (
    ("overall", Text(zh="总体", en="overall")),
    ("pillar", Text(zh="支柱", en="pillar")),
    ("dimension", Text(zh="维度", en="dimension")),
    ("indicator", Text(zh="指标", en="indicator")),
)
SEMANTICS = (1,)


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
    highest_points: Decimal
    levels: tuple[tuple[str, Text], ...]
    measures: dict[str, MeasureDeclaration]
    classes: Classes | None
    grades: Grades | None
    quality_caps: dict[Quality, Decimal]
    limits: Limits
    peers: Peers | None
    tags: tuple[tuple[str, Text], ...]
    sources: dict[str, Source]


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
        fields.fault(
            "unknown_semantics",
            at=fields.place("semantics"),
            zh=f"未知的计分语义 {semantics}。",
            en=f"Unknown scoring semantics {semantics}.",
        )
    if (rounding := fields.plain("rounding")) not in (None, "half_up"):
        fields.fault(
            "unknown_choice",
            at=fields.place("rounding"),
            zh=f"未知的舍入方式 {rounding}，只能是 half_up。",
            en=f"Unknown rounding {rounding}; it can only be half_up.",
        )
    highest = fields.decimal("highest_points", default=Decimal(100))
    if highest <= 0:
        fields.fault(
            "not_positive",
            at=fields.place("highest_points"),
            zh="最高分必须为正。",
            en="The highest points must be positive.",
        )
    return Head(
        rubric=fields.identifier("rubric") or "",
        edition=fields.identifier("edition") or "",
        title=fields.bilingual("title"),
        standing=fields.bilingual("standing"),
        summary=fields.maybe_bilingual("summary"),
        semantics=semantics,
        decimals=fields.count("decimals", default=2, most=12),
        highest_points=highest,
        levels=_levels(fields),
        measures=_measures(fields),
        classes=_classes(fields),
        grades=_grades(fields, highest),
        quality_caps=_quality_caps(fields, highest),
        limits=_limits(fields, highest),
        peers=_peers(fields),
        tags=_titled(fields, "tags"),
        sources=_sources(fields),
    )


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


def _levels(fields: Fields) -> tuple[tuple[str, Text], ...]:
    return _titled(fields, "levels") or DEFAULT_LEVELS


def _measures(fields: Fields) -> dict[str, MeasureDeclaration]:
    own = fields.inner("measures")
    if own is None:
        fields.fault("missing_key", zh="缺少“measures”。", en="“measures” is missing.")
        return {}
    declared: dict[str, MeasureDeclaration] = {}
    for name in own.all_keys():
        entry = own.inner(name)
        if entry is None:
            own.fault("missing_key", at=own.place(name), zh=f"“{name}”为空。", en=f"“{name}” is empty.")
            continue
        declared[name] = MeasureDeclaration(
            name=name,
            title=entry.bilingual("title"),
            unit=entry.quoted("unit") or "",
            direction=entry.choice("direction", Direction),
            lowest=entry.maybe_decimal("lowest"),
            highest=entry.maybe_decimal("highest"),
            computed=entry.name("computed") if "computed" in entry else None,
            where=own.place(name),
        )
        entry.done()
    return declared


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


def _grades(fields: Fields, highest: Decimal) -> Grades | None:
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
    if not lines or lines[0] != 0:
        own.fault("grade_gap", at=own.place("of"), zh="最低等级必须从 0 开始。", en="The lowest grade must begin at 0.")
    if lines != sorted(set(lines)):
        own.fault(
            "grade_order",
            at=own.place("of"),
            zh="等级界线必须从低到高且不重复。",
            en="Grade lines must ascend, each once.",
        )
    if lines and lines[-1] > highest:
        own.fault("grade_gap", at=own.place("of"), zh="等级界线高于最高分。", en="A grade line lies above the highest.")
    if len({grade.id for grade in grades}) != len(grades):
        own.fault("duplicate_id", at=own.place("of"), zh="等级 id 重复。", en="Two grades share one id.")
    margin = own.maybe_decimal("pillar_margin")
    own.done()
    return Grades(tuple(grades), margin) if grades else None


def _quality_caps(fields: Fields, highest: Decimal) -> dict[Quality, Decimal]:
    own = fields.inner("quality_caps")
    if own is None:
        return {}
    caps: dict[Quality, Decimal] = {}
    for quality in Quality:
        cap = own.maybe_decimal(quality.value)
        if cap is not None:
            caps[quality] = cap
            if not 0 <= cap <= highest:
                own.fault(
                    "points_out_of_range",
                    at=own.place(quality.value),
                    zh=f"封顶分 {cap} 超出范围。",
                    en=f"The cap {cap} is out of range.",
                )
    own.done()
    return caps


def _limits(fields: Fields, highest: Decimal) -> Limits:
    own = fields.inner("limits")
    if own is None:
        return Limits(Decimal(0), None, None)
    limits = Limits(
        default_points=own.decimal("default_points", default=Decimal(0)),
        default_share=own.maybe_decimal("default_share"),
        not_applicable_share=own.maybe_decimal("not_applicable_share"),
    )
    if not 0 <= limits.default_points <= highest:
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
