"""Real processes: a worker killed in the middle of a parse loses nothing."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.evidence.files import sus_csv
from tests.installation import Installation, kill, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.torture("T38")]

# As the Procfile starts them.
CLOCK = ("celery", "--app", "config.clock", "beat", "--pidfile=")
WORKER = (
    "celery",
    "--app",
    "config",
    "--skip-checks",
    "worker",
    "--concurrency=1",
    "--without-gossip",
    "--without-mingle",
)
PEOPLE = """
contract: 1
centres: [{id: first, name: {zh: 一号中心, en: First centre}, province: 贵州}]
people: [{username: olu, name: {zh: 奥卢, en: Olu}, centres: {first: engineer}}]
"""
HAND_IN = """
from pathlib import Path
from centres.models import Centre, Person
from evidence import store
from evidence.services.receive_evidence import Declared, receive_evidence
with store.received([Path("FILE").read_bytes()], limit=10**9) as file:
    receive_evidence(file, declared=Declared(name="sus.csv"), centre=Centre.objects.get(), person=Person.objects.get())
"""


def test_a_parse_whose_worker_was_killed_finishes_once_after_a_restart(tmp_path: Path) -> None:
    site = Installation(tmp_path)
    (tmp_path / "sus.csv").write_bytes(sus_csv(50_000))
    site.prepare(PEOPLE, then=HAND_IN.replace("FILE", str(tmp_path / "sus.csv")))

    def evidence() -> dict[str, Any]:
        return site.row("SELECT * FROM evidence_evidence")

    with ExitStack() as running:
        running.enter_context(site.process(*CLOCK))
        first = running.enter_context(site.process(*WORKER))
        wait_until(lambda: evidence()["state"] == "parsing", seconds=60)
        kill(first)
        assert evidence()["state"] == "parsing"
        assert site.row("SELECT state FROM operations_job")["state"] == "leased"

        running.enter_context(site.process(*WORKER))
        wait_until(lambda: evidence()["state"] == "accepted", seconds=60)
        wait_until(lambda: site.row("SELECT * FROM operations_job ORDER BY created_at")["state"] == "done", seconds=10)

    job = site.row("SELECT * FROM operations_job ORDER BY created_at")
    assert job["attempts"] == 2
    assert site.row("SELECT count(*) AS tables, sum(rows) AS rows FROM evidence_observationtable") == {
        "tables": 1,
        "rows": 50_000,
    }
    assert site.row("SELECT count(*) AS n FROM operations_auditentry WHERE act = 'evidence.accepted'") == {"n": 1}
    assert json.loads(evidence()["coverage"])["lines_used"] > 0
    assert not any((tmp_path / "store" / "incoming").glob("*.parquet"))
