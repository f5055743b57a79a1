"""What the storage supplies: accelerator utilisation of MLPerf Storage, and the score of IO500."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Outcome, Quality
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement
from indicators.measures.benchmark_results import Row, no_valid_result, rests_on, results, successful
from indicators.measures.declared import declared_quantity
from indicators.measures.findings import note
from indicators.measures.references import size_class, size_classes

STORAGE_FILES = Text(
    zh="MLPerf Storage 的 summary.json 与 mlperf_storage_report.json",
    en="summary.json and mlperf_storage_report.json of MLPerf Storage",
)
IO500_FILES = Text(zh="IO500 的 result_summary.txt", en="result_summary.txt of IO500")
# Models whose pass line is 90 %; cosmoflow passes at 70 % and cannot be compared with them.
MODELS = ("unet3d", "resnet50")
PASS_LINE = 90
LEAST_EMULATED = Fraction(25, 100)
CLIENT_NODES = 10


def storage_accelerator_utilisation(evidence: CentreEvidence) -> Measurement:
    """Mean accelerator utilisation of the runs that emulate the most accelerators, at least a quarter of the cards.

    A run does not name its model; the report of its set does, joined by accelerators and throughput.

    Raises:
        NoEvidence.
        InsufficientData: `no_valid_result`, `model_unknown`, `other_model`, `too_few_emulated`.
        InvalidEvidence: `above_hundred`.
    Source: MLPerf Storage rules (AU ≥ 90 % for unet3d and resnet50); scheme §2.1 CE-3.1.
    """
    runs = _runs(evidence)
    installed = evidence.profile.cards
    large = [run for run in runs if run["accelerators"] >= LEAST_EMULATED * installed]
    if not large:
        most = max(run["accelerators"] for run in runs)
        raise InsufficientData(
            "too_few_emulated",
            Text(
                zh=f"最多模拟了 {most} 张卡，不足已安装 {installed} 张的 25%。",
                en=f"At most {most} accelerators were emulated, less than 25 % of the {installed} installed.",
            ),
            hint=Text(zh="请以更多模拟卡重新测试。", en="Test again with more emulated accelerators."),
        )
    emulated = max(run["accelerators"] for run in large)
    chosen = [run for run in large if run["accelerators"] == emulated]
    utilisation = sum((Fraction(run["value"]) for run in chosen), Fraction(0)) / len(chosen)
    if utilisation > 100:
        raise InvalidEvidence(
            "above_hundred",
            Text(
                zh=f"加速器利用率为 {measured(utilisation)}%，超过 100%。",
                en=f"An accelerator utilisation of {measured(utilisation)} % is above 100 %.",
            ),
            hint=Text(zh="请提交未经改动的 summary.json。", en="Hand in summary.json, unchanged."),
        )
    passing = max((run["accelerators"] for run in runs if run["value"] >= PASS_LINE), default=0)
    return Measurement(
        measure="storage_accelerator_utilisation",
        outcome=Outcome.SCORED,
        unit="%",
        value=measured(utilisation),
        quality=Quality.A,
        formula="AU = mean(accelerator utilisation of the runs with the most accelerators)",
        inputs=(
            Input("emulated", Text(zh="模拟卡数", en="Accelerators emulated"), Decimal(emulated), "card"),
            Input("installed", Text(zh="已安装卡数", en="Cards installed"), Decimal(installed), "card", "profile"),
            Input("runs", Text(zh="运行次数", en="Runs"), Decimal(len(chosen)), "1"),
            Input(
                "most_at_90_percent",
                Text(zh="利用率不低于 90% 的最大模拟卡数", en="Most accelerators at 90 % or more"),
                Decimal(passing),
                "card",
            ),
        ),
        rests_on=rests_on(evidence, [row for run in chosen for row in (run, run["report"])]),
    )


def io500_relative_score(evidence: CentreEvidence) -> Measurement:
    """IO500 score ÷ reference of the size class; the ten-node variant is asked for.

    Raises:
        NoEvidence.
        InsufficientData: `no_valid_result`, `other_variant`, `no_peak`.
    Source: IO500; size classes of the scheme, §2.1 CE-3.2.
    """
    rows = successful(results(evidence, tools=["io500"], files=IO500_FILES, metric="score"))
    best = max(rows, key=lambda row: (row["value"], -row["index"]))
    clients = declared_quantity(evidence, "CE-3.2.client_nodes", dict.fromkeys(("1", "node", "nodes"), Fraction(1)))
    if clients is not None and clients.amount != CLIENT_NODES:
        raise InsufficientData(
            "other_variant",
            Text(
                zh=f"该测试使用 {measured(clients.amount)} 个客户端节点，应为 {CLIENT_NODES} 个。",
                en=f"The test used {measured(clients.amount)} client nodes; the variant with {CLIENT_NODES} is needed.",
            ),
            hint=Text(zh="请以 10 个客户端节点重新测试。", en="Test again with ten client nodes."),
        )
    row = size_class(evidence.profile)
    unknown = clients is None
    notes = (
        note(
            "clients_unknown",
            "结果文件不含客户端节点数；请以 CE-3.2.client_nodes 申报，否则证据等级最高为 B。",
            "The result does not name its client nodes; declare CE-3.2.client_nodes, else grade B at best.",
        ),
    )
    return Measurement(
        measure="io500_relative_score",
        outcome=Outcome.SCORED,
        unit="ratio",
        value=measured(Fraction(best["value"]) / Fraction(row.io500_score)),
        quality=Quality.B if unknown else Quality.A,
        formula="r = score ÷ reference",
        inputs=(
            Input("score", Text(zh="IO500 总分", en="IO500 score"), measured(Fraction(best["value"])), "1"),
            Input(
                "reference",
                Text(zh="规模档参考值", en="Reference of the size class"),
                row.io500_score,
                "1",
                size_classes().cited(row.tier.value),
            ),
        ),
        notes=notes if unknown else (),
        rests_on=rests_on(evidence, [best]),
    )


def _runs(evidence: CentreEvidence) -> list[Row]:
    """The runs of a comparable model: utilisation as `value`, the row of the set's report as `report`."""
    rows = results(evidence, tools=["mlperf_storage"], files=STORAGE_FILES)
    reports = [
        row
        for row in results(evidence, tools=["mlperf_storage", "mlperf_storage_report"], files=STORAGE_FILES)
        if row["tool"] == "mlperf_storage_report"
    ]
    by_file: dict[str, dict[str, Row]] = {}
    for row in rows:
        by_file.setdefault(row["evidence"], {})[row["metric"]] = row
    whole = [
        parts
        for parts in by_file.values()
        if "accelerator_utilisation" in parts
        and "samples_per_second" in parts
        and parts["accelerator_utilisation"]["status"] != "incomplete"
        and parts["accelerator_utilisation"]["accelerators"]
    ]
    if not whole:
        raise no_valid_result()
    found, models = [], set()
    for parts in whole:
        utilisation, throughput = parts["accelerator_utilisation"], parts["samples_per_second"]
        for report in reports:
            same = (report["accelerators"], report["value"]) == (utilisation["accelerators"], throughput["value"])
            if same and report["benchmark"]:
                models.add(report["benchmark"])
                if report["benchmark"] in MODELS:
                    found.append(utilisation | {"report": report})
                break
    if not found:
        raise _no_model(models)
    return found


def _no_model(models: set[str]) -> InsufficientData:
    if models:
        return InsufficientData(
            "other_model",
            Text(
                zh=f"只有 {'、'.join(sorted(models))} 的运行；需要 unet3d 或 resnet50。",
                en=f"There are only runs of {', '.join(sorted(models))}; unet3d or resnet50 is needed.",
            ),
            hint=Text(zh="请以 unet3d 重新测试。", en="Test again with unet3d."),
        )
    return InsufficientData(
        "model_unknown",
        Text(
            zh="没有与运行摘要对应的 mlperf_storage_report.json，模型未知。",
            en="No mlperf_storage_report.json belongs to the run summaries, so their model is unknown.",
        ),
        hint=Text(zh="请同时提交该组的报告。", en="Hand in the report of the set as well."),
    )
