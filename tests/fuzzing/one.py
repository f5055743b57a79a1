"""One format under a coverage-guided fuzzer: `python -m tests.fuzzing.one FORMAT [libFuzzer's options] FOLDER…`.

Only our own modules are instrumented, so they must not be imported before that.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["core", "evidence"]):
    from evidence.parsers.registry import PARSER_BY_FORMAT

from tests.fuzzing.harness import harness


def main() -> None:
    check = harness(PARSER_BY_FORMAT[sys.argv[1]])
    atheris.Setup([sys.argv[0], *sys.argv[2:]], check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
