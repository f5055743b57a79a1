"""The bytes of unfinished uploads: one file each in the store's own folder, written by one request at a time.

A request that lost its upload to another one (its client came back over a new connection while the old one hangs)
finds that out before it writes: every write asks under a lock of the file. So bytes that were acknowledged are never
touched again, also when the file has become a blob by then.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings

from evidence import store


class Overtaken(Exception):
    """Another request writes this upload now."""


class Part:
    """The file of one upload, open for writing by the request that may."""

    def __init__(self, name: str, *, is_ours: Callable[[], bool]) -> None:
        """`is_ours` tells whether the request may still write."""
        self._path = part_path(name)
        self._is_ours = is_ours

    def __enter__(self) -> Self:
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        os.close(self._descriptor)

    def cut(self, size: int) -> None:
        """Forget what stands behind so many bytes: it was never acknowledged.

        Raises:
            Overtaken: nothing was touched.
        """
        with self._ours():
            os.ftruncate(self._descriptor, size)

    def write(self, content: bytes, *, at: int) -> None:
        """Put all of it there.

        Raises:
            Overtaken: nothing was touched.
        """
        with self._ours():
            view = memoryview(content)
            while view:
                written = os.pwrite(self._descriptor, view, at)
                view, at = view[written:], at + written

    def sync(self) -> None:
        """Everything written, and the name of the file, survive a power cut from here on."""
        os.fsync(self._descriptor)
        store.make_durable(self._path)

    @contextmanager
    def _ours(self) -> Iterator[None]:
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        try:
            if not self._is_ours():
                raise Overtaken
            yield
        finally:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)


def whole_part(name: str) -> store.Received:
    """A part that has arrived whole, with its digest: all of it is read once."""
    path = part_path(name)
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return store.Received(path, sha256, path.stat().st_size)


def remove_part(name: str) -> None:
    part_path(name).unlink(missing_ok=True)


def part_names() -> list[str]:
    return sorted(path.name for path in _folder().iterdir())


def part_path(name: str) -> Path:
    return _folder() / name


def _folder() -> Path:
    folder: Path = settings.STORE_ROOT / "partial"
    folder.mkdir(exist_ok=True)  # not its parents: as with `store`
    return folder
