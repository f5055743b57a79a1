"""A small, complete result tree and what stands around it, for tests of the papers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from assessment.documents.content.certificate import CertificateContent, Decision, certificate_content
from assessment.documents.content.ranked_report import RankedCentre, RankedReportContent, ranked_report_content
from assessment.documents.content.words import EditionWords, Fact, Installed
from assessment.scoring.result import Consequence, Node, Result, Verdict
from centres.profile import FacilityProfile, ScaleTier
from core.outcome import Outcome, Quality, Reason
from core.period import Period
from core.text import Text
from indicators.measures.base import Measurement
from tests.profiles import profile_content

EDITION = EditionWords(
    title=Text(zh="智算中心评价指标体系", en="Assessment criteria for AI computing centres"),
    edition="2026.0",
    digest="sha256:" + "5e" * 32,
    standing=Text(zh="征求意见稿，非正式标准。", en="Consultation draft, not an official standard."),
)
TITLES = {
    "CE": Text(zh="算力有效性", en="Compute effectiveness"),
    "ST": Text(zh="集群稳定性", en="Cluster stability"),
    "GR": Text(zh="绿色低碳性", en="Green and low-carbon"),
    "US": Text(zh="服务易用性", en="Service usability"),
    "CE-1.1": Text(zh="模型计算利用率", en="Model FLOPS utilisation"),
    "CE-4.1": Text(zh="加速卡分配率", en="Accelerator allocation rate"),
    "ST-1.1": Text(zh="计算服务可用率", en="Compute availability"),
    "ST-2.1": Text(zh="千卡日中断率", en="Interruption rate"),
    "GR-1.1": Text(zh="年度电能利用效率", en="Annual PUE"),
    "GR-2.1": Text(zh="绿电消费占比", en="Renewable energy factor"),
    "US-4.3": Text(zh="系统可用性量表均分", en="System usability scale, mean"),
}
FIGURES = {  # indicator: points, value, unit, evidence grade
    "CE-1.1": ("78.50", "0.4217", "ratio", "A"),
    "CE-4.1": ("84.00", "71.26", "%", "A"),
    "ST-1.1": ("90.00", "99.512", "%", "B"),
    "ST-2.1": ("76.20", "0.8143", "1/kcd", "A"),
    "GR-1.1": ("92.40", "1.2138", "1", "A"),
    "GR-2.1": ("61.00", "38.4", "%", "C"),
    "US-4.3": ("74.00", "74.25", "point", "A"),
}
MONTHS = Period.whole_months(dt.date(2026, 3, 31), months=12, zone="Asia/Shanghai")


def profile(
    slug: str = "demo-horinger-1",
    *,
    zh: str = "和林格尔示例智算中心（虚构）",
    en: str = "Horinger example centre (fictional)",
) -> FacilityProfile:
    return FacilityProfile.model_validate(profile_content(slug, centre={"id": slug, "name": {"zh": zh, "en": en}}))


def indicator(code: str, *, defaulted: bool = False) -> Node:
    points, value, unit, quality = FIGURES[code]
    measured = Measurement(
        measure=code, outcome=Outcome.SCORED, unit=unit, value=Decimal(value), period=MONTHS, quality=Quality(quality)
    )
    missing = Measurement(
        measure=code,
        outcome=Outcome.NO_EVIDENCE,
        reason=Reason("no_evidence", Text(zh="没有收到证据。", en="No evidence was handed in.")),
    )
    return node(code, "indicator", points, inputs=missing if defaulted else measured, defaulted=defaulted)


def node(
    code: str, level: str, points: str | None, *, share: str = "0.5", children: tuple[Node, ...] = (), **fields: object
) -> Node:
    figure = Decimal(points) if points else None
    return Node(
        code=code,
        id=code.lower(),
        level=level,
        title=TITLES.get(code, Text(zh=code, en=code)),
        outcome=Outcome.SCORED if points else Outcome.NOT_ASSESSABLE,
        points=figure,
        published=figure,
        weight=Decimal(10),
        share=Decimal(share),
        counts=True,
        rule={},
        children=children,
        **fields,
    )


def result(
    slug: str = "demo-horinger-1",
    *,
    score: str = "81.35",
    grade: str = "L4",
    pillars: tuple[str, str, str, str] = ("81.25", "83.10", "76.70", "74.00"),
    consequences: tuple[Consequence, ...] = (),
    verdict: Verdict = Verdict.SCORED,
) -> Result:
    own = {
        "CE": ("CE-1.1", "CE-4.1"),
        "ST": ("ST-1.1", "ST-2.1"),
        "GR": ("GR-1.1", "GR-2.1"),
        "US": ("US-4.3",),
    }
    tree = tuple(
        node(code, "pillar", points, children=tuple(indicator(leaf, defaulted=leaf == "GR-2.1") for leaf in leaves))
        for (code, leaves), points in zip(own.items(), pillars, strict=True)
    )
    graded = verdict is Verdict.SCORED
    return Result(
        facility=slug,
        rubric="zhisuan",
        edition="2026.0",
        edition_digest=EDITION.digest,
        inputs_digest="sha256:" + "a7" * 32,
        scoring=1,
        verdict=verdict,
        score=Decimal(score) if graded else None,
        grade=grade if graded else None,
        consequences=consequences,
        root=node("zhisuan", "overall", score if graded else None, share="1", children=tree),
    )


CAP = Consequence(
    "CE-4.1",
    "cap",
    "L2",
    Reason("minimum_missed", Text(zh="分配率 27.40 %，低于 30 %。", en="Allocation rate 27.40 %, below 30 %.")),
)
BLOCK = Consequence(
    "GR-1.1",
    "block",
    None,
    Reason(
        "minimum_missed",
        Text(zh="年度 PUE 为 1.583，超过上限 1.50。", en="Annual PUE 1.583 exceeds the limit of 1.50."),
    ),
)


def decision(**changed: object) -> Decision:
    fields: dict[str, object] = {
        "number": "ZH-2026-0001-C",
        "decided_on": dt.date(2026, 6, 18),
        "effective_on": dt.date(2026, 6, 18),
        "valid_until": dt.date(2028, 6, 17),
        "decider": "邓明决 Deng Mingjue",
        "body": Text(zh="智衡示例评价机构（虚构）", en="Zhiheng Example Assessment Body (fictional)"),
        "body_address": Text(zh="中国北京市示例路 1 号", en="1 Example Road, Beijing, China"),
        "complaints": Text(
            zh="complaints@zhiheng.example，收到后十个工作日内答复。",
            en="complaints@zhiheng.example; answered within ten working days.",
        ),
        "verification_url": "https://zhiheng.example/certificates/ZH-2026-0001-C/",
    }
    return Decision(**(fields | changed))


INSTALLED = Installed(
    tier=ScaleTier.LARGE,
    peak_pflop_s=Decimal("2025.67"),
    source="accelerators/2026.1: NVIDIA H800 SXM, 989.1 TFLOPS dense BF16 per card",
)


def certificate(**changed: object) -> CertificateContent:
    arguments: dict[str, object] = {
        "edition": EDITION,
        "profile": profile(),
        "installed": INSTALLED,
        "decision": decision(),
    }
    own = changed.pop("result", None) or result()
    return certificate_content(own, **(arguments | changed))


def ranked_report(count: int = 14) -> RankedReportContent:
    places = (
        "乌兰察布",
        "贵安",
        "庆阳",
        "中卫",
        "张家口",
        "韶关",
        "芜湖",
        "宜昌",
        "长沙",
        "济南",
        "克拉玛依",
        "沈阳",
        "杭州",
        "中山",
    )
    centres = []
    for index in range(count):
        place = places[index % len(places)]
        facility = profile(
            f"demo-{index + 1:02d}", zh=f"{place}示例智算中心（虚构）", en=f"Example centre {index + 1} (fictional)"
        )
        score = Decimal("91.20") - Decimal("3.37") * index
        capped = index == 3
        grade = "L2" if capped or score < 60 else "L5" if score >= 90 else "L4" if score >= 75 else "L3"
        blocked = index >= count - 2
        own = result(
            facility.centre.id,
            score=str(score),
            grade=grade,
            pillars=tuple(
                str(score + shift) for shift in (Decimal("2.1"), Decimal("-4.6"), Decimal("5.25"), Decimal("-1.8"))
            ),
            consequences=(BLOCK,) if blocked else (CAP,) if capped else (),
            verdict=Verdict.BLOCKED if blocked else Verdict.SCORED,
        )
        centres.append(
            RankedCentre(
                profile=facility,
                installed=INSTALLED,
                result=own,
                rank=None if blocked else index + 1,
                peer_rank=None if blocked else index + 1,
            )
        )
    return ranked_report_content(
        centres,
        title=Text(zh="智算中心评价排名报告", en="Ranked report on AI computing centres"),
        query=(
            Fact(Text(zh="范围", en="Scope"), Text(zh="全部地区的参评中心", en="Assessed centres of all regions")),
            Fact(Text(zh="同类组", en="Peer group"), Text(zh="不限", en="any")),
            Fact(Text(zh="评分细则", en="Rubric edition"), Text(zh="zhisuan 2026.0", en="zhisuan 2026.0")),
        ),
        edition=EDITION,
        body=Text(zh="智衡示例评价机构（虚构）", en="Zhiheng Example Assessment Body (fictional)"),
        made_on=dt.date(2026, 6, 30),
    )
