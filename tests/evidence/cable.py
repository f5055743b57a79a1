"""Pull the cable at the n-th commit or store write of an upload and its reading, for every n, and see what is left.

    python -m tests.evidence.cable FOLDER SCENARIO … [--every K]

Every n is a life of its own: a fork of this process with a fresh installation that ends without a word at the n-th
place. Another fork then is what an hour later is: leases have run out, the sweep rings, the client comes back. Last
line of output: {scenario: {"points": how many places there are, "faults": {n: what did not hold}}}.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import json
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

DIED = 9
PEOPLE = """
contract: 1
centres: [{id: first, name: {zh: 一号中心, en: First centre}, province: 贵州}]
people: [{username: olu, name: {zh: 奥卢, en: Olu}, centres: {first: engineer}}]
"""


class Cable:
    """Counts the places where a process may be killed, and is killed at one of them."""

    def __init__(self, pulled_at: int) -> None:
        self.places = 0
        self.pulled_at = pulled_at

    def place(self) -> None:
        self.places += 1
        if self.places == self.pulled_at:
            os._exit(DIED)

    def around(self, module: Any, name: str) -> None:
        """The process may be killed before and after every call of it."""
        original = getattr(module, name)

        def watched(*arguments: Any, **words: Any) -> Any:
            self.place()
            result = original(*arguments, **words)
            self.place()
            return result

        setattr(module, name, watched)

    def half_way(self, write: Callable[[Any], object], content: Any) -> None:
        """Half of it may reach the disk."""
        self.place()
        half = len(content) // 2
        write(content[:half])
        self.place()
        write(content[half:])


def watch(cable: Cable) -> None:
    """Every commit, every file made, written, synced, named and removed."""
    import pyarrow.parquet as pq
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.utils import CursorWrapper

    for name in ("link", "fsync", "unlink", "rmdir", "mkdir", "ftruncate"):
        cable.around(os, name)
    cable.around(pq, "write_table")
    cable.around(BaseDatabaseWrapper, "_commit")
    execute, pwrite, opened = CursorWrapper.execute, os.pwrite, Path.open

    def statement(self: CursorWrapper, sql: Any, params: Any = None) -> Any:
        alone = not self.db.in_atomic_block and str(sql).startswith(("INSERT", "UPDATE", "DELETE"))
        if alone:
            cable.place()
        result = execute(self, sql, params)
        if alone:
            cable.place()
        return result

    class Written:
        """A file of the store being written."""

        def __init__(self, stream: Any) -> None:
            self._stream = stream

        def __enter__(self) -> Written:
            return self

        def __exit__(self, *_: object) -> None:
            self._stream.close()

        def write(self, content: bytes) -> None:
            cable.half_way(lambda part: (self._stream.write(part), self._stream.flush()), content)

    def torn(descriptor: int, content: Any, at: int) -> int:
        done = 0

        def write(part: Any) -> None:
            nonlocal done
            done += pwrite(descriptor, part, at + done)

        cable.half_way(write, content)
        return done

    def open_watched(self: Path, mode: str = "r", *arguments: Any, **words: Any) -> Any:
        stream = opened(self, mode, *arguments, **words)
        return Written(stream) if mode == "xb" else stream

    CursorWrapper.execute = statement  # type: ignore[method-assign]
    os.pwrite = torn
    Path.open = open_watched  # type: ignore[method-assign, assignment]


class Client:
    """What a centre's program knows: what was acknowledged. It outlives the server."""

    def __init__(self, notes: Path, http: Any) -> None:
        self._notes, self.http = notes, http
        self.known: dict[str, Any] = json.loads(notes.read_bytes()) if notes.exists() else {}

    def note(self, **known: Any) -> None:
        self.known |= known
        descriptor = os.open(self._notes, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.write(descriptor, json.dumps(self.known).encode())
        os.close(descriptor)

    def patch(self, content: bytes, offset: int) -> Any:
        return self.http.generic(
            "PATCH",
            self.known["address"],
            content,
            content_type="application/offset+octet-stream",
            headers={"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset)},
        )


def work() -> None:
    """What a worker does until nothing waits; scoring has tests of its own."""
    from celery import current_app
    from django.utils import timezone

    from operations.fairness import next_job

    while job := next_job(timezone.now(), tasks=["evidence.parse", "evidence.finish_upload"]):
        current_app.tasks[job.task](str(job.pk))


def parse_here() -> None:
    """Read files in this process: how a parser dies has tests of its own."""
    from evidence import store
    from evidence.parsers.process import sandbox
    from evidence.services import parse_evidence
    from evidence.services.parser_process import request_for

    def run_here(evidence: Any, *, folder: Path) -> dict[str, Any]:
        with store.local_path(evidence.blob_id, scratch=folder) as path:
            return sandbox.parse(request_for(evidence, path=path, folder=folder), folder)

    parse_evidence.run_parser = run_here  # type: ignore[assignment]


def an_hour_later(hours: int = 1) -> None:
    from django.utils import timezone

    now = timezone.now
    timezone.now = lambda: now() + dt.timedelta(hours=hours)


def forked(act: Callable[[], object]) -> tuple[int, str]:
    """Do it in a fork; its exit code, and what it had to say."""
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(readable)
        code, said = 0, ""
        try:
            said = str(act() or "")
        except BaseException:
            code, said = 1, traceback.format_exc()
        os.write(writable, said.encode()[-60_000:])
        os._exit(code)
    os.close(writable)
    with os.fdopen(readable, "rb") as pipe:
        said = pipe.read().decode()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", type=Path)
    asked.add_argument("scenarios", nargs="+")
    asked.add_argument("--every", type=int, default=1)
    options = asked.parse_args()
    template, home = options.folder / "template", options.folder / "home"
    # The settings know one address for good; what stands there is another installation for every life.
    template.mkdir(parents=True)
    home.symlink_to(template)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ZHIHENG_HOME": str(home),
        "ZHIHENG_HOSTS": "testserver",
        "ZHIHENG_LOG_LEVEL": "CRITICAL",
    }
    import django

    django.setup()
    from celery import current_app
    from django.core.management import call_command
    from django.db import connections
    from rest_framework.test import APIClient

    from centres.models import Person
    from fixtures.migrated import place
    from operations import jobs

    place(template / "zhiheng.sqlite3")
    call_command("prepare", verbosity=0)
    (options.folder / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    call_command("load_people", str(options.folder / "people.yaml"), verbosity=0)
    http = APIClient()
    http.force_authenticate(Person.objects.get(username="olu"))
    connections.close_all()
    current_app.loader.import_default_modules()
    jobs.ring_for = lambda job: None  # the broker lost every word
    parse_here()
    found = {}
    for name in options.scenarios:  # each in a fork, because a scenario sets what it needs
        code, said = forked(lambda name=name: json.dumps(pulled_everywhere(name, http, options.folder, options.every)))
        if code:
            raise RuntimeError(said)
        found[name] = json.loads(said)
    print(json.dumps(found))  # noqa: T201  (read by the test)
    return 0


def pulled_everywhere(name: str, http: Any, folder: Path, every: int) -> dict[str, Any]:
    """One scenario from the template on; what the last line of output holds of it."""
    from django.db import connections

    from tests.evidence import cable_scenarios

    scenario = getattr(cable_scenarios, name)()
    template, home, notes = folder / "template", folder / "home", folder / "notes.json"

    def life(pulled_at: int) -> str:
        client = Client(notes, http)
        cable = Cable(pulled_at)
        watch(cable)
        scenario.live(client)
        work()
        return str(cable.places)

    def afterlife() -> None:
        an_hour_later()
        work()
        client = Client(notes, http)
        scenario.check_without_client(client)
        scenario.come_back(client)
        work()
        scenario.check(client)

    def fresh_installation() -> None:
        shutil.rmtree(folder / "run", ignore_errors=True)
        notes.unlink(missing_ok=True)
        shutil.copytree(template, folder / "run")
        home.unlink()
        home.symlink_to(folder / "run")

    fresh_installation()
    scenario.live(Client(notes, http))  # so that no fork has to load anything
    work()
    connections.close_all()
    gc.freeze()
    faults: dict[int, str] = {}
    pulled_at, points = 1, 0
    while not points:
        fresh_installation()
        code, said = forked(lambda at=pulled_at: life(at))
        after, told = forked(afterlife)
        if code not in (0, DIED) or after != 0:
            faults[pulled_at] = f"{code}: {said if code not in (0, DIED) else told}"
        if code != DIED:
            points = int(said) if code == 0 else pulled_at
        pulled_at += every
    return {"points": points, "faults": faults}


if __name__ == "__main__":
    sys.exit(main())
