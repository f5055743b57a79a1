"""The child process that lays out papers, each in a fork of its own.

`python -m assessment.documents.typeset`, kept and asked by `pdf.py`: the draft as an HTML file in the request's folder,
and there the paper or, as JSON, why it was refused.
"""

from __future__ import annotations

import gc
import hashlib
import json
import logging
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any, NoReturn

from weasyprint import HTML
from weasyprint.logger import LOGGER
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from assessment.documents.pdf import DRAFT, PAPER, REFUSAL
from core.forking import serve

STATIC = Path(__file__).resolve().parents[2] / "static"
SCHEME = "static:"
# Every kind of thing our papers hold: our three fonts, a table, a drawing.
_SPECIMEN = """<!DOCTYPE html><html lang="zh-Hans"><title>智衡</title><style>
@font-face { font-family: "Zhiheng Sans"; src: url("static:fonts/NotoSansSC-Regular.otf"); font-weight: 400; }
@font-face { font-family: "Zhiheng Sans"; src: url("static:fonts/NotoSansSC-Bold.otf"); font-weight: 700; }
@font-face { font-family: "Zhiheng Serif"; src: url("static:fonts/NotoSerifSC-Bold.otf"); font-weight: 700; }
* { font-family: "Zhiheng Sans"; } h1 { font-family: "Zhiheng Serif"; }
</style><h1>智衡</h1><table><tr><td>衡 <b>75.00</b></table>
<svg viewBox="0 0 9 9"><title>衡</title><path d="M1 1H8"/><text x="1" y="8">40</text></svg>"""
TYPES = {".otf": "font/otf", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}


class Refused(Exception):
    """The paper cannot be made; told to the parent as code and detail."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


class StaticFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Serves `static:` addresses inside our static folder, and nothing else."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        path = (STATIC / url.removeprefix(SCHEME)).resolve()
        if not url.startswith(SCHEME) or not path.is_relative_to(STATIC) or path.suffix not in TYPES:
            raise FatalURLFetchingError(f"refused to fetch {url}")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": TYPES[path.suffix]})


class WarningsAreErrors(logging.Handler):
    def emit(self, record: logging.LogRecord) -> NoReturn:
        raise Refused("paper_not_made", record.getMessage())


def typeset(html: str, *, pages: int | None = None) -> bytes:
    """The PDF of a text, with just so many pages where that is said.

    Its identifier is taken from the HTML, so that the same text gives the same bytes.
    """
    document = HTML(string=html, url_fetcher=StaticFetcher()).render(font_config=FontConfiguration(), pdf_tags=True)
    found = len(document.pages)
    if pages not in (None, found):
        raise Refused("wrong_page_count", str(found))
    identifier = hashlib.sha256(html.encode()).hexdigest()[:32].encode()
    return bytes(document.write_pdf(pdf_identifier=identifier, pdf_tags=True))


def answer(request: dict[str, Any]) -> None:
    """In the fork: the paper or the refusal into the folder of the request."""
    gc.disable()  # the fork ends before its garbage matters
    folder = Path(request["folder"])
    tempfile.tempdir = str(folder)  # a fork that is killed leaves nothing elsewhere
    try:
        paper = typeset((folder / DRAFT).read_text(encoding="utf-8"), pages=request["pages"])
    except (Refused, FatalURLFetchingError) as refusal:
        code = refusal.code if isinstance(refusal, Refused) else "paper_not_made"
        told = {"code": code, "detail": str(refusal)}
        (folder / REFUSAL).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    else:
        (folder / PAPER).write_bytes(paper)


def main() -> int:
    _block_sockets()
    LOGGER.handlers[:] = [WarningsAreErrors(logging.WARNING)]
    _warm_up()
    return serve(answer)


def _warm_up() -> None:
    """Have loaded and compiled before the first fork whatever a paper needs."""
    with tempfile.TemporaryDirectory(prefix="paper-") as folder:
        before, tempfile.tempdir = tempfile.tempdir, folder
        typeset(_SPECIMEN)
        tempfile.tempdir = before


def _block_sockets() -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError("papers are made without network")

    socket.socket.connect = refuse  # type: ignore[method-assign]  # the point of it
    socket.getaddrinfo = refuse


if __name__ == "__main__":
    sys.exit(main())
