"""Reading a file in a process of its own: accepted, rejected or unreadable, and each of them once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.conf import settings

from centres.services.save_profile import request_scoring
from core.errors import ParseError
from evidence import store
from evidence.models import Evidence, EvidenceState, ObservationTable
from evidence.parsers.formats import sus
from evidence.parsers.process import sandbox
from evidence.services import parse_evidence as service
from evidence.services import parser_process
from evidence.services.parser_process import ParserDied, run_parser
from evidence.services.receive_evidence import PARSE
from evidence.tasks import parse
from operations.models import AuditEntry, Job, JobState
from tests.evidence.files import sus_csv
from tests.factories import Cast, evidence_of

pytestmark = pytest.mark.django_db


def fresh(evidence: Evidence) -> Evidence:
    return Evidence.objects.get(pk=evidence.pk)


def test_the_sandbox_gives_what_the_library_gives(cast: Cast, tmp_path: Path) -> None:
    evidence = evidence_of(cast.centre, cast.olu, sus_csv())
    found = run_parser(evidence, folder=tmp_path)
    assert found["format"] == "sus"
    assert found["tables"] == {"survey_responses": 3}
    table = tmp_path / "survey_responses.parquet"
    assert pq.read_table(table).num_rows == 3
    assert pq.ParquetFile(table).metadata.row_group(0).column(0).compression == "ZSTD"


def test_rows_are_kept_beside_the_file_by_digest_and_parser(cast: Cast, quick_parser: None) -> None:
    evidence = evidence_of(cast.centre, cast.olu, sus_csv())
    parse(str(evidence.job_id))
    accepted = fresh(evidence)
    assert accepted.state == EvidenceState.ACCEPTED
    table = ObservationTable.objects.get()
    assert evidence.blob_id in table.key
    assert accepted.parser.replace("/", "-") in table.key
    with store.open_key(table.key) as stream:
        assert pq.read_table(stream).num_rows == table.rows == 3


@pytest.mark.torture("T38")
def test_a_task_delivered_twice_has_one_effect(cast: Cast, quick_parser: None) -> None:
    evidence = evidence_of(cast.centre, cast.olu, sus_csv())
    parse(str(evidence.job_id))
    parse(str(evidence.job_id))
    service.parse_evidence(str(evidence.pk), progress=lambda *_: None)
    assert ObservationTable.objects.count() == 1
    assert AuditEntry.objects.filter(act="evidence.accepted").count() == 1


def test_a_file_rejected_says_so_in_the_job_with_the_same_words(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = evidence_of(cast.centre, cast.olu, sus_csv())
    issue = {
        "code": "out_of_range",
        "severity": "error",
        "where": {"line": 2},
        "message": {"zh": "超出范围。", "en": "Out of range."},
        "hint": None,
    }

    def found(*_: Any, **__: Any) -> dict[str, Any]:
        return {"format": "sus", "parser": "sus/1", "encoding": "utf-8", "issues": [issue], "tables": {}}

    monkeypatch.setattr(service, "run_parser", found)
    parse(str(evidence.job_id))
    rejected, job = fresh(evidence), Job.objects.get(pk=evidence.job_id)
    assert rejected.state == EvidenceState.REJECTED
    assert job.state == JobState.FAILED
    assert rejected.problem == job.problem
    assert rejected.problem["where"] == {"line": 2}
    assert rejected.issues == [issue]
    assert not ObservationTable.objects.exists()


@pytest.mark.usefixtures("quick_parser")
def test_a_file_that_cannot_be_read_keeps_the_format_it_was_taken_for(cast: Cast) -> None:
    content = b"respondent,respondent," + ",".join(f"q{n}" for n in range(1, 11)).encode() + b"\n" + b"1," * 11 + b"1\n"
    evidence = evidence_of(cast.centre, cast.olu, content)
    parse(str(evidence.job_id))
    rejected = fresh(evidence)
    assert (rejected.state, rejected.format, rejected.parser) == (
        EvidenceState.REJECTED,
        "sus",
        f"sus/{sus.PARSER.version}",
    )
    assert rejected.problem["code"] == "repeated_column"


@pytest.mark.torture("T38")
def test_a_job_killed_after_its_entry_ends_with_the_words_of_the_entry(cast: Cast) -> None:
    evidence = evidence_of(cast.centre, cast.olu, sus_csv())
    problem = ParseError("bad", service._READING, hint=service._READING).as_json()
    Evidence.objects.filter(pk=evidence.pk).update(state=EvidenceState.REJECTED, problem=problem)
    parse(str(evidence.job_id))
    assert Job.objects.get(pk=evidence.job_id).problem["code"] == "bad"


@pytest.mark.torture("T38")
def test_a_file_that_always_kills_its_reader_is_unreadable_after_the_third_time(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = evidence_of(cast.centre, cast.olu, sus_csv())

    def die(*_: Any, **__: Any) -> None:
        raise ParserDied("exit -9")

    monkeypatch.setattr(service, "run_parser", die)
    for _ in range(3):
        parse(str(evidence.job_id))
    unreadable = fresh(evidence)
    assert unreadable.state == EvidenceState.UNREADABLE
    assert unreadable.problem["message"]["zh"]
    assert Job.objects.get(pk=evidence.job_id).state == JobState.SET_ASIDE
    again = evidence_of(cast.centre, cast.olu, sus_csv())
    assert again.pk != evidence.pk


def test_a_reader_over_its_memory_is_told_apart_from_a_bad_file(tmp_path: Path) -> None:
    program = f"""
from pathlib import Path
from evidence.parsers.process import sandbox
request = sandbox.Request("", "", "", 0, "", "", "", {str(tmp_path)!r}, 60, 64 * 1024**2, 1024**3, 1024**3)
sandbox.parse = lambda *_: {{"tables": len(bytearray(256 * 1024**2))}}
sandbox._limit(seconds=request.seconds, memory=request.memory, output=request.output)
sandbox._answer(request)
"""
    subprocess.run([sys.executable, "-c", program], cwd=settings.BASE_DIR, check=True)
    problem = json.loads((tmp_path / sandbox.RESULT).read_text(encoding="utf-8"))["problem"]
    assert problem["code"] == "too_much_memory"
    assert "64 MiB" in problem["message"]["zh"]


@pytest.mark.parametrize("limit", ["PARSER_OUTPUT", "LARGEST_RESULT"])
def test_a_reader_that_writes_too_much_is_stopped(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    """By the limit of its process, which is set in the fork; what it tells of the file is limited besides."""
    program = f"""
from evidence.parsers.process import sandbox
request = sandbox.Request("", "", "", 0, "", "", "", {str(tmp_path)!r}, 60, 1024**3, 1024**2, 1024**2)
def parse(request, folder):
    if {limit!r} == "PARSER_OUTPUT":
        (folder / "rows.parquet").write_bytes(bytes(2 * 1024**2))
    return {{"facts": "x" * 2 * 1024**2}}
sandbox.parse, sandbox.LARGEST_RESULT = parse, 1024**2
sandbox.answer(request.as_json())
"""
    subprocess.run([sys.executable, "-c", program], cwd=settings.BASE_DIR, check=True)
    problem = json.loads((tmp_path / sandbox.RESULT).read_text(encoding="utf-8"))["problem"]
    assert problem["code"] == "too_much_output"
    assert "1 MiB" in problem["message"]["en"]


def test_tables_are_limited_together(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PARSER_OUTPUT", 100)
    with pytest.raises(ParseError) as caught:
        run_parser(evidence_of(cast.centre, cast.olu, sus_csv()), folder=tmp_path)
    assert caught.value.code == "too_much_output"


def test_a_reader_over_its_processor_time_is_stopped(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "PARSER_SECONDS", 1)
    evidence = evidence_of(cast.centre, cast.olu, sus_csv(3_000_000))
    with pytest.raises(ParseError) as caught:
        run_parser(evidence, folder=tmp_path)
    assert caught.value.code == "too_slow"


def test_a_reader_that_hangs_is_stopped_and_the_next_file_is_read(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = evidence_of(cast.centre, cast.olu, sus_csv())
    monkeypatch.setattr(parser_process, "GRACE_SECONDS", -settings.PARSER_SECONDS)  # no time at all
    with pytest.raises(ParseError) as caught:
        run_parser(evidence, folder=tmp_path)
    assert caught.value.code == "too_slow"
    monkeypatch.undo()
    assert run_parser(evidence, folder=tmp_path)["tables"] == {"survey_responses": 3}


def test_a_sandbox_that_was_killed_is_started_again(cast: Cast, tmp_path: Path) -> None:
    evidence = evidence_of(cast.centre, cast.olu, sus_csv())
    run_parser(evidence, folder=tmp_path)
    process = parser_process._SANDBOX._process
    assert process is not None
    process.kill()
    process.wait()
    assert run_parser(evidence, folder=tmp_path)["format"] == "sus"


def test_what_a_parser_raises_by_mistake_is_a_death_with_its_last_words(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = evidence_of(cast.centre, cast.olu, sus_csv())
    folder = tmp_path / "not there"
    with pytest.raises(ParserDied):
        run_parser(evidence, folder=folder)


@pytest.mark.usefixtures("quick_parser")
def test_scoring_is_asked_for_once_the_last_file_is_read(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.jobs.is_known", lambda name: True)
    files = [evidence_of(cast.centre, cast.olu, sus_csv(respondents)) for respondents in (1, 2, 3)]
    Job.objects.exclude(task=PARSE).delete()
    waiting = []
    for file in files:
        parse(str(file.job_id))
        waiting.append(Job.objects.filter(task="assessment.score_centre", subject="centre/olu-centre").count())
    assert waiting == [0, 0, 1]
    assert Job.objects.filter(task=PARSE, state=JobState.DONE).count() == 3


def test_another_request_for_scoring_joins_the_one_that_waits(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.jobs.is_known", lambda name: True)
    request_scoring(cast.centre)
    request_scoring(cast.centre)
    assert Job.objects.filter(task="assessment.score_centre", subject="centre/olu-centre").count() == 1
