"""Archives made on the spot, harmless and hostile ones."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable, Mapping

import pyarrow as pa

from tests.evidence.files import sus_csv

FILES = {"2025/满意度.csv": sus_csv(3), "2025/second.csv": sus_csv(4)}


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def tarred(
    files: Mapping[str, bytes],
    *,
    dialect: int = tarfile.GNU_FORMAT,
    change: Callable[[tarfile.TarInfo], None] | None = None,
) -> bytes:
    """As `tar` writes it; `change` may make a member something else."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=dialect) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            if change is not None:
                change(member)
            archive.addfile(member, io.BytesIO(content) if member.size else None)
    return out.getvalue()


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def zstandard(content: bytes) -> bytes:
    return pa.compress(content, codec="zstd", asbytes=True)


PACKERS: dict[str, Callable[[Mapping[str, bytes]], bytes]] = {
    "a.zip": zipped,
    "a.tar": tarred,
    "a.tar.gz": lambda files: gzipped(tarred(files)),
    "a.tar.zst": lambda files: zstandard(tarred(files)),
}
