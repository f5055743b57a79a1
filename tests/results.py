"""A made-up result tree for tests of pages and papers: four pillars, every outcome, one traced number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from assessment.scoring.result import Consequence, Node, Result, Verdict
from core.outcome import Outcome, Quality, Reason
from core.period import Period
from core.provenance import Support
from core.text import Text
from indicators.measures.base import Input, Measurement

EVIDENCE_DIGEST = "sha256:" + "ab" * 32
YEAR = Period(dt.datetime(2025, 2, 28, 16, tzinfo=dt.UTC), dt.datetime(2026, 2, 28, 16, tzinfo=dt.UTC))
PILLARS = (
    ("CE", Text(zh="算力有效性", en="Compute effectiveness"), "30"),
    ("ST", Text(zh="集群稳定性", en="Cluster stability"), "30"),
    ("GR", Text(zh="绿色低碳性", en="Green and low-carbon"), "20"),
    ("US", Text(zh="服务易用性", en="Service usability"), "20"),
)
PUE_RULE: Mapping[str, Any] = {
    "measure": "annual_pue",
    "curve": {
        "kind": "linear",
        "points": [["1.10", "100"], ["1.15", "90"], ["1.20", "75"], ["1.25", "60"], ["1.30", "40"], ["1.50", "0"]],
    },
    "minimum": {"at_most": "1.50", "on_miss": "block"},
    "missing": "block",
    "references": [{"title": "ISO/IEC 30134-2:2026", "clause": "6", "confidence": "H"}],
}


def measured(measure: str, value: str, unit: str, *, formula: str = "", quality: Quality = Quality.A) -> Measurement:
    return Measurement(
        measure=measure,
        outcome=Outcome.SCORED,
        unit=unit,
        value=Decimal(value),
        period=YEAR,
        coverage=Decimal("0.998"),
        quality=quality,
        formula=formula,
        inputs=(
            Input("E_DC", Text(zh="总耗电量", en="facility energy"), Decimal("24513876.5"), "kWh"),
            Input("E_IT", Text(zh="IT 设备耗电量", en="IT energy"), Decimal("20774471.610169"), "kWh"),
        )
        if measure == "annual_pue"
        else (),
        rests_on=(Support(EVIDENCE_DIGEST, "energy_readings", 24, tuple(range(2, 14))),),
    )


def indicator(
    code: str,
    title: Text,
    *,
    points: str | None = None,
    weight: str = "10",
    share: str | None = "0.5",
    inputs: Measurement | None = None,
    outcome: Outcome = Outcome.SCORED,
    reason: Text | None = None,
    rule: Mapping[str, Any] | None = None,
    counts: bool = True,
    defaulted: bool = False,
) -> Node:
    exact = None if points is None else Decimal(points)
    return Node(
        code=code,
        id=code.lower(),
        level="indicator",
        title=title,
        outcome=outcome,
        points=exact,
        published=None if exact is None else exact.quantize(Decimal("0.01")),
        weight=Decimal(weight),
        share=None if share is None else Decimal(share),
        counts=counts,
        rule=rule or {},
        inputs=inputs,
        reason=None if reason is None else Reason("because", reason),
        defaulted=defaulted,
    )


def group(code: str, level: str, title: Text, children: tuple[Node, ...], *, points: str | None, weight: str) -> Node:
    exact = None if points is None else Decimal(points)
    return Node(
        code=code,
        id=code.lower(),
        level=level,
        title=title,
        outcome=Outcome.SCORED if exact is not None else Outcome.NOT_ASSESSABLE,
        points=exact,
        published=None if exact is None else exact.quantize(Decimal("0.01")),
        weight=Decimal(weight),
        share=Decimal("0.25"),
        counts=True,
        rule={"aggregate": "geometric" if level == "overall" else "arithmetic"},
        children=children,
    )


def sample_result(
    facility: str = "demo-one",
    *,
    score: str = "81.37",
    grade: str | None = "L4",
    pillars: tuple[str, ...] = ("84.20", "88.75", "71.96", "79.05"),
    blocked: bool = False,
) -> Result:
    """A result with one pillar node per pillar, one dimension each; GR-1.1 carries a full trace."""
    leaves = _leaves()
    children = tuple(
        group(
            code,
            "pillar",
            title,
            (
                group(
                    f"{code}-1",
                    "dimension",
                    Text(zh="第一维度", en="First dimension"),
                    leaves[code],
                    points=points,
                    weight="100",
                ),
            ),
            points=points,
            weight=weight,
        )
        for (code, title, weight), points in zip(PILLARS, pillars, strict=True)
    )
    consequences = (
        (
            Consequence(
                "GR-1.1",
                "block",
                None,
                Reason(
                    "minimum_missed",
                    Text(
                        zh="电能利用效率为 1.62，否决项要求不高于 1.50。",
                        en="PUE is 1.62; the mandatory requirement is at most 1.50.",
                    ),
                ),
            ),
        )
        if blocked
        else ()
    )
    root = group(
        "zhisuan",
        "overall",
        Text(zh="智算中心综合评价", en="AI computing centre, overall"),
        children,
        points=score,
        weight="1",
    )
    return Result(
        facility=facility,
        rubric="zhisuan",
        edition="2026.0",
        edition_digest="sha256:" + "cd" * 32,
        inputs_digest="sha256:" + "ef" * 32,
        scoring=1,
        verdict=Verdict.BLOCKED if blocked else Verdict.SCORED,
        score=Decimal(score),
        grade=None if blocked else grade,
        consequences=consequences,
        root=root,
    )


def _leaves() -> dict[str, tuple[Node, ...]]:
    return {
        "CE": (
            indicator(
                "CE-1.1",
                Text(zh="模型计算利用率", en="Model FLOPS utilisation"),
                points="86.1538461538",
                weight="22",
                inputs=measured("model_flops_utilisation", "0.437182930117", "ratio"),
            ),
            indicator(
                "CE-2.1",
                Text(zh="线性扩展效率（每翻倍）", en="Scaling efficiency per doubling"),
                points="0",
                weight="9",
                outcome=Outcome.NOT_ASSESSABLE,
                reason=Text(
                    zh="只有一个规模的运行，无法计算扩展效率。", en="Only one run size is there; scaling needs two."
                ),
            ),
        ),
        "ST": (
            indicator(
                "ST-1.1",
                Text(zh="算力可用率", en="Compute availability"),
                points="92.4",
                weight="30",
                inputs=measured("compute_availability", "99.7318", "%", quality=Quality.B),
            ),
            indicator(
                "ST-3.6",
                Text(zh="运维保障", en="Operations assurance"),
                points="35",
                outcome=Outcome.NO_EVIDENCE,
                defaulted=True,
                reason=Text(zh="没有提交任何声明。", en="No declaration was handed in."),
            ),
        ),
        "GR": (
            indicator(
                "GR-1.1",
                Text(zh="电能利用效率（PUE）", en="Power usage effectiveness"),
                points="81",
                weight="30",
                inputs=measured("annual_pue", "1.18", "1", formula="PUE = E_DC / E_IT"),
                rule=PUE_RULE,
            ),
            indicator(
                "GR-2.2",
                Text(zh="碳利用效率", en="Carbon usage effectiveness"),
                weight="0",
                share=None,
                counts=False,
                inputs=measured("carbon_usage_effectiveness", "0.5127", "kg/kWh"),
            ),
        ),
        "US": (
            indicator(
                "US-3.1",
                Text(zh="平均排队时长", en="Mean queue wait"),
                share=None,
                counts=False,
                outcome=Outcome.NOT_APPLICABLE,
                reason=Text(zh="分配率低于 60 %，本指标不适用。", en="Not applicable below 60 % allocation."),
            ),
            indicator(
                "US-4.3",
                Text(zh="系统可用性量表均分", en="Mean SUS score"),
                outcome=Outcome.INVALID,
                points="0",
                reason=Text(zh="有 3 份答卷的题号重复。", en="Three answer sheets repeat a question."),
            ),
        ),
    }
