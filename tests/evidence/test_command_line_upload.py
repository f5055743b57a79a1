"""`zhiheng upload` against a real server: what a centre runs every month, over a line that breaks."""

from __future__ import annotations

import hashlib
import http.client
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from knox.models import AuthToken

from centres.models import Membership
from evidence.models import Evidence, EvidenceState, Upload
from evidence.services import resume_upload
from operations import rules_in_database
from tests.evidence.archives import FILES, zipped
from tests.evidence.files import sus_csv
from tests.factories import Cast
from zhiheng import tus_client
from zhiheng.main import main

pytestmark = pytest.mark.django_db(transaction=True)
Run = Callable[..., int]


@pytest.fixture(scope="module", autouse=True)
def emptied_tables(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """After each test here tables are emptied in any order, which rules of the database refuse, or answer with rows."""
    from assessment.services.rules import case as rules_of_a_case
    from centres.services import rules_of_people

    rules = (*rules_of_people.rules(), *rules_of_a_case.rules())
    with django_db_blocker.unblock():
        rules_in_database.remove(connection, rules)
    yield
    with django_db_blocker.unblock():
        rules_in_database.install(connection, rules)


@pytest.fixture(autouse=True)
def short_pieces_and_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tus_client, "PIECE", 50)
    monkeypatch.setattr(tus_client, "FIRST_WAIT", 0.01)


@pytest.fixture
def hand_in(live_server: Any, cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Run:
    monkeypatch.setenv("ZHIHENG_TOKEN", AuthToken.objects.create(cast.olu)[1])

    def run(*arguments: str, centre: str = "olu-centre") -> int:
        return main(["upload", "--server", live_server.url, "--centre", centre, "--language", "en", *arguments])

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "满意度.csv"
    path.write_bytes(sus_csv(9))
    return path


@pytest.fixture
def breaks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The line breaks in the body of the second piece, and before the answer of the fourth."""
    met: list[str] = []
    send, answer = http.client.HTTPConnection.send, http.client.HTTPConnection.getresponse

    def sends(self: http.client.HTTPConnection, data: Any) -> None:
        if met and met[-1] == "head":
            met[-1] = "piece"
            if met.count("piece") == 2:
                send(self, data[:20])
                self.close()
                raise ConnectionResetError("pulled")
        elif data.startswith(b"PATCH"):
            met.append("head")
        send(self, data)

    def answers(self: http.client.HTTPConnection) -> Any:
        if met.count("piece") == 4 and "answer" not in met:
            met.append("answer")
            answer(self).read()
            raise http.client.RemoteDisconnected("pulled")
        return answer(self)

    monkeypatch.setattr(http.client.HTTPConnection, "send", sends)
    monkeypatch.setattr(http.client.HTTPConnection, "getresponse", answers)
    return met


def test_files_are_handed_in_and_known_the_next_time(
    hand_in: Run, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tmp_path / "all.zip"
    archive.write_bytes(zipped(FILES))
    assert hand_in(str(file), str(archive), "--timezone", "Asia/Kashgar") == 0
    assert {item.name: item.timezone for item in Evidence.objects.all()} == {
        "满意度.csv": "Asia/Kashgar",
        "all.zip": "Asia/Kashgar",
    }
    capsys.readouterr()
    assert hand_in(str(file), "--json") == 0
    said = json.loads(capsys.readouterr().out)
    evidence = Evidence.objects.get(name="满意度.csv")
    assert said == {
        "contract": 1,
        "files": [{"file": str(file), "evidence": str(evidence.pk), "state": "received", "known": True, "error": None}],
    }
    assert Evidence.objects.count() == 2


def test_a_line_that_breaks_costs_one_piece(hand_in: Run, tmp_path: Path, breaks: list[str]) -> None:
    path = tmp_path / "sus.csv"
    path.write_bytes(sus_csv(12))
    assert hand_in(str(path)) == 0
    assert breaks.count("answer") == 1
    assert Evidence.objects.get().blob_id == hashlib.sha256(sus_csv(12)).hexdigest()
    assert Upload.objects.count() == 1


def test_another_run_goes_on_where_the_first_one_stopped(
    hand_in: Run, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    patch, sent = tus_client._patch, []

    def twice(server: Any, address: str, piece: bytes, offset: int) -> Any:
        if len(sent) == 2:
            raise OSError("pulled")
        sent.append(offset)
        return patch(server, address, piece, offset)

    monkeypatch.setattr(tus_client, "_patch", twice)
    assert hand_in(str(file), "--patience", "0.2") == 2
    assert "goes on where it stopped" in capsys.readouterr().err
    assert Upload.objects.get().offset == 100
    monkeypatch.setattr(tus_client, "_patch", patch)
    assert hand_in(str(file)) == 0
    assert Upload.objects.count() == 1
    assert Evidence.objects.get().blob.size == file.stat().st_size


def test_a_file_a_worker_has_to_finish_is_waited_for(hand_in: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resume_upload, "FINISHED_AT_ONCE", 10)
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        job = Upload.objects.get().job
        assert job is not None
        current_app.tasks[job.task](str(job.pk))

    monkeypatch.setattr(tus_client.time, "sleep", wait)
    assert hand_in(str(file)) == 0
    assert waits
    assert Evidence.objects.get().state == EvidenceState.RECEIVED


def test_a_file_that_is_refused_keeps_no_other_from_going_in(
    hand_in: Run, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bill = tmp_path / "bill.csv"
    bill.write_bytes(b"%PDF-1.7\n" + b"x" * 100)
    assert hand_in(str(bill), str(file), "--json") == 1
    out, err = capsys.readouterr()
    refused, taken = json.loads(out)["files"]
    assert refused["error"]["code"] == "content_mismatch"
    assert taken["error"] is None
    assert "content_mismatch" in err
    assert Evidence.objects.count() == 1


def test_without_a_token_or_rights_nothing_is_sent(
    hand_in: Run, cast: Cast, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    assert hand_in(str(file), centre="zoe-centre") == 1
    assert "does_not_exist" in capsys.readouterr().err
    Membership.objects.filter(user=cast.olu).delete()
    secret = tmp_path / "token"
    secret.write_text("0" * 64)
    assert hand_in(str(file), "--token-file", str(secret)) == 2
    assert "authentication_failed" in capsys.readouterr().err
    monkeypatch.delenv("ZHIHENG_TOKEN")
    assert hand_in(str(file)) == 2
    assert "no_token" in capsys.readouterr().err
    assert not Upload.objects.exists()


def test_a_token_is_never_an_argument(hand_in: Run, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        hand_in(str(file), "--token", "secret")
    with pytest.raises(SystemExit):
        main(["upload", "--help"])
    assert "--token " not in capsys.readouterr().out


def test_a_drop_folder_hands_in_once_and_says_what_became_of_it(hand_in: Run, file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / file.name).write_bytes(file.read_bytes())
    current_app.conf.task_always_eager = False
    assert hand_in("--watch", str(folder), "--once", "--patience", "0") == 0
    answer = json.loads((folder / "done" / f"{file.name}.answer.json").read_text(encoding="utf-8"))
    assert answer["evidence"] == str(Evidence.objects.get().pk)
    assert answer["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    (folder / file.name).write_bytes(file.read_bytes())
    assert hand_in("--watch", str(folder), "--once", "--patience", "0") == 0
    assert Evidence.objects.count() == 1
