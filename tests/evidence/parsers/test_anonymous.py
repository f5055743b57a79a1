"""Files made anonymous: no name is left, names still join, and every measure is what it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centres.profile_reading import read_profile_yaml
from core.errors import ParseError
from evidence.parsers.anonymous.files import anonymised
from evidence.parsers.anonymous.pseudonyms import Pseudonyms, expanded
from evidence.parsers.anonymous.rules import TREATED
from evidence.parsers.registry import PARSER_BY_FORMAT, identify
from evidence.parsers.text.source import Source
from fixtures.demo.centres import CENTRE_BY_ID
from fixtures.demo.evidence_files import evidence_files
from fixtures.demo.writers.facility_profile import facility_profile
from indicators.measures.base import CentreEvidence, Measurement
from indicators.measures.registry import measure_all
from tests import golden
from tests.evidence.parsers.properties import quickly
from zhiheng.main import main

SALT = b"a salt of the centre's own"
ZONE = "Asia/Shanghai"
SACCT = """JobIDRaw|JobName|User|Account|State|Submit|Start|End|ElapsedRaw|AllocTRES|NodeList
1|gpt-zhang|zhang|physics|COMPLETED|2025-04-01T08:00:00|2025-04-01T08:00:05|2025-04-01T09:00:05|3600|gres/gpu=8|cn[01-03,07]
2|123|1001|physics|CANCELLED by 1001|2025-04-01T08:00:00|2025-04-01T08:00:05|2025-04-01T09:00:05|3600|gres/gpu=8|cn02
"""
PODS = {
    "apiVersion": "v1",
    "kind": "List",
    "items": [
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {
                "name": "gpt-zhang",
                "namespace": "physics",
                "uid": "0f3c",
                "labels": {"owner": "zhang"},
                "annotations": {"note": "call zhang@example.com"},
                "creationTimestamp": "2025-12-01T01:00:00Z",
            },
            "spec": {
                "template": {
                    "spec": {
                        "nodeName": "cn02",
                        "containers": [{"name": "train", "resources": {"limits": {"nvidia.com/gpu": "8"}}}],
                    }
                }
            },
            "status": {"startTime": "2025-12-01T01:00:05Z", "active": 1},
        }
    ],
}


def treated(content: bytes, name: str, *, names: Pseudonyms | None = None, declared: str | None = None) -> bytes:
    source = Source.of_bytes(content, name, timezone=ZONE)
    return anonymised(source, names or Pseudonyms(SALT), declared=declared)[1]


def test_names_of_one_salt_join_across_files_and_formats() -> None:
    names = Pseudonyms(SALT)
    sacct = treated(SACCT.encode(), "sacct.txt", names=names).decode().splitlines()
    pods = json.loads(treated(json.dumps(PODS).encode(), "jobs.json", names=Pseudonyms(SALT)))["items"][0]
    first = sacct[1].split("|")
    assert first[1] == pods["metadata"]["name"]
    assert first[2] == pods["metadata"]["labels"]["owner"]
    assert first[3] == pods["metadata"]["namespace"]
    hosts = first[-1].split(",")
    assert len(hosts) == len(set(hosts)) == 4
    assert pods["spec"]["template"]["spec"]["nodeName"] == hosts[1] == sacct[2].split("|")[-1]
    other = treated(SACCT.encode(), "sacct.txt", names=Pseudonyms(b"another salt of a centre"))
    assert first[1] not in other.decode()


def test_no_name_is_left_and_figures_stand_to_the_letter() -> None:
    sacct = treated(SACCT.encode(), "sacct.txt").decode()
    pods = treated(json.dumps(PODS).encode(), "jobs.json").decode()
    for name in ("zhang", "physics", "cn0", "1001", "gpt", "example.com", "0f3c"):
        assert name not in sacct + pods, name
    second = sacct.splitlines()[2].split("|")
    assert second[0] == "2"
    assert second[1].startswith("h")  # a job's name stays a name where it is a number
    assert second[4:10] == [
        *("CANCELLED", "2025-04-01T08:00:00", "2025-04-01T08:00:05", "2025-04-01T09:00:05", "3600", "gres/gpu=8"),
    ]


def test_columns_nobody_thought_of_give_nothing_away() -> None:
    content = (
        "id,priority,opened_at,resolved_at,备注,联系电话,score\n"
        'T1,P1,2025-04-01T08:00:00Z,2025-04-01T09:00:00Z,"张三说, 急",13812345678,4.5\n'
    )
    _, row = treated(content.encode(), "tickets.csv").decode().splitlines()
    cells = row.split(",")
    assert cells[1:4] == ["P1", "2025-04-01T08:00:00Z", "2025-04-01T09:00:00Z"]
    assert cells[4].startswith("h")
    assert cells[5].startswith("h")
    assert cells[6] == "4.5"


def outlined(measurement: Measurement) -> dict[str, object]:
    """A measurement without the lines it rests on, whose file is another one now."""
    return measurement.as_json() | {"rests_on": [(one.kind, one.rows) for one in measurement.rests_on]}


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("centre", ["demo-chengdu-1", "demo-shenzhen-1"])
def test_every_measure_is_what_it_was(centre: str) -> None:
    profile = read_profile_yaml(facility_profile(CENTRE_BY_ID[centre]))
    before, after, changed, names = [], [], 0, Pseudonyms(SALT)
    for file in evidence_files(CENTRE_BY_ID[centre]):
        source = Source.of_bytes(file.content, file.name, timezone=ZONE)
        parser = identify(source)
        before.append((source.sha256, parser.parse(source).tables))
        if parser.format in TREATED:
            again = Source.of_bytes(anonymised(source, names)[1], file.name, timezone=ZONE)
            after.append((again.sha256, parser.parse(again).tables))
            changed += again.sha256 != source.sha256
        else:
            after.append(before[-1])
    assert changed >= 4
    olds, news = (measure_all(CentreEvidence.pooled(profile, files)) for files in (before, after))
    assert {name: outlined(one) for name, one in news.items()} == {name: outlined(one) for name, one in olds.items()}


@pytest.mark.parametrize("format_", TREATED)
def test_each_treated_format_has_a_golden_file_that_is_treated(format_: str) -> None:
    done = 0
    for case in golden.cases():
        if case.parent.name == format_:
            try:
                content = treated(case.read_bytes(), case.name, declared=format_)
            except ParseError as error:
                assert error.code in ("cannot_anonymise", "missing_header", "not_treatable")  # noqa: PT017 – named
                continue
            done += 1
            assert treated(content, case.name, declared=format_)  # it is still a file of its format
    assert done


@pytest.mark.parametrize("format_", sorted(set(PARSER_BY_FORMAT) - set(TREATED)))
def test_every_other_format_is_refused_naming_those_that_can_be_treated(format_: str) -> None:
    case = next(case for case in golden.cases() if case.parent.name == format_)
    declared = golden.declared(case)
    source = Source.of_path(case, timezone=declared.get("timezone"), encoding=declared.get("encoding_declared"))
    with pytest.raises(ParseError) as refused:
        anonymised(source, Pseudonyms(SALT), declared=format_)
    if refused.value.code == "not_treatable":
        assert refused.value.hint is not None
        assert "sacct" in refused.value.hint.en


def test_a_record_whose_cells_cannot_be_told_apart_is_refused_at_its_line() -> None:
    with pytest.raises(ParseError) as refused:
        treated((SACCT + SACCT.splitlines()[1].replace("gpt-zhang", "gpt|zhang") + "\n").encode(), "sacct.txt")
    assert (refused.value.code, refused.value.where and refused.value.where.line) == ("cannot_anonymise", 4)


@pytest.mark.parametrize(
    ("hosts", "single"),
    [
        ("cn1", ["cn1"]),
        ("cn[08-10,12]", ["cn08", "cn09", "cn10", "cn12"]),
        ("a,b[1-2],c", ["a", "b1", "b2", "c"]),
        ("r[1-2]n[1-2]", ["r1n1", "r1n2", "r2n1", "r2n2"]),
        ("odd]x[", ["odd]x["]),
    ],
)
def test_host_lists_are_taken_apart(hosts: str, single: list[str]) -> None:
    assert list(expanded(hosts)) == single


@quickly
@given(st.lists(st.text(min_size=1, max_size=12), unique_by=lambda name: name.strip(), max_size=40))
def test_different_names_stay_different(given_names: list[str]) -> None:
    names = Pseudonyms(SALT)
    again = Pseudonyms(SALT)
    made = {name: names.of(name) for name in given_names}
    assert made == {name: again.of(name) for name in reversed(given_names)}


def test_the_command_makes_a_salt_writes_beside_and_never_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sacct.txt").write_text(SACCT)
    (tmp_path / "train.log").write_text("iter 0: loss 4.1, time 123.45ms, mfu 31.2%\n" * 3)
    asked = ["anonymise", str(tmp_path / "sacct.txt"), str(tmp_path / "train.log"), "--timezone", ZONE]
    asked += ["--salt-file", str(tmp_path / "salt"), "--json"]
    assert main(asked) == 1
    printed = capsys.readouterr()
    done, refused = json.loads(printed.out)["files"]
    assert done["out"].endswith("sacct.anonymised.txt")
    assert "zhang" not in (tmp_path / "sacct.anonymised.txt").read_text()
    assert refused["error"]["code"] == "not_treatable"
    assert "train.log" in printed.err
    salt = (tmp_path / "salt").read_text()
    assert salt not in printed.out + printed.err
    assert (tmp_path / "salt").stat().st_mode & 0o077 == 0
    assert main(asked) == 1
    assert json.loads(capsys.readouterr().out)["files"][0]["error"]["code"] == "file_exists"
    (tmp_path / "short").write_text("salt")
    assert main([*asked[:3], "--salt-file", str(tmp_path / "short")]) == 2
