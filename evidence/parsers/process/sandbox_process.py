"""The process of the sandbox: it loads the parsers, rehearses, and then reads one file per fork.

`python -m evidence.parsers.process.sandbox_process`, kept and asked by a worker as `core.forking` says.
"""

from __future__ import annotations

import sys
import traceback

from core.absent import do_without
from core.garbage import nothing_collected

do_without("pandas")  # Arrow loads it where it can; no parser asks for it, and every fork would pay for it

with nothing_collected():
    from core.forking import serve
    from evidence.parsers.process.rehearsal import rehearse
    from evidence.parsers.process.sandbox import answer


def main() -> int:
    try:
        rehearse()
    except Exception:  # what only saves time must not keep a file from being read; a test holds that it succeeds
        traceback.print_exc()
    return serve(answer)


if __name__ == "__main__":
    sys.exit(main())
