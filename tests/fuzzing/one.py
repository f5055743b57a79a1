"""One format under a coverage-guided fuzzer: `python -m tests.fuzzing.one FORMAT [libFuzzer's options] FOLDER…`.

Only our own modules are instrumented, so they must not be imported before that. Without a format the requests of
`tests.fuzzing.served` are read from standard input: instrumenting takes as long as many inputs, so it is done once.
"""

from __future__ import annotations

import contextlib
import io
import sys

import atheris

with contextlib.redirect_stderr(io.StringIO()), atheris.instrument_imports(include=["core", "evidence"]):
    from evidence.parsers.registry import PARSER_BY_FORMAT

from tests.fuzzing.harness import harness
from tests.fuzzing.served import serve


def main() -> None:
    if sys.argv[1:]:
        fuzz(sys.argv[1:])
    else:
        serve(fuzz)


def fuzz(arguments: list[str]) -> None:
    """Never returns: libFuzzer ends the process."""
    name, *options = arguments
    atheris.Setup([sys.argv[0], *options], harness(PARSER_BY_FORMAT[name]))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
