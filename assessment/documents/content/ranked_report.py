"""What a ranked report says: the query in words, one page of findings, the order, and how it was made."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assessment.documents.charts import PillarFigure
from assessment.documents.content.certificate import longest_window, pillar_figure
from assessment.documents.content.standings import STANDINGS, standing_remark
from assessment.documents.content.words import (
    NOTHING,
    EditionWords,
    Fact,
    Installed,
    class_words,
    grade_words,
    grouped,
    peak_words,
    percent_words,
    period_words,
    points_words,
    same,
    tier_words,
    weight_shares,
)
from assessment.scoring.chance.tie_groups import brackets
from assessment.scoring.firmness import Firmness
from assessment.scoring.result import Consequence, Result, Verdict
from centres.profile import FacilityProfile
from centres.provinces import province_name
from core.quantity import rounded
from core.text import Text
from indicators.rubric.grade_words import GRADES


@dataclass(frozen=True, slots=True)
class RankedCentre:
    """One centre of a ranking, in its order; a blocked one has no rank."""

    profile: FacilityProfile
    installed: Installed
    result: Result
    rank: int | None
    peer_rank: int | None = None
    certificate: str | None = None
    standing: str | None = None  # of the certificate on the day of the report
    case: str = ""  # state of the case
    firmness: Firmness | None = None

    @property
    def remark(self) -> Text | None:
        return standing_remark(standing=self.standing, case=self.case)

    @property
    def peer_group(self) -> Text:
        tier, kind = tier_words(self.installed.tier), class_words(self.profile)
        return Text(zh=f"{tier.zh} · {kind.zh}", en=f"{tier.en} · {kind.en}")


@dataclass(frozen=True, slots=True)
class RankedRow:
    """One line of the ranking as it is printed."""

    rank: str
    peer_rank: str
    name: Text
    slug: str
    place: Text
    peer_group: Text
    grade: Text
    score: str
    score_points: Decimal | None
    pillars: tuple[PillarFigure, ...]
    defaulted: str
    certificate: str
    standing: Text
    remarks: tuple[Text, ...]
    firmness: Firmness | None = None
    bracket: str = " "  # ┌ │ └ beside the rank of those that cannot be told apart

    @property
    def rank_interval(self) -> str:
        return NOTHING if self.firmness is None else "{}–{}".format(*self.firmness.rank)


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """What one line of the ranking rests on."""

    name: Text
    window: str
    inputs_digest: str
    result_digest: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure large enough to be read first, with what it counts."""

    figure: str
    words: Text


@dataclass(frozen=True, slots=True)
class RankedReportContent:
    """A ranked report as plain values."""

    title: Text
    made_on: str
    body: Text
    query: tuple[Fact, ...]
    standing: Text
    edition: str
    limits: tuple[int, ...]
    findings: tuple[Finding, ...]
    grades: tuple[tuple[Text, int, Decimal], ...]  # grade, centres, share of the largest count
    sentences: tuple[Text, ...]
    pillars: tuple[PillarFigure, ...]  # medians of the centres with a grade
    medians_of: Text
    ranked: tuple[RankedRow, ...]
    blocked: tuple[RankedRow, ...]
    order: tuple[Text, ...]
    method: tuple[Text, ...]
    annex: tuple[AnnexRow, ...]
    fine_print: tuple[Fact, ...]
    varied: Text | None = None  # what the intervals rest on; None where there are none


def ranked_report_content(
    centres: Sequence[RankedCentre],
    *,
    title: Text,
    query: Iterable[Fact],
    edition: EditionWords,
    body: Text,
    made_on: dt.date,
    varied: Text | None = None,
) -> RankedReportContent:
    """The report on centres already ordered by the ranking; rows keep the order they are given in.

    Args:
        varied: what the intervals of the centres rest on.
    """
    ranked = [centre for centre in centres if centre.rank is not None]
    blocked = [centre for centre in centres if centre.rank is None]
    return RankedReportContent(
        title=title,
        made_on=made_on.isoformat(),
        body=body,
        query=tuple(query),
        standing=edition.standing,
        edition=f"{edition.title.zh} {edition.edition}",
        limits=edition.limits,
        findings=tuple(_findings(ranked, blocked)),
        grades=_grades(ranked),
        sentences=tuple(_sentences(ranked, blocked)),
        pillars=_median_pillars(ranked),
        medians_of=_medians_of(ranked, blocked),
        ranked=_with_brackets([_row(centre) for centre in ranked]),
        blocked=tuple(_row(centre) for centre in blocked),
        order=ORDER,
        method=(*METHOD, *((INTERVALS, varied) if varied else ())),
        annex=tuple(_annex_row(centre) for centre in centres),
        fine_print=(
            Fact(
                Text(zh="评分细则", en="Rubric edition"),
                Text(zh=f"{edition.title.zh} {edition.edition}", en=f"{edition.title.en} {edition.edition}"),
            ),
            Fact(Text(zh="评分细则摘要", en="Edition digest"), same(edition.digest)),
        ),
        varied=varied,
    )


ORDER = (
    Text(
        zh="先列可评级的中心；触发否决项或缺少必备证据的中心不排名，单列并说明原因。",
        en="Centres with a grade come first; a centre blocked by a mandatory minimum or missing evidence is listed "
        "apart, without a rank, with its reason.",
    ),
    Text(zh="等级高者在前；等级按封顶之后计。", en="Higher grade first, counted after caps."),
    Text(zh="等级相同，综合得分高者在前。", en="Within a grade, higher published score first."),
    Text(
        zh="等级与公布得分都相同者并列，其后名次顺延（1、2、2、4）；并列者之间按代号排列，不分先后。",
        en="Equal grade and equal published score share a rank and the next ranks are skipped (1, 2, 2, 4); inside "
        "a tie the order is that of the identifiers and means nothing.",
    ),
)
METHOD = (
    Text(
        zh="各指标由证据文件重新计算，按评分细则的曲线折算为 0–100 分；维度与支柱按权重加权平均，"
        "综合得分为各支柱得分的加权几何平均，弱项不能被强项抵消。",
        en="Each indicator is computed anew from evidence files and turned into 0–100 points by the rubric's curve; "
        "dimensions and pillars are weighted means, the overall score is the weighted geometric mean of the "
        "pillars, so that a weak pillar cannot be bought back.",
    ),
    Text(
        zh="缺少证据的扩展指标按保守默认值计分，其权重占比印在每一行；证据等级 B、C、D 限制该指标的最高得分。",
        en="Extended indicators without evidence count with a conservative default, whose share of weight stands in "
        "each row; evidence grades B, C and D cap an indicator's points.",
    ),
    Text(
        zh="同类组为规模与类别相同的中心；少于五个成员的组不公布组内名次。",
        en="A peer group is centres of one scale tier and class; ranks inside a group of fewer than five are not "
        "published.",
    ),
    Text(
        zh="相邻名次的得分差可能小于测量不确定度，名次差一两位不宜解读为优劣。",
        en="Neighbouring scores may differ by less than the measurement's uncertainty; one or two ranks apart "
        "should not be read as better or worse.",
    ),
)


INTERVALS = Text(
    zh="名次旁为其 5–95 % 区间；括线连接名次区间重叠、无法区分的中心。区间不改变名次和等级。",
    en="Beside each rank stands its 5–95 % interval; brackets join centres whose intervals of rank overlap, which "
    "cannot be told apart. Intervals change no rank and no grade.",
)


def _with_brackets(rows: Sequence[RankedRow]) -> tuple[RankedRow, ...]:
    if any(row.firmness is None for row in rows):
        return tuple(rows)
    marks = brackets([row.firmness.tie_group for row in rows if row.firmness])
    return tuple(replace(row, bracket=mark) for row, mark in zip(rows, marks, strict=True))


def _row(centre: RankedCentre) -> RankedRow:
    result = centre.result
    graded = result.verdict is Verdict.SCORED
    defaulted = max(
        (weight_shares(pillar).get("defaulted", Decimal(0)) for pillar in result.pillars), default=Decimal(0)
    )
    return RankedRow(
        rank=str(centre.rank) if centre.rank is not None else NOTHING,
        peer_rank=str(centre.peer_rank) if centre.peer_rank is not None else NOTHING,
        name=centre.profile.centre.name.text,
        slug=centre.profile.centre.id,
        place=province_name(centre.profile.place.province),
        peer_group=centre.peer_group,
        grade=grade_words(result.grade if graded else None),
        score=points_words(result.score if graded else None),
        score_points=result.score if graded else None,
        pillars=tuple(pillar_figure(pillar) for pillar in result.pillars),
        defaulted=percent_words(defaulted) if defaulted else "",
        certificate=centre.certificate or NOTHING,
        standing=STANDINGS[centre.standing] if centre.standing else same(NOTHING),
        remarks=(*((remark,) if (remark := centre.remark) else ()), *map(_remark, result.consequences)),
        firmness=centre.firmness,
    )


def _remark(consequence: Consequence) -> Text:
    reason = consequence.reason.message
    if consequence.effect == "cap":
        grade = grade_words(consequence.grade)
        return Text(
            zh=f"{consequence.code} 封顶{grade.zh}：{reason.zh}",
            en=f"{consequence.code} caps at {grade.en}: {reason.en}",
        )
    return Text(zh=f"{consequence.code}：{reason.zh}", en=f"{consequence.code}: {reason.en}")


def _annex_row(centre: RankedCentre) -> AnnexRow:
    window = longest_window(centre.result)
    return AnnexRow(
        name=centre.profile.centre.name.text,
        window=period_words(window, centre.profile) if window else NOTHING,
        inputs_digest=centre.result.inputs_digest,
        result_digest=centre.result.digest,
    )


def _findings(ranked: Sequence[RankedCentre], blocked: Sequence[RankedCentre]) -> Iterator[Finding]:
    yield Finding(grouped(len(ranked) + len(blocked)), Text(zh="参评中心", en="centres assessed"))
    yield Finding(grouped(len(ranked)), Text(zh="获得等级", en="with a grade"))
    yield Finding(grouped(len(blocked)), Text(zh="被否决项阻止", en="blocked"))
    scores = [centre.result.score for centre in ranked if centre.result.score is not None]
    yield Finding(points_words(_median(scores)), Text(zh="获级中心得分中位数", en="median score of the graded"))
    peaks = [centre.installed.peak_pflop_s for centre in (*ranked, *blocked)]
    peak = sum((own for own in peaks if own is not None), Decimal(0))
    yield Finding(peak_words(peak), Text(zh="装机峰值合计", en="installed peak in all"))


def _grades(ranked: Sequence[RankedCentre]) -> tuple[tuple[Text, int, Decimal], ...]:
    counts = Counter(centre.result.grade for centre in ranked)
    most = max(counts.values(), default=1)
    return tuple((GRADES[grade], counts[grade], Decimal(counts[grade]) / most) for grade in reversed(GRADES))


def _sentences(ranked: Sequence[RankedCentre], blocked: Sequence[RankedCentre]) -> Iterator[Text]:
    if ranked:
        first = ranked[0]
        name, score = first.profile.centre.name.text, points_words(first.result.score)
        grade = grade_words(first.result.grade)
        yield Text(
            zh=f"位列第一的是{name.zh}，{grade.zh}，{score} 分。",
            en=f"{name.en} stands first: {grade.en}, {score} points.",
        )
    medians = [pillar for pillar in _median_pillars(ranked) if pillar.points is not None]
    if medians:
        weak = min(medians, key=lambda pillar: pillar.points or Decimal(0))
        strong = max(medians, key=lambda pillar: pillar.points or Decimal(0))
        yield Text(
            zh=f"获得等级的中心里，最强的支柱是{strong.title.zh}（中位数 {points_words(strong.points)}），"
            f"最弱的是{weak.title.zh}（{points_words(weak.points)}）。",
            en=f"Among the centres with a grade the strongest pillar is {strong.title.en} "
            f"(median {points_words(strong.points)}), the weakest {weak.title.en} ({points_words(weak.points)}).",
        )
    capped = [centre for centre in ranked if any(cause.effect == "cap" for cause in centre.result.consequences)]
    if capped:
        yield Text(
            zh=f"{len(capped)} 个中心的等级被封顶，原因见各行。",
            en="The grade of 1 centre is capped; its row says why."
            if len(capped) == 1
            else f"The grades of {len(capped)} centres are capped; each row says why.",
        )
    if unsupported := sum(centre.remark is not None for centre in (*ranked, *blocked)):
        yield Text(
            zh=f"{unsupported} 个中心的结果没有有效证书支持，不可作为依据，原因见各行备注。",
            en="Behind the result of 1 centre stands no certificate in force; the remark of its row says why."
            if unsupported == 1
            else f"Behind the results of {unsupported} centres stands no certificate in force; remarks say why.",
        )
    if blocked:
        causes = Counter(
            cause.code for centre in blocked for cause in centre.result.consequences if cause.effect == "block"
        )
        named = "，".join(
            f"{code}（{count}）" for code, count in sorted(causes.items(), key=lambda item: (-item[1], item[0]))
        )
        named_en = ", ".join(
            f"{code} ({count})" for code, count in sorted(causes.items(), key=lambda item: (-item[1], item[0]))
        )
        yield Text(zh=f"阻止评级的指标：{named}。", en=f"Indicators that blocked a grade: {named_en}.")


def _median_pillars(ranked: Sequence[RankedCentre]) -> tuple[PillarFigure, ...]:
    figures: dict[str, list[PillarFigure]] = {}
    for centre in ranked:
        for pillar in centre.result.pillars:
            figures.setdefault(pillar.code, []).append(pillar_figure(pillar))
    return tuple(
        PillarFigure(code, own[0].title, _median([figure.points for figure in own if figure.points is not None]))
        for code, own in figures.items()
    )


def _medians_of(ranked: Sequence[RankedCentre], blocked: Sequence[RankedCentre]) -> Text:
    """Over whom the medians are taken, because the weakest pillars are often those of centres without a grade."""
    counted, left_out = grouped(len(ranked)), grouped(len(blocked))
    centres, are = "centre" if len(ranked) == 1 else "centres", "is" if len(blocked) == 1 else "are"
    if not blocked:
        return Text(zh=f"取自全部 {counted} 个参评中心。", en=f"Of all {counted} {centres} assessed.")
    return Text(
        zh=f"仅取自获得等级的 {counted} 个中心；未获等级的 {left_out} 个不计入。",
        en=f"Of the {counted} {centres} with a grade only; the {left_out} without one {are} left out.",
    )


def _median(values: Sequence[Decimal]) -> Decimal | None:
    if not values:
        return None
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else rounded((ordered[middle - 1] + ordered[middle]) / 2, 2)
