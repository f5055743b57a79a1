"""A drop folder: files are handed in as they come and moved to `done/` or `failed/`, the answer beside them.

Nothing is remembered on this side. The bytes say what was handed in already, and a file is moved last: whoever is
killed in between does the same again, and the server knows the bytes.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.canonical import jsonable
from core.errors import InputError
from core.provenance import Where
from core.text import Text
from evidence.parsers.base import CONTRACT
from zhiheng.output import no_such_file
from zhiheng.tus_client import EVIDENCE, Patience, Refused, Server, ask, hand_in

DONE, FAILED = "done", "failed"
ANSWER = ".answer.json"
LOCK = ".zhiheng-watch.lock"
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", ".partial", ANSWER)
NOT_YET_READ = ("received", "parsing")
NOT_COUNTED = ("rejected", "unreadable")
NOBODY = (401, 403)
SETTLES = 1.0  # seconds between the two looks that find a file unchanged

Print = tuple[int, int, int]  # inode, size, modification in ns: another one is another file


@dataclass(frozen=True)
class Drop:
    """One folder and where its files go.

    Args:
        words: what is said of every file: `centre`, and `format`, `timezone`, `encoding` where given.
        patience: seconds without progress after which a try is given up; the file stays.
        told: is told each answer, as it is written beside the file.
    """

    folder: Path
    server: Server
    words: Mapping[str, str]
    patience: float
    told: Callable[[Mapping[str, Any]], None]

    def once(self) -> bool:
        """Take everything that lies there and has come to rest; whether all of it counts.

        Raises:
            InputError: `no_connection`; what was not taken stays.
            Refused: nobody, or not allowed: so it would be for every file.
        """
        before = self._waiting()
        if before:
            time.sleep(SETTLES)
        after = self._waiting()
        counted = [self._take(path, found) for path, found in after.items() if before.get(path) == found]
        return all(counted)

    def forever(self, *, interval: float, unreachable: Callable[[InputError], None]) -> None:
        """Look again and again; a server that cannot be reached is waited for.

        Raises:
            Refused: nobody, or not allowed.
        """
        while True:
            try:
                self.once()
            except InputError as error:
                unreachable(error)
            time.sleep(interval)

    def _waiting(self) -> dict[Path, Print]:
        """Files to hand in, by name; hidden ones, links, folders and what is still being written are none."""
        found = {}
        for path in sorted(self.folder.iterdir()):
            if path.name.startswith(".") or path.name.endswith(UNFINISHED) or path.is_symlink():
                continue
            if path.is_file() and (known := _print(path)) is not None:
                found[path] = known
        return found

    def _take(self, path: Path, found: Print) -> bool:
        """Hand a file in, wait until it was read, write the answer, and move it last."""
        try:
            sha256 = _sha256(path)
            answer = self._handed_in(path)
        except FileNotFoundError:  # somebody took it back
            return True
        if _print(path) != found:  # it was written on meanwhile: the next look takes what it is then
            return True
        counts = answer["error"] is None and answer["state"] not in NOT_COUNTED
        target = _free(self.folder / (DONE if counts else FAILED), path, sha256)
        whole = {"contract": CONTRACT, "file": path.name, "sha256": sha256, **answer}
        _write(target.with_name(target.name + ANSWER), whole)
        path.replace(target)
        self.told(whole)
        return counts

    def _handed_in(self, path: Path) -> dict[str, Any]:
        patience = Patience(self.patience)
        try:
            found = hand_in(self.server, path, words=self.words, patience=patience)
            read = self._read(found["id"], patience)
        except Refused as error:
            if error.status in NOBODY:
                raise
            return {"evidence": None, "state": None, "known": False, "issues": {}, "error": error.as_json()}
        return {
            "evidence": read["id"],
            "state": read["state"],
            "known": found["known"],
            "format": read.get("format"),
            "issues": read.get("issue_counts", {}),
            "error": read.get("problem"),
        }

    def _read(self, evidence: str, patience: Patience) -> dict[str, Any]:
        """The evidence once it has been read; as it is where nobody reads it within the time there is."""
        while True:
            found: dict[str, Any] = ask(self.server, patience, "GET", f"{EVIDENCE}{evidence}/").json()
            if found["state"] not in NOT_YET_READ or not patience.pause():
                return found


def drop_folder(name: str) -> Path:
    """The folder, with `done/` and `failed/` in it.

    Raises:
        InputError: `file_not_found`.
    """
    folder = Path(name)
    if not folder.is_dir():
        raise no_such_file(name)
    for inside in (DONE, FAILED):
        (folder / inside).mkdir(exist_ok=True)
    return folder


@contextmanager
def watched(folder: Path) -> Iterator[None]:
    """Of two programs that watch one folder the second is refused; the lock goes with the process.

    Raises:
        InputError: `already_watched`.
    """
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(
                "already_watched",
                Text(zh="已有另一个程序在监视此文件夹。", en="Another program is watching this folder."),
                where=Where(file=str(folder)),
                hint=Text(zh="请先停止它，或使用另一个文件夹。", en="Stop it first, or use another folder."),
            ) from error
        yield


def _free(folder: Path, path: Path, sha256: str) -> Path:
    """Where the file goes: under its name, or with the digest in it where other bytes have that name."""
    target = folder / path.name
    if not target.exists() or _sha256(target) == sha256:
        return target
    return folder / f"{path.stem}-{sha256[:8]}{path.suffix}"


def _write(path: Path, answer: Mapping[str, Any]) -> None:
    """Whole or not at all."""
    unfinished = path.with_name(f".{path.name}")
    with unfinished.open("w", encoding="utf-8") as stream:
        json.dump(jsonable(answer), stream, ensure_ascii=False, indent=2)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)


def _print(path: Path) -> Print | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
