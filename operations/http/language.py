"""The language of a file somebody downloads: the one asked for, else that of the request."""

from __future__ import annotations

from rest_framework.request import Request

from core.text import Language
from operations.http.filters import word_of

LANGUAGES = ("zh", "en")


def language_asked(request: Request) -> Language:
    """`?language=`, else the language the request was made in; inside the API English is active for its messages.

    Raises:
        InputError: `invalid_choice`, with the choices.
    """
    said_in = str(getattr(request, "said_in", "zh")).partition("-")[0]
    language = word_of("language", request.query_params.get("language"), LANGUAGES) or said_in
    return "en" if language == "en" else "zh"
