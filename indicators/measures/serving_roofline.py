"""The roofline of the inference reference job: what compute and memory of a card allow, tokens per second.

tokens/s/card ≤ min(peak ÷ (2·N·(1 + in/out)), bandwidth·B ÷ (W + B·K)): N activated parameters, W bytes of weights
read per step, K bytes of keys and values read per token and sequence, B the largest batch the memory holds.
Source: scheme §3.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from indicators.measures.base import CentreEvidence
from indicators.measures.peaks import dense_peak
from indicators.measures.references import accelerators

INPUT_TOKENS = 2048
OUTPUT_TOKENS = 512
# The shape of the dense reference model, whose keys and values are known; other models have no roofline here.
LAYERS, HIDDEN, HEADS, KEY_VALUE_HEADS = 80, 8192, 64, 8
WEIGHT_BYTES = {"bf16": 2, "fp16": 2, "fp8": 1}
CACHE_BYTES = 2
GIGA, TERA = 10**9, 10**12


@dataclass(frozen=True)
class Roofline:
    """The most output tokens per second and card, and the table it rests on."""

    per_card: Fraction
    source: str


def roofline(evidence: CentreEvidence, card: Mapping[str, Any]) -> Roofline | None:
    """The roofline of a deployment by its run card; null for another model, or a card without memory figures.

    Raises:
        InsufficientData: `no_peak`, `peak_unconfirmed`.
    """
    row = accelerators().find(card["accelerator"])
    is_reference = (card["workload"], card["layers"], card["hidden"]) == ("reference_dense", LAYERS, HIDDEN)
    if not is_reference or row is None or row.memory_gb is None or row.memory_bandwidth_tb_s is None:
        return None
    if card["precision"] not in WEIGHT_BYTES:
        return None
    peak = dense_peak(evidence, card["accelerator"], card["precision"])
    params = Fraction(card["params_active"])
    compute = Fraction(peak.tflops) * TERA / (2 * params * (1 + Fraction(INPUT_TOKENS, OUTPUT_TOKENS)))
    weights = params * WEIGHT_BYTES[card["precision"]]
    per_token = 2 * LAYERS * KEY_VALUE_HEADS * (HIDDEN // HEADS) * CACHE_BYTES
    memory = Fraction(row.memory_gb) * GIGA * card["accelerators"]
    batch = (memory - weights) // (per_token * (INPUT_TOKENS + OUTPUT_TOKENS))
    if batch < 1:
        return None
    read = per_token * (INPUT_TOKENS + Fraction(OUTPUT_TOKENS, 2))
    bandwidth = Fraction(row.memory_bandwidth_tb_s) * TERA * batch / (weights + batch * read)
    return Roofline(min(compute, bandwidth), f"{peak.source}; roofline §3.6")
