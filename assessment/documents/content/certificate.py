"""What a certificate says: everything from the result tree, the profile and the decision.

The list of what must stand on it follows ISO/IEC 17065 clause 7.7 and the scheme: body with country,
holder, scope, edition, dates, unique number, limits of use, how to check it and how to complain.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from assessment.documents.charts import PillarFigure
from assessment.documents.content.spread import Spread
from assessment.documents.content.words import (
    GRADE_SCALE,
    NOTHING,
    SCHEME_WORDS,
    EditionWords,
    Fact,
    Installed,
    cards_words,
    class_words,
    figure_words,
    grade_words,
    peak_words,
    percent_words,
    period_words,
    points_words,
    same,
    site_words,
    tier_words,
    weight_shares,
)
from assessment.scoring.result import Node, Result, Verdict
from centres.profile import FacilityProfile
from core.errors import DecisionBlocked
from core.outcome import Quality
from core.period import Period
from core.text import Text
from core.units import unit_words
from indicators.rubric.grade_words import GRADES

# The figures readers ask for first; the first six a centre's tree holds are printed.
HEADLINES = ("CE-1.1", "CE-6.1", "CE-4.1", "ST-1.1", "GR-1.1", "GR-2.1", "ST-6.1", "ST-2.1")
HEADLINES_SHOWN = 6
_NO_CERTIFICATION = Text(
    zh="本证书为评价结论，不构成经认可的认证。",
    en="A statement of assessment; it implies no accredited certification.",
)
_ASK_WHO_ACCREDITS = Text(
    zh="本证书为认证结论；机构是否获得认可，以认可机构的公布为准。",
    en="A certificate of conformity; who accredits tells whether the body is accredited.",
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What people concluded, and who answers for it.

    `kind` is the word for what the paper is: assessment, unless the body is accredited to certify. A decision takes
    effect on `effective_on`: on its own day, or after a period of notice.
    """

    number: str
    decided_on: dt.date
    effective_on: dt.date
    valid_until: dt.date
    decider: str
    body: Text
    body_address: Text
    complaints: Text
    verification_url: str
    surveillance_on: dt.date | None = None
    revision: int = 1
    replaces: str | None = None
    kind: Text = field(default_factory=lambda: SCHEME_WORDS["assessment"])


@dataclass(frozen=True, slots=True)
class Headline:
    """One measured figure with its window and evidence grade."""

    title: Text
    value: str
    unit: Text
    window: str
    quality: str


@dataclass(frozen=True, slots=True)
class CertificateContent:
    """A certificate as plain values; the template adds no words that depend on the case."""

    number: str
    title: Text
    accreditation: Text
    centre: Text
    operator: Text
    statement: Text
    grade: Text
    grade_scale: Text
    score: str
    score_points: Decimal
    limits: tuple[int, ...]
    levels: tuple[str, ...]
    awarded_level: str
    score_finding: str
    pillars: tuple[PillarFigure, ...]
    pillars_finding: str
    facts: tuple[Fact, ...]
    headlines: tuple[Headline, ...]
    conditions: tuple[Text, ...]
    signatory: tuple[Fact, ...]
    standing: Text
    verification_url: str
    fine_print: tuple[Fact, ...]
    spread: Spread | None = None  # papers issued without an interval have none

    @property
    def texts(self) -> Iterator[str]:
        """Every word of the paper that comes from the case, for the check of glyphs."""
        yield from _strings(self)


def certificate_content(
    result: Result,
    *,
    edition: EditionWords,
    profile: FacilityProfile,
    installed: Installed,
    decision: Decision,
    spread: Spread | None = None,
) -> CertificateContent:
    """The certificate of a centre that was decided to be certified.

    Args:
        spread: how firmly the score stood when it was decided.

    Raises:
        DecisionBlocked: code `blocked_result`, when the result carries no grade: nobody may print it.
    """
    if result.verdict is not Verdict.SCORED or result.score is None or result.grade is None:
        raise DecisionBlocked(
            "blocked_result",
            Text(
                zh="该结果没有等级，不能出具证书。",
                en="This result carries no grade: no certificate can be made from it.",
            ),
            hint=Text(
                zh="请查看结果中阻止定级的原因；可以作出不予的决定。",
                en="The result says what keeps it from a grade; the case can be refused.",
            ),
        )
    grade = grade_words(result.grade)
    return CertificateContent(
        number=decision.number,
        title=Text(
            zh=f"智算中心{decision.kind.zh}证书",
            en=f"Certificate of {decision.kind.en.capitalize()} · AI Computing Centre",
        ),
        accreditation=_NO_CERTIFICATION if decision.kind == SCHEME_WORDS["assessment"] else _ASK_WHO_ACCREDITS,
        centre=profile.centre.name.text,
        operator=profile.operator.text,
        statement=Text(
            zh=f"依据《{edition.title.zh}》{edition.edition} 版{decision.kind.zh}，综合等级为",
            en=f"has been assessed against the {edition.title.en}, edition {edition.edition}, and holds",
        ),
        grade=grade,
        grade_scale=GRADE_SCALE,
        score=points_words(result.score),
        score_points=result.score,
        limits=edition.limits,
        levels=tuple(f"{level.zh} {code}" for code, level in GRADES.items()),
        awarded_level=f"{grade.zh} {result.grade}",
        score_finding=f"综合得分 {points_words(result.score)}，{grade.zh} / score {points_words(result.score)} of 100, "
        f"{grade.en}",
        pillars=tuple(pillar_figure(pillar) for pillar in result.pillars),
        pillars_finding="；".join(f"{pillar.title.zh} {points_words(pillar.published)}" for pillar in result.pillars),
        facts=tuple(_facts(result, edition=edition, profile=profile, installed=installed, decision=decision)),
        headlines=tuple(_headlines(result, profile)),
        conditions=(*(spread.lines if spread else ()), *_conditions(result)),
        signatory=(
            Fact(Text(zh="评价机构", en="Body"), decision.body),
            Fact(Text(zh="决定人", en="Decision maker"), same(decision.decider)),
            Fact(Text(zh="决定日期", en="Decided on"), same(decision.decided_on.isoformat())),
        ),
        standing=edition.standing,
        verification_url=decision.verification_url,
        fine_print=(
            *_fine_print(result, edition=edition, profile=profile, installed=installed, decision=decision),
            *((Fact(Text(zh="得分区间", en="Interval of the score"), spread.varied),) if spread else ()),
        ),
        spread=spread,
    )


def pillar_figure(pillar: Node) -> PillarFigure:
    return PillarFigure(
        pillar.code, pillar.title, pillar.published, None if pillar.published is not None else pillar.outcome.label
    )


def _facts(
    result: Result, *, edition: EditionWords, profile: FacilityProfile, installed: Installed, decision: Decision
) -> Iterator[Fact]:
    tier = tier_words(installed.tier)
    group = Text(zh=f"{class_words(profile).zh} · {tier.zh}", en=f"{class_words(profile).en} · {tier.en} scale")
    yield Fact(Text(zh="场址", en="Site"), site_words(profile))
    yield Fact(Text(zh="类别与规模", en="Class and scale"), group)
    yield Fact(
        Text(zh="评价范围", en="Scope"),
        Text(
            zh=f"全部 {cards_words(profile)}；IT 容量 {profile.it_capacity_kw:,f} kW",
            en=f"all {cards_words(profile)}; IT capacity {profile.it_capacity_kw:,f} kW",
        ),
    )
    yield Fact(
        Text(zh="装机峰值", en="Installed peak"),
        Text(
            zh=f"{peak_words(installed.peak_pflop_s)}，BF16/FP16 稠密",
            en=f"{peak_words(installed.peak_pflop_s)}, dense BF16/FP16",
        ),
    )
    if window := longest_window(result):
        yield Fact(Text(zh="数据窗口", en="Data window"), same(period_words(window, profile)))
    if decision.effective_on != decision.decided_on:
        yield Fact(Text(zh="生效日期", en="Effective from"), same(decision.effective_on.isoformat()))
    until = f"{decision.effective_on.isoformat()} – {decision.valid_until.isoformat()}"
    due = decision.surveillance_on.isoformat() if decision.surveillance_on else ""
    yield Fact(
        Text(zh="有效期", en="Valid"),
        Text(zh=f"{until}，{due} 监督", en=f"{until}; surveillance by {due}") if due else same(until),
    )


def longest_window(result: Result) -> Period | None:
    """The longest period any indicator was measured over; of equal ones the latest."""
    periods = [node.inputs.period for node in result.root.walk() if node.inputs and node.inputs.period]
    return max(periods, key=lambda period: (period.seconds, period.end), default=None)


def _headlines(result: Result, profile: FacilityProfile) -> Iterator[Headline]:
    by_code = {node.code: node for node in result.root.walk()}
    usual = longest_window(result)  # stands among the facts; only other windows are named beside a figure
    shown = 0
    for code in HEADLINES:
        node = by_code.get(code)
        if node is None or node.inputs is None or node.inputs.value is None or shown == HEADLINES_SHOWN:
            continue
        shown += 1
        measured = node.inputs
        yield Headline(
            title=node.title,
            value=figure_words(node.inputs.value, measured.unit),
            unit=unit_words(measured.unit),
            window=period_words(measured.period, profile) if measured.period and measured.period != usual else "",
            quality=measured.quality.value if measured.quality else NOTHING,
        )


def _conditions(result: Result) -> Iterator[Text]:
    for consequence in result.consequences:
        reason = consequence.reason.message
        if consequence.effect == "cap":
            grade = grade_words(consequence.grade)
            yield Text(
                zh=f"封顶 {grade.zh}（{consequence.code}）：{reason.zh}",
                en=f"Capped at {grade.en} ({consequence.code}): {reason.en}",
            )
        else:
            yield Text(zh=f"{consequence.code}：{reason.zh}", en=f"{consequence.code}: {reason.en}")
    if lines := [node for node in result.root.walk() if node.rule.get("minimum") and node.inputs]:
        yield _lines_kept(result, lines)
    yield _evidence_mix(result)
    yield from _resting_on(result, "defaulted", zh="保守默认值占支柱权重", en="Weight on conservative defaults")
    if any(weight_shares(pillar)["not_applicable"] for pillar in result.pillars):
        yield from _resting_on(result, "not_applicable", zh="不适用指标占支柱权重", en="Weight not applicable")


def _lines_kept(result: Result, lines: Sequence[Node]) -> Text:
    """How many indicators with a mandatory requirement were checked, and which of them missed it."""
    causes = {cause.code for cause in result.consequences if cause.reason.code == "minimum_missed"}
    missed = [node.code for node in lines if node.code in causes]
    if not missed:
        return Text(
            zh=f"设有门槛的 {len(lines)} 项指标均已核验，全部满足。",
            en=f"All {len(lines)} indicators with a mandatory requirement were checked and meet it.",
        )
    return Text(
        zh=f"设有门槛的 {len(lines)} 项指标均已核验，未满足：{'、'.join(missed)}。",
        en=f"{len(lines)} indicators with a mandatory requirement were checked; missed: {', '.join(missed)}.",
    )


def _evidence_mix(result: Result) -> Text:
    """How the weight of the whole result is spread over the evidence grades."""
    shares = weight_shares(result.root)
    mix = [(quality.value, percent_words(shares[quality.value])) for quality in Quality if shares.get(quality.value)]
    return Text(
        zh="证据等级占总权重：" + ("，".join(f"{grade} 级 {share}" for grade, share in mix) or "无") + "。",
        en="Weight by evidence grade: " + (", ".join(f"{grade} {share}" for grade, share in mix) or "none") + ".",
    )


def _resting_on(result: Result, basis: str, *, zh: str, en: str) -> Iterator[Text]:
    """How much of which pillar rests on something other than measurements; said also when it is nothing."""
    shares = [(pillar.title, weight_shares(pillar).get(basis, Decimal(0))) for pillar in result.pillars]
    some = [(title, percent_words(share)) for title, share in shares if share]
    yield Text(
        zh=f"{zh}：" + ("，".join(f"{title.zh} {share}" for title, share in some) or "无") + "。",
        en=f"{en}: " + (", ".join(f"{title.en} {share}" for title, share in some) or "none") + ".",
    )


def _fine_print(
    result: Result, *, edition: EditionWords, profile: FacilityProfile, installed: Installed, decision: Decision
) -> Iterator[Fact]:
    yield Fact(Text(zh="评分细则摘要", en="Edition digest"), same(edition.digest))
    yield Fact(Text(zh="结果摘要", en="Result digest"), same(result.digest))
    yield Fact(Text(zh="输入摘要", en="Inputs digest"), same(result.inputs_digest))
    yield Fact(Text(zh="设施档案摘要", en="Profile digest"), same(profile.digest))
    yield Fact(Text(zh="峰值来源", en="Peak source"), same(installed.source))
    yield Fact(Text(zh="评价机构地址", en="Body's address"), decision.body_address)
    yield Fact(
        Text(zh="使用限制", en="Limits of use"),
        Text(
            zh="仅适用于所载场址、范围与数据窗口；状态以查验页为准。",
            en="For the site, scope and window stated; the verification page shows its present status.",
        ),
    )
    yield Fact(Text(zh="投诉与申诉", en="Complaints, appeals"), decision.complaints)
    instead = Text(zh=f"，代替 {decision.replaces}", en=f", replaces {decision.replaces}")
    yield Fact(
        Text(zh="版本", en="Revision"),
        Text(
            zh=f"第 {decision.revision} 版" + (instead.zh if decision.replaces else ""),
            en=f"{decision.revision}" + (instead.en if decision.replaces else ""),
        ),
    )


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _strings(item)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from _strings(getattr(value, name))
