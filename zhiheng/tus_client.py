"""Hand a file in over the resumable door (tus 1.0.0) with nothing but the standard library.

Pieces carry their checksum; after any cut the server is asked how far it is. An upload that another run of the
program began is found again by the digest of the file, so nothing is kept on this side.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import time
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from core.errors import InputError, UserFacingError
from core.provenance import Where
from core.text import Text

PIECE = 16 * 1024 * 1024
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
EVIDENCE, UPLOADS = "/api/v1/evidence/", "/api/v1/uploads/"
_VERSION = {"Tus-Resumable": "1.0.0"}
_CAME_TO_NOTHING = ("rejected", "unreadable", "withdrawn")
_OUT_OF_STEP = (404, 409, 410, 423, 460)  # the server stands elsewhere than we think
_LATER = (429, 500, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        try:
            return json.loads(self.content)
        except ValueError:
            return {}


_ASK = Text(zh="请核对服务器地址和令牌。", en="Check the address of the server and the token.")


class Refused(UserFacingError):
    """The server will not take it; its own words."""

    def __init__(self, answer: Answer) -> None:
        errors = answer.json().get("errors") or [{}]
        first = errors[0]
        unsaid = f"HTTP {answer.status}"
        hint = first.get("hint")
        super().__init__(
            first.get("code", "refused"),
            Text(**first.get("message", {"zh": unsaid, "en": unsaid})),
            where=Where(field=first.get("field"), line=first.get("line"), file=first.get("file")),
            hint=Text(**hint) if hint else _ASK,
        )
        self.status = answer.status


class Server:
    """One address and the token that is sent to it, over one connection per request."""

    def __init__(self, address: str, *, token: str, seconds: float = 120) -> None:
        """Nothing is asked yet.

        Raises:
            InputError: `bad_address`.
        """
        parts = urllib.parse.urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise InputError(
                "bad_address",
                Text(zh=f"服务器地址“{address[:80]}”无效。", en=f"“{address[:80]}” is no address of a server."),
                hint=Text(zh="例如 https://zhiheng.example。", en="For example https://zhiheng.example."),
            )
        self._host, self._prefix = parts.netloc, parts.path.rstrip("/")
        self._secure, self._seconds = parts.scheme == "https", seconds
        self._headers = {"Authorization": f"Token {token}"}

    def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """One request; whatever is answered.

        Raises:
            OSError, http.client.HTTPException: the connection broke.
        """
        connection = self._connection()
        try:
            connection.request(method, self._prefix + path, body, {**self._headers, **(headers or {})})
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        return kind(self._host, timeout=self._seconds)


class Patience:
    """Waits ever longer between tries; gives up when nothing has moved for so long."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.moved()

    def moved(self) -> None:
        self._until, self._next = time.monotonic() + self._seconds, FIRST_WAIT

    def rest(self, *, asked: str | None = None, failure: BaseException | Answer) -> None:
        """Wait, as long as the server asked for where it did.

        Raises:
            Refused, InputError: there is no time left; what was met last.
        """
        pause = float(asked) if asked and asked.isdigit() else self._next
        if time.monotonic() + pause > self._until:
            if isinstance(failure, Answer):
                raise Refused(failure)
            raise InputError(
                "no_connection",
                Text(zh=f"连接不上服务器：{failure}。", en=f"The server cannot be reached: {failure}."),
                hint=Text(
                    zh="请稍后再次运行同一命令，上传会从中断处继续。",
                    en="Run the same command again later; the upload goes on where it stopped.",
                ),
            ) from failure
        time.sleep(pause)
        self._next = min(2 * self._next, LONGEST_WAIT)

    def pause(self) -> bool:
        """Wait for what the server is at; False where the time is over."""
        if time.monotonic() + self._next > self._until:
            return False
        time.sleep(self._next)
        self._next = min(2 * self._next, LONGEST_WAIT)
        return True


def hand_in(
    server: Server,
    path: Path,
    *,
    words: Mapping[str, str],
    patience: Patience,
    tell: Callable[[int, int], None] = lambda done, size: None,
) -> dict[str, Any]:
    """The evidence a file became: `id`, `state`, `job`, and whether it was `known` before.

    Args:
        words: `centre` and what else is to be said of the file (`format`, `timezone`, `encoding`).
        tell: is told how many bytes of how many the server has.

    Raises:
        Refused: in the server's words.
        InputError: `no_connection`.
        OSError: the file cannot be read.
    """
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        size = stream.seek(0, 2)
        query = "?" + urllib.parse.urlencode({"centre": words["centre"], "sha256": sha256})
        for item in ask(server, patience, "GET", EVIDENCE + query).json()["results"]:
            if item["state"] not in _CAME_TO_NOTHING:
                return {"id": item["id"], "state": item["state"], "job": item["job"], "known": True}
        said = {"filename": path.name, **words, "sha256": sha256}
        address = _begun(server, patience, query) or _begin(server, patience, size, said)
        evidence = _send(server, patience, stream, address, size=size, said=said, tell=tell)
    found = ask(server, patience, "GET", evidence).json()
    return {"id": found["id"], "state": found["state"], "job": found["job"], "known": False}


def ask(
    server: Server, patience: Patience, method: str, path: str, *, headers: Mapping[str, str] | None = None
) -> Answer:
    """One request without a body, tried until it is answered."""
    while True:
        try:
            answer = server.ask(method, path, headers=headers)
        except (OSError, http.client.HTTPException) as error:
            patience.rest(failure=error)
            continue
        if answer.status in _LATER:
            patience.rest(asked=answer.headers.get("Retry-After"), failure=answer)
        elif answer.status >= 400:
            raise Refused(answer)
        else:
            return answer


def _send(
    server: Server,
    patience: Patience,
    stream: BinaryIO,
    address: str,
    *,
    size: int,
    said: Mapping[str, str],
    tell: Callable[[int, int], None],
) -> str:
    """Piece after piece until the server says what it became; the address of that."""
    offset: int | None = None
    reached = -1
    while True:
        try:
            if offset is None:
                answer = server.ask("HEAD", address, headers=_VERSION)
            else:
                stream.seek(offset)
                answer = _patch(server, address, stream.read(PIECE), offset)
        except (OSError, http.client.HTTPException) as error:
            patience.rest(failure=error)
            offset = None
            continue
        if answer.status in (404, 410):  # it has expired
            address, offset = _begin(server, patience, size, said), 0
        elif answer.status in _OUT_OF_STEP or answer.status in _LATER:
            patience.rest(asked=answer.headers.get("Retry-After"), failure=answer)
            offset = None
        elif answer.status >= 400:
            raise Refused(answer)
        elif evidence := answer.headers.get("Evidence-Location"):
            tell(size, size)
            return evidence
        else:
            arrived = int(answer.headers["Upload-Offset"])
            if arrived == offset == size:  # a worker is at it
                patience.rest(failure=answer)
            if arrived > reached:
                patience.moved()
                tell(arrived, size)
            reached, offset = max(reached, arrived), arrived


def _patch(server: Server, address: str, piece: bytes, offset: int) -> Answer:
    checksum = base64.b64encode(hashlib.sha256(piece).digest()).decode()
    headers = {
        **_VERSION,
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": str(offset),
        "Upload-Checksum": f"sha256 {checksum}",
    }
    return server.ask("PATCH", address, headers=headers, body=piece)


def _begun(server: Server, patience: Patience, query: str) -> str | None:
    """An upload of these bytes that an earlier run began."""
    for item in ask(server, patience, "GET", UPLOADS + query).json()["results"]:
        if item["evidence"] is None and item["problem"] is None:
            return f"{UPLOADS}{item['id']}/"
    return None


def _begin(server: Server, patience: Patience, size: int, said: Mapping[str, str]) -> str:
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items() if value)
    headers = {**_VERSION, "Upload-Length": str(size), "Upload-Metadata": metadata}
    location = ask(server, patience, "POST", UPLOADS, headers=headers).headers["Location"]
    return urllib.parse.urlsplit(location).path
