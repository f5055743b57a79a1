"""HTML → PDF in a child process without network: the same bytes for the same HTML.

A child, because laying out text may crash or grow; without network, because a name in evidence must
never fetch anything: no network name space, no sockets, and a fetcher that serves our static files only.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from assessment.documents.fonts import refuse_missing_glyphs
from core.errors import UserFacingError
from core.text import Text

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 300


def make_pdf(html: str, *, pages: int | None = None) -> bytes:
    """Lay out a whole HTML document whose only resources are `static:` addresses.

    Args:
        pages: exactly how many pages the paper must have; None where it may grow.

    Raises:
        UserFacingError: `missing_glyph`; `wrong_page_count`, when the text does not fit; `paper_not_made`
            with what the typesetter said (its warnings are errors too).
    """
    refuse_missing_glyphs(html)
    command = [*_without_network(), sys.executable, "-m", "assessment.documents.typeset"]
    if pages is not None:
        command += ["--pages", str(pages)]
    try:
        child = subprocess.run(  # noqa: S603  (our own command)
            command, input=html.encode(), capture_output=True, timeout=TIMEOUT_S, cwd=ROOT, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _not_made(f"no answer within {TIMEOUT_S} s") from error
    if child.returncode != 0 or not child.stdout.startswith(b"%PDF-"):
        raise _refusal(child.stderr.decode(errors="replace"))
    return child.stdout


def _refusal(said: str) -> UserFacingError:
    try:
        told = json.loads(said.strip().splitlines()[-1])
    except (ValueError, IndexError):
        return _not_made(said.strip()[-500:] or "the process was killed")
    if told["code"] == "wrong_page_count":
        return UserFacingError(
            "wrong_page_count",
            Text(zh=f"文字放不下：{told['detail']} 页。", en=f"The text does not fit: {told['detail']} pages."),
            hint=Text(zh="请缩短名称或说明。", en="Shorten the names or remarks."),
        )
    return _not_made(told["detail"])


def _not_made(detail: str) -> UserFacingError:
    return UserFacingError(
        "paper_not_made", Text(zh=f"未能生成文件：{detail}", en=f"The paper could not be made: {detail}")
    )


@lru_cache(maxsize=1)
def _without_network() -> tuple[str, ...]:
    """A prefix that runs a command in an empty network name space, where the system allows it."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    prefix = (unshare, "--map-root-user", "--net")
    allowed = subprocess.run([*prefix, "true"], capture_output=True, check=False)  # noqa: S603  (fixed command)
    return prefix if allowed.returncode == 0 else ()
