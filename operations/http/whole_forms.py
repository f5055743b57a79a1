"""Forms with files (`multipart/form-data`) that break off: the framework would take what arrived for all of it."""

from __future__ import annotations

from typing import IO, Any

from django.conf import global_settings
from django.core.files.uploadhandler import FileUploadHandler, load_handler
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.http.request import QueryDict
from django.utils.datastructures import MultiValueDict

# After the closing boundary a sender may write a few more bytes, which mean nothing.
LONGEST_EPILOGUE = 1024


class FormBrokenOff(MultiPartParserError):
    """The closing boundary never came: a part is cut short, and nobody knows of how many parts."""


class WholeForms(FileUploadHandler):
    """Reads a form by the framework's own handlers, and only a whole one.

    Without its closing boundary the last file would be left out and the last field be shortened, both in silence.
    """

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803 (the framework's name)
        content_length: int,
        boundary: Any,  # bytes, whatever the stubs say
        encoding: str | None = None,
    ) -> tuple[QueryDict, MultiValueDict[str, Any]]:
        """Raises:
        FormBrokenOff: the body ends before the form does.
        """
        handlers = [load_handler(name, self.request) for name in global_settings.FILE_UPLOAD_HANDLERS]
        stream: Any = _Tail(input_data, length=len(boundary) + LONGEST_EPILOGUE)
        fields, files = MultiPartParser(META, stream, handlers, encoding).parse()
        if b"--" + boundary + b"--" not in stream.tail:
            for file in (file for _, named in files.lists() for file in named):
                file.close()
            raise FormBrokenOff("the closing boundary is missing")
        return fields, files


class _Tail:
    """A stream that remembers the last bytes read from it."""

    def __init__(self, stream: IO[bytes], *, length: int) -> None:
        self._stream = stream
        self._length = length
        self.tail = b""

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self.tail = (self.tail + chunk[-self._length :])[-self._length :]
        return chunk
