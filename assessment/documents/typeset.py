"""The child process that lays out a paper: HTML on standard input, PDF on standard output.

`python -m assessment.documents.typeset [--pages N]`; on refusal one line of JSON on standard error, exit status 1.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

from weasyprint import HTML
from weasyprint.logger import LOGGER
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

STATIC = Path(__file__).resolve().parents[2] / "static"
SCHEME = "static:"
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
    """The PDF, with its identifier taken from the HTML so that the same text gives the same bytes."""
    LOGGER.handlers[:] = [WarningsAreErrors(logging.WARNING)]
    document = HTML(string=html, url_fetcher=StaticFetcher()).render(font_config=FontConfiguration(), pdf_tags=True)
    if pages is not None and len(document.pages) != pages:
        raise Refused("wrong_page_count", str(len(document.pages)))
    identifier = hashlib.sha256(html.encode()).hexdigest()[:32].encode()
    return bytes(document.write_pdf(pdf_identifier=identifier, pdf_tags=True))


def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--pages", type=int)
    pages = arguments.parse_args().pages
    _block_sockets()
    html = sys.stdin.buffer.read().decode()
    try:
        pdf = typeset(html, pages=pages)
    except Refused as refused:
        return _refuse(refused.code, refused.detail)
    except FatalURLFetchingError as error:
        return _refuse("paper_not_made", str(error))
    sys.stdout.buffer.write(pdf)
    return 0


def _refuse(code: str, detail: str) -> int:
    sys.stderr.write(json.dumps({"code": code, "detail": detail}) + "\n")
    return 1


def _block_sockets() -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError("papers are made without network")

    socket.socket.connect = refuse  # type: ignore[method-assign]  # the point of it
    socket.getaddrinfo = refuse


if __name__ == "__main__":
    sys.exit(main())
