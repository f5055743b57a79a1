"""Forms by the multipart door of the API: each name once, for of two values one would be lost in silence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.utils.datastructures import MultiValueDict
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.parsers import DataAndFiles, MultiPartParser


class EachFieldOnce(MultiPartParser):
    """Raises:
    ValidationError: `repeated_field`, at each name that was sent twice, as text, as a file or as both.
    """

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> DataAndFiles[Any, Any]:
        sent = super().parse(stream, media_type, parser_context)
        refuse_repeated(sent.data, sent.files)
        return sent


def refuse_repeated(fields: MultiValueDict[str, Any], files: MultiValueDict[str, Any]) -> None:
    """Raises:
    ValidationError: `repeated_field`.
    """
    twice = sorted(name for name in {*fields, *files} if len(fields.getlist(name)) + len(files.getlist(name)) > 1)
    if twice:
        raise ValidationError({name: [ErrorDetail(name, code="repeated_field")] for name in twice})
