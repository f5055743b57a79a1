from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import BaseParser

from centres.profile_reading import ProfileError, read_profile, read_profile_yaml
from core.errors import InputError
from core.text import Text
from operations.http.parser import StrictJSONParser
from operations.http.words import HINT_BY_CODE


class JSONProfileParser(StrictJSONParser):
    """A facility profile as JSON."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        content = super().parse(stream, media_type, parser_context)
        if not isinstance(content, dict):
            raise ProfileError(
                (
                    InputError(
                        "invalid",
                        Text(zh="档案应为 JSON 对象。", en="The profile should be a JSON object."),
                        hint=HINT_BY_CODE["not_a_dict"],
                    ),
                )
            )
        return {"profile": read_profile(content)}


class YAMLProfileParser(BaseParser):
    """A facility profile as YAML, in UTF-8."""

    media_type = "application/yaml"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        content = stream.read(settings.BODY_LIMIT + 1)
        if len(content) > settings.BODY_LIMIT:
            raise InputError(
                "too_large",
                Text(zh="档案过大。", en="The profile is too large."),
                hint=Text(
                    zh=f"档案最多 {settings.BODY_LIMIT} 字节；请删去不属于档案的内容。",
                    en=f"A profile has {settings.BODY_LIMIT} bytes at most; leave out what does not belong to it.",
                ),
            )
        return {"profile": read_profile_yaml(content)}
