"""HTML → PDF in a child process without network: the same bytes for the same HTML.

A child, because laying out text may crash or grow; without network, because a name in evidence must
never fetch anything: no network name space, no sockets, and a fetcher that serves our static files only.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

from assessment.documents.fonts import refuse_missing_glyphs
from core.errors import UserFacingError
from core.forking import Forker, ForkerLost, last_words
from core.text import Text

# How this process and its typesetter call the files they hand to each other.
DRAFT, PAPER, REFUSAL = "draft.html", "paper.pdf", "refusal.json"
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
    with tempfile.TemporaryDirectory(prefix="paper-") as made:
        folder = Path(made)
        (folder / DRAFT).write_text(html, encoding="utf-8")
        try:
            code = _TYPESETTER.run({"folder": made, "pages": pages}, seconds=TIMEOUT_S)
        except TimeoutError as error:
            raise _not_made(f"no answer within {TIMEOUT_S} s") from error
        except ForkerLost as error:
            raise _not_made(str(error)) from error
        if (folder / REFUSAL).exists():
            raise _refusal(folder / REFUSAL)
        if code != 0 or not (folder / PAPER).exists():
            raise _not_made(last_words(folder).strip() or f"the process was killed ({code})")
        return (folder / PAPER).read_bytes()


def _refusal(told: Path) -> UserFacingError:
    refusal = json.loads(told.read_text(encoding="utf-8"))
    if refusal["code"] == "wrong_page_count":
        return UserFacingError(
            "wrong_page_count",
            Text(zh=f"文字放不下：{refusal['detail']} 页。", en=f"The text does not fit: {refusal['detail']} pages."),
            hint=Text(zh="请缩短名称或说明。", en="Shorten the names or remarks."),
        )
    return _not_made(refusal["detail"])


def _not_made(detail: str) -> UserFacingError:
    return UserFacingError(
        "paper_not_made",
        Text(zh=f"未能生成文件：{detail}", en=f"The paper could not be made: {detail}"),
        hint=Text(
            zh="请稍后再试；仍不成功时，请把以上内容告知管理员。",
            en="Try again later; if it fails once more, give these words to the administrator.",
        ),
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


# `HOME` and the cache folder tell fontconfig where its list of fonts lies.
_TYPESETTER = Forker("assessment.documents.typeset", kept=("HOME", "XDG_CACHE_HOME"), prefix=_without_network)
