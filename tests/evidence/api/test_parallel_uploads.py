"""Real processes: twenty people hand in the same file at one instant."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.evidence.files import sus_csv
from tests.installation import Installation

pytestmark = [pytest.mark.slow, pytest.mark.torture("T05", "at the same instant", "one of each")]

PEOPLE = """
contract: 1
centres: [{id: first, name: {zh: 一号中心, en: First centre}, province: 贵州}]
people: [{username: olu, name: {zh: 奥卢, en: Olu}, password: correct horse battery, centres: {first: engineer}}]
"""


def post(port: int, path: str, body: Any, headers: dict[str, str], *, chunked: bool = False) -> tuple[int, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=300)
    connection.request("POST", path, body, headers, encode_chunked=chunked)
    response = connection.getresponse()
    return response.status, json.loads(response.read())


@pytest.mark.long
def test_twenty_uploads_of_one_file_make_one_blob_one_evidence_and_one_job(tmp_path: Path) -> None:
    site = Installation(tmp_path)
    site.prepare(PEOPLE)
    content = sus_csv(5_000)
    with site.server() as port:
        said = json.dumps({"username": "olu", "password": "correct horse battery"})
        _, signed_in = post(port, "/api/v1/tokens/", said, {"Content-Type": "application/json"})
        headers = {
            "Authorization": f"Token {signed_in['token']}",
            "Content-Type": "application/octet-stream",
            "X-Filename": "sus.csv",
            "Digest": f"sha-256={hashlib.sha256(content).hexdigest()}",
        }

        def hand_in(number: int) -> tuple[int, Any]:
            if number % 2:
                return post(port, "/api/v1/evidence/?centre=first", content, headers)
            pieces = iter([content[:1000], content[1000:]])  # without a length
            chunked = {**headers, "Transfer-Encoding": "chunked"}
            return post(port, "/api/v1/evidence/?centre=first", pieces, chunked, chunked=True)

        with ThreadPoolExecutor(20) as people:
            answers = list(people.map(hand_in, range(20)))

    assert sorted(status for status, _ in answers) == [200] * 19 + [201], answers
    assert len({answer["id"] for _, answer in answers}) == 1
    assert site.row("SELECT count(*) AS n FROM evidence_evidence") == {"n": 1}
    assert site.row("SELECT count(*) AS n FROM evidence_blob") == {"n": 1}
    assert site.row("SELECT count(*) AS n FROM operations_job") == {"n": 1}
    assert [path.name for path in (tmp_path / "store").rglob("*") if path.is_file()] == [
        hashlib.sha256(content).hexdigest()
    ]
