"""What a centre declares: single values, checklists, and quantities that join measured energy.

A declaration alone is grade D, with a document C, and A when an assessor witnessed it. Of two
declarations of one thing the later one holds; of the same day, the witnessed or the less favourable one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from core.errors import InvalidEvidence
from core.outcome import Outcome, Quality, Reason
from core.quantity import measured, without_negative_zero
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.findings import note, nothing_handed_in, worst

# The items of each checklist, as a declaration names them. The order is the scheme's.
CHECKLISTS: Mapping[str, tuple[str, ...]] = {
    "ST-3.6": (
        "duty_roster_24x7", "named_trained_roles", "on_call_times_met", "spare_cards", "spare_optics_psu",
        "power_drill", "cooling_drill", "network_drill", "data_restore_drill", "run_books", "change_control",
        "post_mortems",
    ),
    "US-1.1": (
        "bare_metal", "virtual_machine", "container", "notebook", "batch", "training_job", "fine_tune",
        "inference_endpoint", "serverless_inference", "model_hub", "dataset_hub", "object_store", "parallel_fs",
        "block_storage", "vpc_rdma_network", "registry", "monitoring", "logging", "iam_rbac", "billing",
    ),
    "US-2.1": ("collect", "clean", "label", "train", "tune", "evaluate", "compress", "deploy", "monitor"),
    "US-4.2": (
        "availability", "mttr", "data_durability", "credit_table", "exclusions", "measurement_method", "notice",
        "maintenance_window", "exit_data_return", "dispute",
    ),
    "US-6.1": (
        "mlps_level_3", "iso_27001_or_soc_2", "network_isolation", "isolation_beyond_containers", "patch_process",
        "audit_log", "data_erase_proof",
    ),
}  # fmt: skip


NO_UNITS: Mapping[str, Fraction] = MappingProxyType({})
# Of what these codes tell, and codes below them, more is less favourable: peaks that results are divided by, stalls and
# waits, energy, fuel and water, and users who should have been asked. Of all others less is.
_LARGER_IS_WORSE = re.compile(
    r"(?:CE-1\.1\.peak|CE-1\.4\.rpeak|CE-3\.3|CE-6\.1\.reference|GR-1\.1|GR-2\.2|GR-3\.1|ST-4\.1|ST-4\.2|US-1\.3"
    r"|US-1\.4\.smallest|US-4\.3\.active_users)(?![0-9A-Za-z])"
)
# A code may end in the unit of its amount, which makes it no other thing: `GR-3.1.water_l`, `GR-3.1.water_m3`.
_UNIT_OF_CODE = re.compile(r"_(?:l|m3|kg|t|wh|kwh|mwh|gwh|gj|mj|w|kw|mw|gflops|tflops|pflops)$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A declared amount in the unit asked for, its grade and the row behind it."""

    code: str
    amount: Fraction
    unit: str
    quality: Quality
    rows: pa.Table


def declared_quantity(evidence: CentreEvidence, code: str, units: Mapping[str, Fraction]) -> Quantity | None:
    """The amount declared under a code, or under one longer code that starts with it and a point or underscore.

    Args:
        units: for each accepted unit, what one of it is in the unit asked for.

    Raises:
        InvalidEvidence: `wrong_unit`, `negative_amount`, `declared_in_parts` for several codes that tell different
            amounts, none of which is known to be the whole.
    """
    rows = _single_values(evidence, lambda name: name == code or name.startswith((f"{code}.", f"{code}_")))
    if not rows:
        return None
    things: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        things.setdefault(_UNIT_OF_CODE.sub("", row["indicator"]), []).append(row)
    told = [_holding(said, units) for said in things.values()]
    if len({_amount(row, units) for row in told}) > 1:
        raise _in_parts(code, sorted(row["indicator"] for row in told))
    return _quantity(evidence, _holding(told, units), units)


def declared_exactly(evidence: CentreEvidence, code: str, units: Mapping[str, Fraction]) -> Quantity:
    """The amount declared under this very code, of those that `declared_below` tells.

    Raises:
        InvalidEvidence: `wrong_unit`, `negative_amount`.
    """
    rows = _single_values(evidence, lambda name: name == code)
    return _quantity(evidence, _holding(rows, units), units)


def declared_below(evidence: CentreEvidence, code: str) -> dict[str, str]:
    """The longer codes under which amounts are declared, in their order, each with the unit of the one that holds."""
    rows = _single_values(evidence, lambda name: name.startswith(f"{code}."))
    return {row["indicator"]: row["unit"] or "" for row in sorted(rows, key=lambda r: (r["indicator"], _standing(r)))}


def items_met(evidence: CentreEvidence) -> list[dict[str, Any]]:
    """The items that are met by the row that holds of each, in the order of codes and items."""
    said: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in _declarations(evidence):
        if row["item"]:
            said.setdefault((row["indicator"], row["item"]), []).append(row)
    holding = (_holding(said[key]) for key in sorted(said))
    return [row for row in holding if row["met"]]


def declared_value(measure: str, code: str, unit: str, evidence: CentreEvidence) -> Measurement:
    """One declared or judged figure, taken as it stands."""
    rows = _single_values(evidence, lambda name: name == code)
    if not rows:
        raise nothing_handed_in(["declaration"])
    chosen = _holding(rows, _SPELLINGS[unit])
    amount = _in_unit(chosen, _SPELLINGS[unit])
    return Measurement(
        measure=measure,
        outcome=Outcome.SCORED,
        unit=unit,
        value=measured(amount),
        quality=_grade(chosen),
        formula=f"declared: {code}",
        inputs=(Input(code, Text(zh="申报值", en="Declared value"), measured(amount), unit, _said_by(chosen)),),
        notes=(_EXPIRED,) if chosen["expired"] else (),
        rests_on=support("declaration", _rows(evidence, [chosen])),
    )


def checklist_share(measure: str, code: str, evidence: CentreEvidence) -> Measurement:
    """Items met ÷ items of the checklist × 100; an item nobody declared is not met.

    Each item stands among the inputs as 1 or 0, so that a rubric can ask for a single one.
    """
    items = CHECKLISTS[code]
    rows = [row for row in _declarations(evidence) if row["indicator"] == code and row["item"] is not None]
    if not rows:
        raise nothing_handed_in(["declaration"])
    chosen = {item: _holding(said) for item in items if (said := [row for row in rows if row["item"] == item])}
    met = [item for item in items if item in chosen and chosen[item]["met"]]
    return Measurement(
        measure=measure,
        outcome=Outcome.SCORED,
        unit="%",
        value=measured(Fraction(100 * len(met), len(items))),
        quality=worst(_grade(row) for row in chosen.values()) if chosen else Quality.D,
        formula=f"items met ÷ {len(items)} × 100",
        inputs=tuple(
            Input(item, Text(zh=item, en=item), Decimal(item in met), "1", _said_by(chosen.get(item))) for item in items
        ),
        notes=_checklist_notes(items, rows, chosen),
        rests_on=support("declaration", _rows(evidence, list(chosen.values()) or rows)),
    )


def _quantity(evidence: CentreEvidence, chosen: dict[str, Any], units: Mapping[str, Fraction]) -> Quantity:
    amount = _in_unit(chosen, units)
    return Quantity(chosen["indicator"], amount, chosen["unit"] or "", _grade(chosen), _rows(evidence, [chosen]))


_RATIO = {"ratio": Fraction(1), "1": Fraction(1), "": Fraction(1), "%": Fraction(1, 100)}
_SPELLINGS: Mapping[str, Mapping[str, Fraction]] = {
    "ratio": _RATIO,
    "%": {"%": Fraction(1)},
    "min": {"min": Fraction(1), "s": Fraction(1, 60), "h": Fraction(60)},
    "s": {"s": Fraction(1), "ms": Fraction(1, 1000), "min": Fraction(60)},
}

_SPELLED = {"m³": "m3", "l": "L", "㎥": "m3"}

_EXPIRED = note(
    "document_expired",
    "所附文件在申请时已过有效期，不作为依据。",
    "The document had expired at application and supports nothing.",
)

operations_assurance = partial(checklist_share, "operations_assurance", "ST-3.6")
service_catalogue_coverage = partial(checklist_share, "service_catalogue_coverage", "US-1.1")
sla_completeness = partial(checklist_share, "sla_completeness", "US-4.2")
security_and_isolation = partial(checklist_share, "security_and_isolation", "US-6.1")
reference_serving_throughput = partial(declared_value, "reference_serving_throughput", "CE-6.1", "ratio")
serving_scale_out_efficiency = partial(declared_value, "serving_scale_out_efficiency", "CE-6.2", "ratio")
time_to_first_job = partial(declared_value, "time_to_first_job", "US-1.3", "min")


def _declarations(evidence: CentreEvidence) -> list[dict[str, Any]]:
    """All rows, their units as they are spelled here; a document that had expired at application supports nothing."""
    applied_on = evidence.profile.applied_on
    rows = [
        row | {"index": index, "expired": False} for index, row in enumerate(evidence.rows("declaration").to_pylist())
    ]
    for row in rows:
        row["unit"] = _as_spelled_here(row["unit"])
        if row["expires_on"] is not None and row["expires_on"] < applied_on:
            row |= {"documents": 0, "expired": True}
    return rows


def _as_spelled_here(unit: str | None) -> str | None:
    """A unit in the one spelling of it: m3 for m³, L for l, also below a stroke as in kWh/m³."""
    return unit and "/".join(_SPELLED.get(part, part) for part in unit.split("/"))


def _single_values(evidence: CentreEvidence, named: Any) -> list[dict[str, Any]]:
    return [
        row
        for row in _declarations(evidence)
        if row["item"] is None and row["value"] is not None and named(row["indicator"])
    ]


def _holding(rows: Iterable[dict[str, Any]], units: Mapping[str, Fraction] = NO_UNITS) -> dict[str, Any]:
    """Which of several declarations of one thing holds."""
    return max(rows, key=lambda row: _standing(row, units))


def _standing(row: Mapping[str, Any], units: Mapping[str, Fraction] = NO_UNITS) -> tuple[Any, ...]:
    """Later before earlier, witnessed before not, not met before met; of what is left the less favourable figure."""
    day = row["declared_on"].isoformat() if row["declared_on"] else ""
    amount = _amount(row, units)
    harm = amount if _LARGER_IS_WORSE.match(row["indicator"]) else -amount
    return (day, row["witnessed_by"] is not None, row["met"] is False, harm, row["unit"] or "")


def _amount(row: Mapping[str, Any], units: Mapping[str, Fraction]) -> Fraction:
    """In the unit asked for, or as it stands where its unit is none of those accepted."""
    return Fraction(row["value"] or 0) * units.get(row["unit"] or "", Fraction(1))


def _in_parts(code: str, codes: list[str]) -> InvalidEvidence:
    return InvalidEvidence(
        "declared_in_parts",
        Text(
            zh=f"{code} 以多个代码申报了不同的数值：{'、'.join(codes)}，无法判断哪一个是总量。",
            en=f"{code} is declared under several codes with different amounts, none known to be the whole: "
            f"{', '.join(codes)}.",
        ),
        hint=Text(
            zh=f"请只以一个代码申报总量，例如 {code}。",
            en=f"Declare the whole of it under one code, such as {code}.",
        ),
    )


def _grade(row: Mapping[str, Any]) -> Quality:
    if row["witnessed_by"]:
        return Quality.A
    return Quality.C if row["documents"] else Quality.D


def _in_unit(row: Mapping[str, Any], units: Mapping[str, Fraction]) -> Fraction:
    unit = row["unit"] or ""
    if unit not in units:
        raise InvalidEvidence(
            "wrong_unit",
            Text(
                zh=f"{row['indicator']} 的单位“{unit}”不适用；可用：{'、'.join(filter(None, units))}。",
                en=f"{row['indicator']} cannot be in “{unit}”; use one of {', '.join(filter(None, units))}.",
            ),
            hint=Text(zh="请更正声明中的单位。", en="Correct the unit in the declaration."),
        )
    value: Decimal = without_negative_zero(row["value"])
    if value < 0:
        raise InvalidEvidence(
            "negative_amount",
            Text(zh=f"{row['indicator']} 的申报值为负。", en=f"The value declared for {row['indicator']} is negative."),
            hint=Text(zh="请更正声明。", en="Correct the declaration."),
        )
    return Fraction(value) * units[unit]


def _said_by(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return ""
    return str(row["witnessed_by"] or row["declared_by"] or "")


def _rows(evidence: CentreEvidence, chosen: list[dict[str, Any]]) -> pa.Table:
    return evidence.rows("declaration").take(pa.array(sorted({row["index"] for row in chosen}), pa.int64()))


def _checklist_notes(
    items: tuple[str, ...], rows: list[dict[str, Any]], chosen: Mapping[str, Any]
) -> tuple[Reason, ...]:
    notes = []
    if silent := [item for item in items if item not in chosen]:
        notes.append(
            note(
                "items_not_declared",
                f"未申报的项目按“否”计：{'、'.join(silent)}。",
                f"Items nobody declared count as not met: {', '.join(silent)}.",
            )
        )
    if unknown := sorted({row["item"] for row in rows} - set(items)):
        notes.append(
            note(
                "unknown_items",
                f"清单中没有这些项目，未计入：{'、'.join(unknown)}。",
                f"The checklist has no such items, they do not count: {', '.join(unknown)}.",
            )
        )
    return tuple(notes)
