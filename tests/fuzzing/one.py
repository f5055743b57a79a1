"""One format under a coverage-guided fuzzer: `python -m tests.fuzzing.one FORMAT [libFuzzer's options] FOLDER…`.

Only our own modules are instrumented, so they must not be imported before that; it takes as long as thousands of
inputs. Hence without a format this is the child of a `core.forking.Forker`, whose every request is one format.
"""

from __future__ import annotations

import contextlib
import io
import sys
from typing import Any

import atheris

with contextlib.redirect_stderr(io.StringIO()), atheris.instrument_imports(include=["core", "evidence"]):
    from evidence.parsers.registry import PARSER_BY_FORMAT

from core.forking import serve
from tests.fuzzing.harness import harness


def main() -> int:
    if sys.argv[1:]:
        fuzz({"arguments": sys.argv[1:]})
    return serve(fuzz)


def fuzz(request: dict[str, Any]) -> None:
    """Never returns: libFuzzer ends the process."""
    name, *options = request["arguments"]
    atheris.Setup([sys.argv[0], *options], harness(PARSER_BY_FORMAT[name]))
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
