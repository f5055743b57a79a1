"""The drop folder: files come, are handed in once, and lie in `done/` or `failed/` with their answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.errors import InputError
from core.text import Text
from zhiheng import watch
from zhiheng.main import main
from zhiheng.tus_client import Answer, Refused, Server
from zhiheng.watch import Drop, drop_folder, watched


class Platform:
    """What the server would do: evidence by bytes; a file that says “bad” is rejected when it is read."""

    def __init__(self) -> None:
        self.evidence: dict[bytes, dict[str, Any]] = {}
        self.handed_in: list[str] = []
        self.refuse: Exception | None = None

    def hand_in(self, server: Server, path: Path, *, words: Any, patience: Any) -> dict[str, Any]:
        if self.refuse is not None:
            raise self.refuse
        content = path.read_bytes()
        known = content in self.evidence
        problem = {"code": "no_rows"} if b"bad" in content else None
        made = {"id": f"e{len(self.evidence)}", "state": "rejected" if problem else "accepted", "problem": problem}
        self.evidence.setdefault(content, made)
        self.handed_in.append(path.name)
        return {"id": self.evidence[content]["id"], "state": "received", "job": None, "known": known}

    def ask(self, server: Server, patience: Any, method: str, path: str) -> Answer:
        found = next(one for one in self.evidence.values() if path.endswith(f"/{one['id']}/"))
        return Answer(200, {}, json.dumps(found | {"format": "sus", "issue_counts": {}}).encode())


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Platform:
    made = Platform()
    monkeypatch.setattr(watch, "hand_in", made.hand_in)
    monkeypatch.setattr(watch, "ask", made.ask)
    monkeypatch.setattr(watch, "SETTLES", 0)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return drop_folder(str(tmp_path))


@pytest.fixture
def drop(folder: Path, platform: Platform) -> Callable[[], bool]:
    server = Server("http://nowhere.example", token="t")
    return Drop(folder, server, {"centre": "demo-1"}, 1, lambda answer: None).once


def answer_of(path: Path) -> Any:
    return json.loads(path.with_name(path.name + ".answer.json").read_text(encoding="utf-8"))


def test_what_is_accepted_lies_in_done_with_its_answer(folder: Path, drop: Any, platform: Platform) -> None:
    (folder / "七月.csv").write_bytes(b"good")
    assert drop()
    assert not (folder / "七月.csv").exists()
    assert (folder / "done" / "七月.csv").read_bytes() == b"good"
    answer = answer_of(folder / "done" / "七月.csv")
    assert answer["state"] == "accepted"
    assert answer["evidence"] == "e0"
    assert answer["error"] is None


def test_what_is_rejected_lies_in_failed_with_the_reason(folder: Path, drop: Any) -> None:
    (folder / "a.csv").write_bytes(b"bad")
    (folder / "b.csv").write_bytes(b"good")
    assert not drop()
    assert answer_of(folder / "failed" / "a.csv")["error"]["code"] == "no_rows"
    assert (folder / "done" / "b.csv").exists()  # one does not keep the other


def test_a_refusal_of_the_door_is_an_answer_too(folder: Path, drop: Any, platform: Platform) -> None:
    platform.refuse = Refused(Answer(413, {}, json.dumps({"errors": [{"code": "centre_is_full"}]}).encode()))
    (folder / "a.csv").write_bytes(b"good")
    assert not drop()
    assert answer_of(folder / "failed" / "a.csv")["error"]["code"] == "centre_is_full"


def test_who_may_not_is_told_at_once_and_nothing_is_moved(folder: Path, drop: Any, platform: Platform) -> None:
    platform.refuse = Refused(Answer(401, {}, b"{}"))
    (folder / "a.csv").write_bytes(b"good")
    with pytest.raises(Refused):
        drop()
    assert (folder / "a.csv").exists()


def test_a_server_out_of_reach_leaves_the_files(folder: Path, drop: Any, platform: Platform) -> None:
    platform.refuse = InputError(
        "no_connection", Text(zh="连接不上", en="out of reach"), hint=Text(zh="稍后再试", en="try again later")
    )
    (folder / "a.csv").write_bytes(b"good")
    with pytest.raises(InputError):
        drop()
    assert (folder / "a.csv").exists()
    platform.refuse = None
    assert drop()
    assert (folder / "done" / "a.csv").exists()


@pytest.mark.parametrize("killed_at", ["_write", "replace"])
def test_killed_in_between_the_next_run_ends_it_and_nothing_counts_twice(
    folder: Path, drop: Any, platform: Platform, monkeypatch: pytest.MonkeyPatch, killed_at: str
) -> None:
    (folder / "a.csv").write_bytes(b"good")

    def dies(*arguments: Any, **more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        if killed_at == "_write":
            patched.setattr(watch, "_write", dies)
        else:
            patched.setattr(Path, "replace", dies)
        with pytest.raises(KeyboardInterrupt):
            drop()
    assert (folder / "a.csv").exists()
    assert drop()
    assert len(platform.evidence) == 1
    assert answer_of(folder / "done" / "a.csv")["known"] is True
    visible = [path.name for path in (folder / "done").iterdir() if not path.name.startswith(".")]
    assert sorted(visible) == ["a.csv", "a.csv.answer.json"]


def test_another_file_of_the_same_name_keeps_the_first(folder: Path, drop: Any) -> None:
    for content in (b"april", b"may", b"april"):
        (folder / "meters.csv").write_bytes(content)
        assert drop()
    kept = {path.read_bytes() for path in (folder / "done").iterdir() if path.suffix == ".csv"}
    assert kept == {b"april", b"may"}


def test_what_is_still_being_written_is_left(
    folder: Path, drop: Any, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing = folder / "a.csv"
    growing.write_bytes(b"one")
    monkeypatch.setattr(watch.time, "sleep", lambda seconds: growing.write_bytes(b"one and two"))
    assert drop()
    assert growing.exists()
    monkeypatch.setattr(watch.time, "sleep", lambda seconds: None)
    assert drop()
    assert (folder / "done" / "a.csv").read_bytes() == b"one and two"


def test_hidden_partial_and_linked_files_are_none(folder: Path, drop: Any, platform: Platform, tmp_path: Path) -> None:
    for name in (".hidden", "a.csv.part", "b.tmp"):
        (folder / name).write_bytes(b"good")
    (folder / "link.csv").symlink_to(folder / ".hidden")
    (folder / "inside").mkdir()
    assert drop()
    assert platform.handed_in == []


def test_of_two_watchers_of_one_folder_the_second_is_refused(folder: Path) -> None:
    with watched(folder), pytest.raises(InputError) as refusal, watched(folder):
        pass
    assert refusal.value.code == "already_watched"


@pytest.mark.parametrize("arguments", [[], ["a.csv", "--watch", "."], ["a.csv", "--once"]])
def test_either_files_or_a_folder(arguments: list[str]) -> None:
    assert main(["upload", "--server", "http://nowhere.example", "--centre", "x", *arguments]) == 2


def test_a_folder_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZHIHENG_TOKEN", "t")
    gone = str(tmp_path / "gone")
    assert main(["upload", "--server", "http://nowhere.example", "--centre", "x", "--watch", gone]) == 2
