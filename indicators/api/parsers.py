from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import BaseParser

from core.errors import InputError
from core.text import Text
from indicators.rubric.files import files_of_archive

ZIP = "application/zip"


class ArchiveParser(BaseParser):
    """A zip archive of the folder of an edition, as the files in it."""

    media_type = ZIP

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, bytes]:
        content = stream.read(settings.BODY_LIMIT + 1)
        if len(content) > settings.BODY_LIMIT:
            limit = settings.BODY_LIMIT
            raise InputError(
                "too_large",
                Text(zh=f"请求内容超过 {limit} 字节。", en=f"The body is larger than {limit} bytes."),
                hint=Text(
                    zh="压缩包中只放版次文件夹中的 YAML 文件。",
                    en="Only the YAML files of the edition go into the archive.",
                ),
            )
        return files_of_archive(content)
