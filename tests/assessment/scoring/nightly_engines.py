"""Both engines on many random pairs of edition and facility; a nightly mode, run by `script/nightly`.

    python -m tests.assessment.scoring.nightly_engines [--pairs N] [--seed N]

Ends with exit code 1 at the first seed whose figures differ, and names it: `--seed` repeats it.
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.assessment.scoring.random_pairs import differences, random_edition, random_facility, seeded

FACILITIES = 50  # per edition


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0, help="of the first edition")
    asked = parser.parse_args()
    start, pairs, figures, by_exact, seed = time.monotonic(), 0, 0, 0, asked.seed
    while pairs < asked.pairs:
        random = seeded(seed)
        edition = random_edition(random)
        try:
            found, scores = differences(
                edition, [random_facility(random, edition, f"f{at}") for at in range(FACILITIES)]
            )
        except Exception:
            print(f"seed {seed}:")  # noqa: T201
            raise
        if found:
            print(f"seed {seed}: {len(found)} figures differ", *found[:20], sep="\n  ")  # noqa: T201
            return 1
        pairs, figures, seed = pairs + FACILITIES, figures + scores.published.size, seed + 1
        by_exact += len(scores.by_exact)
    print(  # noqa: T201
        f"batch = exact on {pairs:,} pairs of edition and facility ({seed - asked.seed:,} editions, {figures:,} node "
        f"figures, seeds {asked.seed}–{seed - 1}); {by_exact / pairs:.1%} of the facilities were left to exact; "
        f"{time.monotonic() - start:.0f} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
