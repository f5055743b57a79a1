"""The embedded broker: Celery's filesystem transport, whose files are never seen half-written.

The transport writes a message under the name readers look for, and readers take it without asking for its lock; across
file systems taking is copying, under one name for all. Under load a worker reads half a message so, and falls over it.
Tables of exchanges are emptied before they are locked. Here everything is written beside its place and renamed into it,
and taken by renaming, which a file system does in one step.
"""

from __future__ import annotations

import fcntl
import logging
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads

log = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    """Messages and tables of exchanges appear whole, and one reader takes each message."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # the bases disagree
        folder = Path(self.data_folder_out)
        try:
            _write(folder / f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg", payload)
        except OSError as error:
            raise ChannelError(f"cannot add a message to {folder}") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        folder = Path(self.data_folder_in)
        for name in sorted(file.name for file in folder.iterdir()):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = folder / f"{name}.taken-{uuid.uuid4()}"
            try:
                (folder / name).rename(taken)
            except FileNotFoundError:
                continue  # another reader was first
            content = taken.read_bytes()
            taken.unlink()
            try:
                return loads(bytes_to_str(content))
            except ValueError:  # left by a release that wrote in place; its job's row is rung for again
                log.warning("a message that cannot be read was set aside: %s", name)
        raise Empty

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        with self._table(exchange, _bound(routing_key, pattern, queue)) as (file, bound, others):
            _write(file, [bound, *others])

    def _delete(self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any) -> None:
        self._purge(queue)
        with self._table(exchange, _bound(routing_key, pattern, queue)) as (file, _, others):
            _write(file, others)

    @contextmanager
    def _table(self, exchange: str, bound: Any) -> Iterator[tuple[Path, Any, list[Any]]]:
        """The file of an exchange, one queue and the others bound to it, while nobody else changes them."""
        file: Path = self._exchange_file(exchange)
        file.parent.mkdir(exist_ok=True)
        with file.with_suffix(".lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield file, bound, [one for one in self.get_table(exchange) if one != bound]


class Transport(filesystem.Transport):
    """`folder://localhost/` in `config.celery`."""

    Channel = Channel


def _bound(routing_key: str, pattern: str, queue: str) -> Any:
    return filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")


def _write(file: Path, content: Any) -> None:
    unfinished = file.with_name(f"{file.name}.unfinished-{uuid.uuid4()}")  # a name no reader looks for
    unfinished.write_bytes(str_to_bytes(dumps(content)))
    unfinished.rename(file)
