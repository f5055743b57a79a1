"""Charsets named by callers, which Django obeys while it makes its request."""

from __future__ import annotations

from collections.abc import Iterable

import re2

from operations.http.chunked import Application, Environ, StartResponse

_CHARSET = re2.compile(r'(?i)(;\s*charset\s*=\s*)"?([^;"]*)"?')
_UTF8 = ("utf-8", "utf8")


class Utf8Text:
    """WSGI: a charset other than UTF-8 becomes one that nobody knows.

    `bz2_codec` and its like cannot decode the address, and Django would fail before any handler of errors stands.
    An unknown charset it ignores; parsers that read text refuse it.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        content_type = environ.get("CONTENT_TYPE", "")
        found = _CHARSET.search(content_type)
        if found and found.group(2).strip().lower() not in _UTF8:
            environ["CONTENT_TYPE"] = _CHARSET.sub(r"\1unsupported", content_type)
        return self.application(environ, start_response)
