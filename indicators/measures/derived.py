"""Measures made of other measures: utilisation of the hardware, effective compute and serving, time between faults."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Outcome, Quality
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.declared import declared_quantity
from indicators.measures.findings import PartMissing, note, worst
from indicators.measures.goodput import effective_training_time_ratio
from indicators.measures.interruptions import interruption_rate
from indicators.measures.load_fluctuation import load_fluctuation
from indicators.measures.references import peak_pflops
from indicators.measures.request_service import inference_service_availability
from indicators.measures.scheduling import accelerator_allocation_rate
from indicators.measures.serving import own_throughput
from indicators.measures.training import FLOP_PER_PARAMETER, model_flops_utilisation

CARDS_OF_REFERENCE = 1024
MOST_FLOP_PER_PARAMETER = 8  # full recomputation of activations
RESPONSE_OF_PEAK = Fraction(5, 100)
_RESPONSE = {"kW": Fraction(1), "MW": Fraction(1000), "W": Fraction(1, 1000)}


def hardware_flops_utilisation(evidence: CentreEvidence) -> Measurement:
    """MFU × FLOP executed per parameter and token ÷ 6, recomputation included; display only.

    What is executed is declared under `CE-1.2.flop_per_parameter`: 6 without recomputation, 8 with all of it.

    Raises:
        NoEvidence, InsufficientData and InvalidEvidence of `model_flops_utilisation`.
        InsufficientData: `recomputation_unknown`.
        InvalidEvidence: `recomputation_impossible` outside 6 to 8.
    Source: scheme §2.1 CE-1.2; PaLM (HFU).
    """
    mfu = model_flops_utilisation(evidence)
    executed = declared_quantity(evidence, "CE-1.2.flop_per_parameter", dict.fromkeys(("1", "", "FLOP"), Fraction(1)))
    if executed is None:
        raise PartMissing(
            "recomputation_unknown",
            Text(
                zh="未说明是否重计算激活，无法得知实际执行的运算量。",
                en="Nothing says whether activations were recomputed, so what was executed is unknown.",
            ),
            hint=Text(
                zh="请以 CE-1.2.flop_per_parameter 申报每参数每词元执行的 FLOP（不重计算为 6，全部重计算为 8）。",
                en="Declare CE-1.2.flop_per_parameter: 6 without recomputation, 8 with all of it.",
            ),
            ways=(("declaration",),),
        )
    if not FLOP_PER_PARAMETER <= executed.amount <= MOST_FLOP_PER_PARAMETER:
        raise InvalidEvidence(
            "recomputation_impossible",
            Text(
                zh=f"每参数每词元执行 {measured(executed.amount)} FLOP，不在 6 至 8 之间。",
                en=f"{measured(executed.amount)} FLOP per parameter and token is not between 6 and 8.",
            ),
            hint=Text(zh="请更正声明。", en="Correct the declaration."),
        )
    return replace(
        mfu,
        measure="hardware_flops_utilisation",
        value=measured(_value(mfu) * executed.amount / FLOP_PER_PARAMETER),
        quality=worst([_quality(mfu), executed.quality]),
        formula="HFU = MFU × executed ÷ 6",
        inputs=(
            _of(mfu, "MFU", Text(zh="模型计算利用率", en="Model FLOPS utilisation")),
            Input(
                "executed",
                Text(zh="每参数每词元执行的 FLOP", en="FLOP executed per parameter and token"),
                measured(executed.amount),
                "1",
                executed.code,
            ),
        ),
        rests_on=(*mfu.rests_on, *support("declaration", executed.rows)),
    )


def effective_compute_ratio(evidence: CentreEvidence) -> Measurement:
    """MFU × effective training time ratio; beside it the effective PFLOP/s = peak × ratio × allocation. Display only.

    Raises:
        NoEvidence, NotApplicable, InsufficientData, InvalidEvidence: of the measures it is made of.
    Source: scheme §2.1 CE-5.3.
    """
    mfu, ettr = model_flops_utilisation(evidence), effective_training_time_ratio(evidence)
    allocation = accelerator_allocation_rate(evidence)
    ratio = _value(mfu) * _value(ettr)
    peak = Fraction(peak_pflops(evidence.profile))
    effective = peak * ratio * _value(allocation) / 100
    return Measurement(
        measure="effective_compute_ratio",
        outcome=Outcome.SCORED,
        unit="ratio",
        value=measured(ratio),
        quality=worst(map(_quality, (mfu, ettr))),
        formula="η = MFU × ETTR",
        inputs=(
            _of(mfu, "MFU", Text(zh="模型计算利用率", en="Model FLOPS utilisation")),
            _of(ettr, "ETTR", Text(zh="有效训练时长占比", en="Effective training time ratio")),
            _of(allocation, "allocation", Text(zh="加速卡分配率", en="Accelerator allocation rate")),
            Input("peak", Text(zh="全中心稠密峰值", en="Dense peak of the centre"), measured(peak), "PFLOP/s"),
            Input("effective", Text(zh="有效算力", en="Effective compute"), measured(effective), "PFLOP/s"),
        ),
        rests_on=(*mfu.rests_on, *ettr.rests_on, *allocation.rests_on),
    )


def effective_serving_capacity(evidence: CentreEvidence) -> Measurement:
    """Million output tokens a day: tokens/s and card within the target × cards × availability × allocation × 0.0864.

    Display only.

    Raises:
        NoEvidence, NotApplicable, InsufficientData, InvalidEvidence: of the measures it is made of.
    Source: scheme §2.1 CE-6.3.
    """
    served, rests_on = own_throughput(evidence)
    available, allocation = inference_service_availability(evidence), accelerator_allocation_rate(evidence)
    per_second = served.per_card * evidence.profile.cards
    value = per_second * _value(available) / 100 * _value(allocation) / 100 * 86_400 / 10**6
    return Measurement(
        measure="effective_serving_capacity",
        outcome=Outcome.SCORED,
        unit="Mtok/d",
        value=measured(value),
        quality=worst([served.quality, *map(_quality, (available, allocation))]),
        formula="C = per_card × cards × availability × allocation × 0.0864",
        inputs=(
            Input("per_card", Text(zh="每卡输出吞吐", en="Output per card"), measured(served.per_card), "token/s"),
            Input("cards", Text(zh="已安装卡数", en="Cards installed"), Decimal(evidence.profile.cards), "card"),
            _of(available, "availability", Text(zh="推理服务可用度", en="Inference service availability")),
            _of(allocation, "allocation", Text(zh="加速卡分配率", en="Accelerator allocation rate")),
        ),
        notes=served.notes,
        rests_on=(*rests_on, *available.rests_on, *allocation.rests_on),
    )


def mean_time_between_interruptions(evidence: CentreEvidence) -> Measurement:
    """Hours between interruptions of a job on 1,024 cards: 24,000 ÷ (λ · 1,024), of the scored bound. Display only.

    Raises:
        NoEvidence, InsufficientData, InvalidEvidence: of `interruption_rate`.
    Source: scheme §2.2 ST-2.2.
    """
    rate = interruption_rate(evidence)
    bound, point = _value(rate), next(Fraction(one.value) for one in rate.inputs if one.name == "point")
    at_point = _hours(point)
    return replace(
        rate,
        measure="mean_time_between_interruptions",
        unit="h",
        value=measured(_hours(bound)),
        formula=f"T = 24 × 1000 ÷ (λ × {CARDS_OF_REFERENCE})",
        inputs=(
            _of(rate, "λ", Text(zh="千卡日中断率（上限）", en="Interruption rate (upper bound)")),
            *(
                [Input("point", Text(zh="按点估计", en="By the point estimate"), measured(at_point), "h")]
                if point
                else []
            ),
        ),
        notes=rate.notes if point else (*rate.notes, _NO_INTERRUPTION),
    )


def load_fluctuation_with_demand_response(evidence: CentreEvidence) -> Measurement:
    """The load fluctuation of a centre whose tested demand response is at least 5 % of its IT peak.

    Declared under `GR-4.4.demand_response_kw`, with a document or a witness.

    Raises:
        NoEvidence, InsufficientData: of `load_fluctuation`.
        InsufficientData: `demand_response_not_shown`, `demand_response_too_small`.
    Source: scheme §2.3 GR-4.4; national green data centre criteria 2025 (5 % of maximum load).
    """
    found = load_fluctuation(evidence)
    response = declared_quantity(evidence, "GR-4.4.demand_response_kw", _RESPONSE)
    if response is None or response.quality is Quality.D:
        raise PartMissing(
            "demand_response_not_shown",
            Text(
                zh="没有经测试的需求响应能力的凭据。",
                en="Nothing shows a tested capability of demand response.",
            ),
            hint=Text(
                zh="请以 GR-4.4.demand_response_kw 申报并附测试文件。",
                en="Declare GR-4.4.demand_response_kw with the document of its test.",
            ),
            ways=(("declaration",),),
        )
    peak = next(Fraction(one.value) for one in found.inputs if one.name == "P_peak")
    if response.amount < RESPONSE_OF_PEAK * peak:
        raise InsufficientData(
            "demand_response_too_small",
            Text(
                zh=f"需求响应能力 {measured(response.amount)} kW，不足 IT 峰值 {measured(peak)} kW 的 5 %。",
                en=f"A response of {measured(response.amount)} kW is below 5 % of {measured(peak)} kW, the peak.",
            ),
            hint=Text(zh="按不加分计。", en="It counts without the bonus."),
        )
    title = Text(zh="需求响应能力", en="Demand response")
    return replace(
        found,
        measure="load_fluctuation_with_demand_response",
        inputs=(*found.inputs, Input("response", title, measured(response.amount), "kW", response.code)),
        rests_on=(*found.rests_on, *support("declaration", response.rows)),
    )


_NO_INTERRUPTION = note(
    "no_interruption",
    "窗口内没有中断，点估计为无穷。",
    "There was no interruption in the window; by the point estimate the time is endless.",
)


def _hours(per_thousand_card_days: Fraction) -> Fraction:
    return 24_000 / (per_thousand_card_days * CARDS_OF_REFERENCE) if per_thousand_card_days else Fraction(0)


def _value(found: Measurement) -> Fraction:
    if found.value is None:
        raise ValueError(f"{found.measure} has no value")
    return Fraction(found.value)


def _quality(found: Measurement) -> Quality:
    return found.quality or Quality.A


def _of(found: Measurement, name: str, title: Text) -> Input:
    return Input(name, title, measured(_value(found)), found.unit, found.measure)
