"""The torture list: which numbers there are, and what is still to be tested."""

from __future__ import annotations

NUMBERS = tuple(f"T{number:02}" for number in range(1, 41))

# Without any test yet. A number leaves this list with its first test.
PENDING: frozenset[str] = frozenset()

# Numbers that are done: each clause is named by the marker of a test, `torture("T24", "both lines")`.
CLAUSES = {
    "T23": {"tags", "aliases", "depth", "tabs", "two documents", "line and column", "no code run", "2 s", "100 MiB"},
    "T24": {"both lines"},
    "T25": {
        *("weights_sum", "negative", "zero unless display", "not numbers", "no pillar owns it", "unknown measure"),
        *("cycle", "one list", "never published", "formula bombs"),
    },
    "T26": {
        *("gap", "overlap", "wrong order", "wrong direction"),
        *("on the boundary", "case on each boundary", "exact comparison"),
    },
    "T27": {"words", "2026.10 is not 2026.1", "text everywhere"},
    "T28": {"changed content", "one person alone", "missing translation", "earlier results byte-identical"},
}
