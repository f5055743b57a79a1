"""Real processes: client and web server killed in the middle of a large upload."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.evidence.api.test_parallel_uploads import PEOPLE, post
from tests.evidence.files import sus_csv
from tests.installation import Installation, answers, free_port, gunicorn, kill, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.torture("T38")]
TUS = {"Tus-Resumable": "1.0.0"}
MIB = 1024 * 1024


class Line:
    """One client's connections to whichever server listens at the port."""

    def __init__(self, port: int) -> None:
        self.port = port
        said = json.dumps({"username": "olu", "password": "correct horse battery"})
        _, signed_in = post(port, "/api/v1/tokens/", said, {"Content-Type": "application/json"})
        self.token = {"Authorization": f"Token {signed_in['token']}"}

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Any:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body, {**self.token, **TUS, **headers})
        answer = connection.getresponse()
        answer.read()
        return answer

    def begin(self, length: int) -> str:
        words = {"centre": "first", "filename": "sus.csv", "format": "sus"}
        said = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in words.items())
        answer = self.ask("POST", "/api/v1/uploads/", {"Upload-Length": str(length), "Upload-Metadata": said})
        return str(answer.headers["Location"])

    def offset(self, address: str) -> int:
        return int(self.ask("HEAD", address, {}).headers["Upload-Offset"])

    def opened(self, address: str, offset: int, length: int) -> socket.socket:
        """A piece that was announced and of which nothing has been sent."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        head = {
            **self.token,
            **TUS,
            "Host": "localhost",
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(length),
            "Upload-Offset": str(offset),
        }
        said = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        line.sendall(f"PATCH {address} HTTP/1.1\r\n{said}\r\n".encode())
        return line

    def going_on(self, address: str, content: bytes, *, up_to: int) -> socket.socket:
        """As clients go on: from the place they are told, and asking again where another writer came between."""
        for _ in range(20):
            offset = self.offset(address)
            line = self.opened(address, offset, len(content) - offset)
            try:
                line.sendall(content[offset:up_to])
            except OSError:
                line.close()
            else:
                return line
        raise AssertionError("the server takes no further piece")


def test_an_upload_survives_its_client_and_its_server(tmp_path: Path) -> None:
    site = Installation(tmp_path)
    site.prepare(PEOPLE)
    content = sus_csv(1_200_000)
    assert len(content) > 30 * MIB
    port = free_port()
    server = gunicorn(port)

    with site.process(*server) as first:
        wait_until(lambda: answers(port), seconds=60)
        line = Line(port)
        address = line.begin(len(content))
        with line.opened(address, 0, len(content)) as piece:  # the client dies
            piece.sendall(content[: 3 * MIB])
        wait_until(lambda: line.offset(address) == 3 * MIB, seconds=30)

        hangs = line.opened(address, 3 * MIB, len(content) - 3 * MIB)  # its cable is pulled: nobody closes it
        hangs.sendall(content[3 * MIB : 4 * MIB])
        with line.going_on(address, content, up_to=25 * MIB):  # it comes back, and the server dies
            wait_until(lambda: line.offset(address) >= 19 * MIB, seconds=30)
            kill(first)
        hangs.close()
        wait_until(lambda: not answers(port), seconds=30)  # its workers take a moment to die

    with site.process(*server):
        wait_until(lambda: answers(port), seconds=60)
        offset = line.offset(address)
        assert 19 * MIB <= offset <= 25 * MIB
        headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        answer = line.ask("PATCH", address, headers, content[offset:])
        assert answer.status == 204
        assert answer.headers["Evidence-Location"]

    assert site.row("SELECT blob_id, state FROM evidence_evidence") == {
        "blob_id": hashlib.sha256(content).hexdigest(),
        "state": "received",
    }
    assert site.row("SELECT count(*) AS n FROM operations_auditentry WHERE act = 'evidence.received'") == {"n": 1}
    assert [path.name for path in (tmp_path / "store").rglob("*") if path.is_file()] == [
        hashlib.sha256(content).hexdigest()
    ]
