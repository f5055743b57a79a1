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
    "T01": {"empty file", "byte-order mark", "header row", "no evidence accepted", "try again"},
    "T02": {"PDF called xlsx", "HTML called csv", "valid as two types", "names both", "one function"},
    "T11": {
        *("document type", "entity expansion", "external entity", "XInclude", "SVG"),
        *("no outside file read", "no connection"),
    },
    "T12": {
        *("formula without value", "#DIV/0!", "#REF!", "number as text", "merged header", "hidden sheet", "hidden row"),
        *("link to another workbook", "located", "never 0", "score carries it"),
    },
    "T13": {
        *("GB18030", "UTF-8 with mark", "UTF-16", "UTF-32", "undecidable"),
        *("re-encodes to the same bytes", "no replacement character"),
    },
    "T14": {
        *("ragged rows", "missing column", "repeated column", "Chinese headers", "separators", "stray quotes"),
        *("synonyms shown", "line numbers", "all in one go", "first 100 and count"),
        *("good and bad counted", "sum equals lines read", "values of a range query", "samples of a scrape"),
    },
    "T15": {
        *("NaN", "Infinity", "1e400", "1e-400", "1_000", "full-width", "1,234", "98.5%", "0x10", "-0", "5 000 digits"),
        *("empty", "-", "无", "listed in the docs", "none in facts", "none in the database, score, JSON or PDF"),
        *("a figure kept as text", "figures out of JSON and logs", "a number of a trace"),
        *("values of a range query", "samples of a scrape"),
    },
    "T16": {
        *("PUE below 1", "utilisation above 100 %", "negative energy", "5 kWh for a 10 MW hall", "kW in a kWh column"),
        *("out_of_range", "measure invalid", "implausible", "needs a reason", "unit never guessed"),
    },
    "T17": {
        *("no time zone", "mixed zones", "duplicates", "gaps", "out of order", "clock stepping back", "24:00"),
        *("29 February", "last hour missing", "first place and count", "coverage shown"),
        *("half-open", "days of the zone"),
    },
    "T18": {"reset", "rolls over", "replaced", "counter_reset", "step not counted", "sum of valid steps shown"},
    "T21": {
        *("HTML", "SVG", "XML", "download only", "nosniff", "sandbox", "no inline type"),
        "no script runs",
    },
    "T22": {"protected workbook", "protected PDF", "old xls", "macros", "way out", "nothing executed"},
    "T20": {"the line is an issue", "1/10 of normal speed"},
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
    "T29": {
        *("broken JSON", "another content type", "an array for an object", "1000 deep", "a key twice", "NaN"),
        *("100 MB with a length", "without a length", "memory flat", "every door that takes JSON"),
    },
    "T30": {
        *("score", "status", "centre", "created_by", "is_staff", "unknown names", "object unchanged"),
    },
    "T32": {"moved to another centre", "made under another centre's", "both centres unchanged"},
    "T33": {"same body", "different body", "while the first is running", "another user", "one effect"},
    "T34": {"412 with the current version", "428 without one", "never wins silently"},
    "T35": {
        *("too many requests", "Retry-After", "remaining quota", "limit=1000000000", "broken cursor", "foreign cursor"),
        *("unknown filter", "unknown ordering", "other users unaffected"),
    },
    "T36": {
        *("expired token", "revoked token", "over-privileged token", "removed while signed in"),
        *("role lowered before the submit", "no cached permission"),
        *("role lowered before the page is sent", "account closed", "no old answer by its key"),
    },
    "T37": {
        *("one finding saved twice", "fifty decide at once", "one person in all parts", "skipped", "repeated"),
        *("who and when", "403 separation of duties", "409 wrong state", "allowed acts named"),
        *("one decision", "one number", "complete history"),
    },
    "T39": {
        *("broker lost", "broker emptied", "database away", "store unreachable", "disk full during upload"),
        *("503 with Retry-After", "completed by the catch-up", "no 2xx without durable bytes", "no job forgotten"),
        *("readiness shows the failing part", "liveness stays up"),
    },
    "T40": {
        *("altered: one byte", "altered: pages appended", "unknown", "mistyped", "not this centre", "expired on"),
        *("suspended", "withdrawn on", "the reason allowed to be public", "hostile name in the PDF"),
        *("=cmd() in an export", "rare character", "export cells are text", "a missing glyph stops the paper"),
        "nothing outside is read",
    },
    "T28": {"changed content", "one person alone", "missing translation", "earlier results byte-identical"},
}
