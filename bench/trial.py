"""How long a trial of other values takes, from the values to the figures: the budget is 200 ms.

    script/bench trial [--times N]

A facility with a value on every curve of the complete edition; each trial moves one of them, as a slider does, and the
defining engine scores it again. Printed are the median, the 95th percentile and the slowest of N trials.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from decimal import Decimal
from pathlib import Path

from assessment.scoring.explain.situation import Situation
from assessment.scoring.explain.trial import Field, FieldKind, fields_of, tried
from core.outcome import Outcome
from core.quantity import plain
from indicators.measures.base import Measurement
from indicators.rubric.curve import Linear
from indicators.rubric.loader import load_edition

EDITION = Path(__file__).parents[1] / "indicators" / "rubrics" / "zhisuan" / "2026.1"
PROFILE = {"class": "training_led", "empowerment_modes": [], "hub_node": False, "services_span_nodes": False}
BUDGET_MS = 200


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--times", type=int, default=100)
    asked = parser.parse_args()
    edition = load_edition(EDITION)
    measurements = {
        indicator.measure: Measurement(
            indicator.measure, Outcome.SCORED, value=indicator.curve.anchors[len(indicator.curve.anchors) // 2].value
        )
        for indicator in edition.indicators
        if isinstance(indicator.curve, Linear)
    }
    situation = Situation(edition, "bench", PROFILE, measurements, edition.semantics)
    before = situation.result()
    fields = [field for field in fields_of(situation, before) if field.kind is FieldKind.NUMBER]
    elapsed, busy = [], []
    for number in range(asked.times):
        field = fields[number % len(fields)]
        began, worked = time.perf_counter(), time.process_time()
        given = {field.name: plain(_other(field))}
        changed, _ = tried(situation, fields_of(situation, before), given)
        changed.result()
        elapsed.append(1000 * (time.perf_counter() - began))
        busy.append(1000 * (time.process_time() - worked))
    for name, found in (("elapsed", elapsed), ("processor", busy)):
        p95 = statistics.quantiles(found, n=20)[-1] if len(found) > 1 else found[0]
        print(
            f"{name:<10} median {statistics.median(found):6.1f} ms   p95 {p95:6.1f} ms   slowest {max(found):6.1f} ms"
        )
    print(f"{len(fields)} fields, {asked.times} trials; budget {BUDGET_MS} ms")
    return 0


def _other(field: Field) -> Decimal:
    """A value on the slider beside the present one."""
    assert field.low is not None and field.high is not None and field.value is not None  # noqa: S101, PT018
    return field.low if field.value != field.low else field.high


if __name__ == "__main__":
    sys.exit(main())
