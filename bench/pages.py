"""How quickly pages answer with 2,000 centres and 100,000 evidence files: queries, rows, processor time, whole time.

    script/bench pages [--centres N] [--evidence N] [--times N] [--only WORD] [--keep FOLDER] [--http]

A database of its own in a temporary folder is filled in bulk: cases in all states with acts, findings, ratings and
certificates, an audit log, jobs, notices; result trees are those the engine made of the demo's evidence, with values
moved (`bench/pages_world/`). Then every important page is asked many times as each kind of person, each time about
another centre, case or file where there are several, so that what a process remembers is of little help. Pages are
asked inside this process, by Django's test client: the milliseconds are those of the processor, queries and rendering
included, because other work may share the machine; the whole time stands beside them. `--http` asks the same of
gunicorn. `--keep` leaves the database in that folder, or takes the one that is there already.
"""

from __future__ import annotations

import argparse
import os
import pickle
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.garbage import collect_in_a_pause, freeze_what_is_loaded

GOAL_MS = 200
HEADINGS = f"{'who':<24}{'page':<26}{'queries':>8}{'rows':>6}{'KiB':>6}{'p50':>7}{'p95':>7}{'max':>7}{'whole p95':>11}"


def main() -> int:
    asked = _arguments()
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(asked.keep or temporary).resolve()
        _installation(home)
        world = _world(home, asked)
        from pages_world.pages import pages_of

        freeze_what_is_loaded()  # as `config.wsgi` does; and what the benchmark itself remembers is no matter of pages
        chosen = [page for page in pages_of(world) if asked.only in f"{page.who} {page.name}"]
        if asked.http:
            from pages_world.http import served

            return _http(chosen, asked.times, served(home))
        return _in_process(chosen, asked.times)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--centres", type=int, default=2000)
    parser.add_argument("--evidence", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=40, help="each page is asked so often")
    parser.add_argument("--only", default="", help="pages whose line has this word")
    parser.add_argument("--keep", help="a folder for the database, made if it is not there")
    parser.add_argument("--http", action="store_true", help="ask gunicorn instead")
    return parser.parse_args()


def _installation(home: Path) -> None:
    """Settings read the environment once, so it is set before Django is."""
    home.mkdir(parents=True, exist_ok=True)
    os.environ |= {"ZHIHENG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "config.settings"}
    os.environ |= dict.fromkeys(("ZHIHENG_RATE_PERSON", "ZHIHENG_RATE_ADDRESS"), "10000000/min")
    import django

    django.setup()


def _world(home: Path, asked: argparse.Namespace) -> Any:
    from django.core.management import call_command

    known = home / "world.pickle"
    call_command("prepare", verbosity=0)
    if known.is_file():
        return pickle.loads(known.read_bytes())  # noqa: S301  (our own, of an earlier run)
    from pages_world.world import make_world

    began = time.process_time()
    world = make_world(centres=asked.centres, evidence=asked.evidence)
    print(
        f"{asked.centres:,} centres, {asked.evidence:,} evidence files, made in {time.process_time() - began:.0f} s "
        "of the processor",
        flush=True,
    )
    known.write_bytes(pickle.dumps(world))
    return world


@dataclass(frozen=True)
class Asked:
    """One page, asked many times; milliseconds."""

    queries: int
    rows: int
    size: int
    busy: Sequence[float]
    whole: Sequence[float]

    @property
    def p95(self) -> float:
        return _p95(self.busy)


def _in_process(pages: Sequence[Any], times: int) -> int:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    print(f"reading one result tree: {_yardstick():.1f} ms of the processor, to compare machines and loads by")
    print(HEADINGS)
    missed = []
    for page in pages:
        client = Client(SERVER_NAME="localhost", headers={"accept-language": "zh-hans"})
        if page.session:
            client.cookies["sessionid"] = page.session
        chance = random.Random(f"{page.who} {page.name}")  # noqa: S311  (the same addresses in every run)
        _fetch(client.get, page.address(chance))  # what is read once for the whole process
        with CaptureQueriesContext(connection) as caught:
            answer = _fetch(client.get, page.address(chance))
            queries = len(caught)
        busy, whole = [], []
        for _ in range(times):
            address = page.address(chance)
            began, worked = time.perf_counter(), time.process_time()
            _fetch(client.get, address)
            busy.append(1000 * (time.process_time() - worked))
            whole.append(1000 * (time.perf_counter() - began))
            collect_in_a_pause()  # as `ProblemWorker` does when the answer is out
        found = Asked(queries, _rows(answer), len(answer.content), busy, whole)
        print(_line(page, found), flush=True)
        if found.p95 > GOAL_MS:
            missed.append(f"{page.who}: {page.name}")
    return _verdict(missed, len(pages), f"p95 ≤ {GOAL_MS} ms of the processor")


def _yardstick() -> float:
    """What a piece of work that never changes costs here and now."""
    from assessment.models import StoredResult
    from assessment.scoring.result import Result

    tree, busy = StoredResult.objects.order_by("pk").values_list("tree", flat=True)[0], []
    for _ in range(20):
        worked = time.process_time()
        Result.from_json(tree)
        busy.append(1000 * (time.process_time() - worked))
    return statistics.median(busy)


def _http(pages: Sequence[Any], times: int, served: Any) -> int:
    """The same over HTTP, one request at a time; only the whole time is known."""
    print(f"{'who':<24}{'page':<26}{'p50':>7}{'p95':>7}{'max':>7}")
    missed = []
    with served as get:
        for page in pages:
            chance = random.Random(f"{page.who} {page.name}")  # noqa: S311  (the same addresses in every run)
            get(page.address(chance), page.session)
            whole = []
            for _ in range(times):
                address = page.address(chance)
                began = time.perf_counter()
                get(address, page.session)
                whole.append(1000 * (time.perf_counter() - began))
            print(f"{page.who:<24}{page.name:<26}{_three(whole)}", flush=True)
            if _p95(whole) > GOAL_MS:
                missed.append(f"{page.who}: {page.name}")
    return _verdict(missed, len(pages), f"p95 ≤ {GOAL_MS} ms over HTTP")


def _fetch(get: Callable[[str], Any], address: str) -> Any:
    answer = get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answers {answer.status_code}")
    return answer


def _rows(answer: Any) -> int:
    """Lines of tables on a page, entries of a list of the API."""
    if not answer["Content-Type"].startswith("application/json"):
        return int(answer.content.count(b"<tr"))
    content = answer.json()
    listed = content if isinstance(content, list) else content.get("results") or content.get("rows") or ()
    return len(listed)


def _line(page: Any, found: Asked) -> str:
    figures = f"{found.queries:>8}{found.rows:>6}{found.size // 1024:>6}{_three(found.busy)}{_p95(found.whole):>11.0f}"
    return f"{page.who:<24}{page.name:<26}{figures}{'' if found.p95 <= GOAL_MS else '  NOT MET'}"


def _three(times: Sequence[float]) -> str:
    return f"{statistics.median(times):>7.0f}{_p95(times):>7.0f}{max(times):>7.0f}"


def _p95(times: Sequence[float]) -> float:
    """The time that ninety-five in a hundred do not exceed, one that was measured."""
    return sorted(times)[-(-len(times) * 95 // 100) - 1]


def _verdict(missed: Sequence[str], pages: int, goal: str) -> int:
    print(f"goal: {goal}: met by {pages - len(missed)} of {pages} pages")
    for one in missed:
        print(f"  NOT MET: {one}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
