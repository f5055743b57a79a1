"""The torture list: which numbers there are, and what is still to be tested."""

from __future__ import annotations

NUMBERS = tuple(f"T{number:02}" for number in range(1, 41))

# Without any test yet. A number leaves this list with its first test.
PENDING: frozenset[str] = frozenset()

# Numbers that are done: each clause is named by the marker of a test, `torture("T24", "both lines")`.
CLAUSES = {
    "T03": {
        *("honest length", "before the body is read", "chunked", "lying length"),
        *("no leftover file", "quota unchanged"),
    },
    "T04": {"digest differs", "body cut short", "both digests shown", "nothing stored"},
    "T05": {
        *("one after the other", "at the same instant", "second centre", "assessors get a flag"),
        *("one of each", "blocks no new one"),
    },
    "T06": {"new version", "old bytes", "old observations", "results unchanged"},
    "T07": {
        *("paths", "NUL", "CR/LF", "leading sign", "300 characters", "right-to-left override", "CON", "kept exactly"),
        *("RFC 6266", "header not splittable", "no path outside"),
    },
    "T08": {"xlsx", "zip", "gz", "both sizes", "from the directory", "while reading", "memory", "worker alive"},
    "T09": {
        *("../", "absolute", "symlink", "hard link", "device", "sparse", "encrypted", "two of one name"),
        *("named member", "nothing outside", "scratch empty after"),
    },
    "T10": {
        *("archive in an archive", "1 000 000 members", "headers disagree", "bytes before", "bytes after"),
        *("2 s", "without unpacking"),
    },
    "T19": {
        *("200 MB without a line end", "NUL", "escape codes", "truncated gz", "budget kept"),
        *("never raw on a page", "never raw in a log", "never raw on a terminal"),
    },
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
