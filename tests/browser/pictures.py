"""Pictures of every page in every state of the sweep, for people to look at.

Taken only where `ZHIHENG_PICTURES` names a folder: each costs seconds, and they tell something once a look was changed.
"""

from __future__ import annotations

import os
from html import escape
from pathlib import Path

from playwright.sync_api import Page

LANGUAGES = ("zh-hans", "en")
WIDTHS = {"desktop": 1280, "phone": 390}
HEIGHT = 900
STYLE = "img { width: 100%; border: 1px solid } td { vertical-align: top } table { table-layout: fixed; width: 100% }"


class Album:
    """Whole pages as `<page>.<language>.<width>.png`, and an `index.html` with the four of a page side by side."""

    def __init__(self, folder: Path | None) -> None:
        """Without a folder nothing is taken."""
        self.folder = folder

    def take(self, page: Page, name: str) -> None:
        """The page as it is now, at both widths; it is left as wide as on a desktop."""
        if self.folder is None:
            return
        language = page.locator("html").get_attribute("lang")
        for width in ("phone", "desktop"):
            page.set_viewport_size({"width": WIDTHS[width], "height": HEIGHT})
            file = self.folder / f"{name}.{language}.{width}.png"
            page.screenshot(path=file, full_page=True)

    def bind(self) -> None:
        """Write the index of all pictures that lie in the folder."""
        if self.folder is None:
            return
        rows = "".join(map(_row, sorted({file.name.rsplit(".", 3)[0] for file in self.folder.glob("*.png")})))
        page = f"<!doctype html><meta charset=utf-8><title>Pages</title><style>{STYLE}</style><table>{rows}</table>"
        (self.folder / "index.html").write_text(page, encoding="utf-8")


def asked_for() -> Path | None:
    """The folder of this run's pictures, if somebody wants them."""
    folder = os.environ.get("ZHIHENG_PICTURES")
    return Path(folder) if folder else None


def _row(name: str) -> str:
    files = [f"{name}.{language}.{width}.png" for width in WIDTHS for language in LANGUAGES]
    cells = "".join(f'<td><a href="{escape(file)}"><img loading=lazy src="{escape(file)}"></a>' for file in files)
    return f"<tr><th colspan=4>{escape(name)}<tr>{cells}"
