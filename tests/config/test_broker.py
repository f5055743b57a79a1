"""The folder broker under load: no message is read before it is whole, and none twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

MESSAGES = 200


@pytest.fixture
def connection(tmp_path: Path, settings: Any) -> Iterator[Connection]:
    options = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path), "control_folder": str(tmp_path / "c")}
    with Connection(settings.CELERY_BROKER_URL, transport_options=options) as made:
        yield made


def drained(channel: Any, queue: str = "work") -> list[Any]:
    found = []
    while True:
        try:
            found.append(channel._get(queue))
        except Empty:
            return found


def test_messages_come_in_the_order_they_were_sent_and_only_to_their_queue(connection: Connection) -> None:
    channel = connection.channel()
    for number in range(3):
        channel._put("work", {"number": number})
    channel._put("work.urgent", {"number": 9})
    assert drained(channel) == [{"number": 0}, {"number": 1}, {"number": 2}]
    assert drained(channel, "work.urgent") == [{"number": 9}]


def test_a_message_is_not_seen_before_it_is_whole(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = connection.channel()
    seen_while_writing: list[Any] = []
    write = Path.write_bytes

    def slowly(file: Path, content: bytes) -> int:
        write(file, content[: len(content) // 2])
        seen_while_writing.extend(drained(channel))
        assert list(tmp_path.iterdir()), "the half is there, but no reader takes it"
        return write(file, content)

    monkeypatch.setattr(Path, "write_bytes", slowly)
    channel._put("work", {"number": 1})
    assert seen_while_writing == []
    assert drained(channel) == [{"number": 1}]


def test_readers_at_the_same_time_share_the_messages(connection: Connection) -> None:
    channels = [connection.channel() for _ in range(4)]
    for number in range(MESSAGES):
        channels[0]._put("work", {"number": number})
    with ThreadPoolExecutor(len(channels)) as hands:
        found = [one["number"] for part in hands.map(drained, channels) for one in part]
    assert sorted(found) == list(range(MESSAGES))


def test_half_a_message_left_behind_stops_nobody(
    connection: Connection, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    channel = connection.channel()
    (tmp_path / "0_half.work.msg").write_text('{"body": "eyJ')
    channel._put("work", {"number": 1})
    assert drained(channel) == [{"number": 1}]
    assert "0_half.work.msg" in caplog.text


def test_queues_bound_at_the_same_time_all_stand_in_the_table(connection: Connection) -> None:
    channels = [connection.channel() for _ in range(4)]
    names = [f"queue-{number}" for number in range(40)]

    def bind(at: int) -> None:
        for name in names[at :: len(channels)]:
            channels[at]._queue_bind("news", "", "", name)

    with ThreadPoolExecutor(len(channels)) as hands:
        list(hands.map(bind, range(len(channels))))
    assert sorted(one.queue for one in channels[0].get_table("news")) == sorted(names)
    channels[0]._delete(names[0], "news", "", "")
    assert sorted(one.queue for one in channels[0].get_table("news")) == sorted(names[1:])
