"""Where bytes are kept: content-addressed keys over Django's storage API.

`blobs/ab/cd/<sha256>` holds a file exactly as it was handed in, `observations/ab/cd/<sha256>/<parser>/…` what was
read from it. A key's content never changes, so writing one twice is harmless. Uploads that are still arriving are
in `evidence.parts`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages

CHUNK = 1024 * 1024


class TooLarge(Exception):
    """More bytes arrived than the limit allows."""


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes on our disk that belong to nothing yet."""

    path: Path
    sha256: str
    size: int


@contextmanager
def received(chunks: Iterable[bytes], *, limit: int) -> Iterator[Received]:
    """Write bytes to a scratch file while hashing them; the file is gone afterwards unless it was kept.

    Raises:
        TooLarge: as soon as more than `limit` bytes have arrived.
    """
    path = _incoming() / uuid.uuid4().hex
    try:
        running, size = hashlib.sha256(), 0
        with path.open("xb") as stream:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise TooLarge
                running.update(chunk)
                stream.write(chunk)
        yield Received(path, running.hexdigest(), size)
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder on the store's own disk, gone afterwards."""
    with tempfile.TemporaryDirectory(dir=_incoming()) as folder:
        yield Path(folder)


def tidy(*, older_than: dt.timedelta) -> int:
    """Remove what killed processes left half done; how many pieces. Nobody works on one for that long."""
    before, removed = time.time() - older_than.total_seconds(), 0
    for path in _incoming().iterdir():
        with suppress(FileNotFoundError):  # its owner was quicker
            if path.stat().st_mtime < before:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
                removed += 1
    return removed


def keep(file: Received) -> str:
    """Move received bytes to their own key, durably; the key. Bytes already there stay untouched."""
    key = blob_key(file.sha256)
    keep_file(file.path, key=key)
    return key


def keep_file(path: Path, *, key: str) -> None:
    """Put a finished local file under a key, in one step, so that nobody ever reads half of it."""
    storage = _storage()
    if isinstance(storage, FileSystemStorage):
        target = Path(storage.path(key))
        target.parent.mkdir(parents=True, exist_ok=True)
        _sync(path, os.O_RDONLY)
        with suppress(FileExistsError):
            os.link(path, target)
        make_durable(target)
    elif not storage.exists(key):
        with path.open("rb") as stream:
            storage.save(key, File(stream))


def open_blob(sha256: str) -> BinaryIO:
    return open_key(blob_key(sha256))


def open_key(key: str) -> BinaryIO:
    return cast(BinaryIO, _storage().open(key, "rb"))


@contextmanager
def local_path(sha256: str, *, scratch: Path) -> Iterator[Path]:
    """A path where another process can read the blob: its own, or a copy in `scratch`."""
    storage = _storage()
    if isinstance(storage, FileSystemStorage):
        yield Path(storage.path(blob_key(sha256)))
        return
    copy = scratch / sha256
    with open_blob(sha256) as source, copy.open("xb") as target:
        while chunk := source.read(CHUNK):
            target.write(chunk)
    try:
        yield copy
    finally:
        copy.unlink()


def blob_key(sha256: str) -> str:
    return f"blobs/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def table_key(sha256: str, *, parser: str, reading: str, kind: str) -> str:
    """Where the rows of one kind live.

    Args:
        parser: `name/version`.
        reading: short digest of what the uploader declared (zone, encoding), which changes what is read.
    """
    return f"observations/{sha256[:2]}/{sha256[2:4]}/{sha256}/{parser.replace('/', '-')}/{reading}/{kind}.parquet"


def make_durable(path: Path) -> None:
    """The file's content was synced before; now its name, and those of folders made for it."""
    for folder in path.parents:
        _sync(folder, os.O_RDONLY | os.O_DIRECTORY)
        if folder == settings.STORE_ROOT:
            break


def _storage() -> Storage:
    return storages["evidence"]


def _incoming() -> Path:
    folder: Path = settings.STORE_ROOT / "incoming"
    folder.mkdir(exist_ok=True)  # not its parents: a store that is not mounted must not come into being elsewhere
    return folder


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
