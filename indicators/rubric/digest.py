"""The identity of an edition: SHA-256 over the canonical JSON of its content as authored.

Comments, key order and the spelling of quotes do not matter; every text, number and case does. The digest stands in
the file `EDITION` beside `rubric.yaml`; a folder with it is final, without it a draft.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.canonical import canonical_digest
from core.errors import RubricError
from core.provenance import Where
from core.text import Text

EDITION_FILE = "EDITION"
_DIGEST_LENGTH = 80  # sha256:…, and room for what does not belong there


def content_digest(content: Mapping[str, Any]) -> str:
    """Of `{path: content}` as `Edition.content` holds it."""
    return canonical_digest(content)


def sealed_digest(folder: Path) -> str | None:
    """What `EDITION` says, or None for a draft; of anything but a digest a little, for the refusal to show."""
    seal = folder / EDITION_FILE
    return seal.read_bytes()[:_DIGEST_LENGTH].decode("ascii", "backslashreplace").strip() if seal.is_file() else None


def seal(folder: Path, digest: str) -> None:
    """Make a folder final.

    Raises:
        RubricError: code `edition_is_final` when it is sealed with another digest.
    """
    standing = sealed_digest(folder)
    if standing is not None and standing != digest:
        raise final_edition_changed(sealed=standing, found=digest)
    (folder / EDITION_FILE).write_text(digest + "\n", encoding="utf-8")


def final_edition_changed(*, sealed: str, found: str) -> RubricError:
    return RubricError(
        "edition_is_final",
        Text(
            zh=f"该版次已定稿（{sealed}），内容却已改变（{found}）。",
            en=f"This edition is final ({sealed}), but its content has changed ({found}).",
        ),
        where=Where(file=EDITION_FILE, line=1),
        hint=Text(
            zh="请恢复原内容，或把改动放进新的版次文件夹。",
            en="Restore the content, or put the change into the folder of a new edition.",
        ),
    )
