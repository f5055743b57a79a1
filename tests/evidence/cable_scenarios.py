"""What happens while the cable is pulled, and what has to hold afterwards; see `tests.evidence.cable`."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings

from evidence import store
from evidence.models import ArchiveMember, Blob, Evidence, EvidenceState, ObservationTable, Upload
from evidence.services import resume_upload
from operations import audit
from operations.models import AuditEntry, Job
from tests.evidence.archives import tarred
from tests.evidence.cable import Client, an_hour_later
from tests.evidence.files import sus_csv

RAW = "application/octet-stream"
TUS = {"Tus-Resumable": "1.0.0"}


class Ordinary:
    """One file by one POST."""

    content = sus_csv(20)
    name = "sus.csv"
    format = "sus"  # told, so that telling formats apart takes no time
    evidence = 1
    tables = 1
    members = 0

    def live(self, client: Client) -> None:
        assert self._hand_in(client) == 201

    def come_back(self, client: Client) -> None:
        """A client hands in again what was not acknowledged; one that is not sure does no harm."""
        expected = (200,) if client.known.get("acknowledged") else (200, 201)
        assert self._hand_in(client) in expected

    def check_without_client(self, client: Client) -> None:
        """Whether it comes back or not: what was acknowledged is there, and nothing is there by half."""
        assert Evidence.objects.count() >= bool(client.known.get("acknowledged"))
        assert set(Evidence.objects.values_list("state", flat=True)) <= {EvidenceState.ACCEPTED}

    def check(self, client: Client) -> None:
        """Nothing lost, nothing doubled, nothing left."""
        assert Evidence.objects.count() == Blob.objects.count() == self.evidence
        assert ArchiveMember.objects.count() == self.members
        assert set(Evidence.objects.values_list("state", flat=True)) == {EvidenceState.ACCEPTED}
        assert ObservationTable.objects.count() == self.tables
        for act in ("evidence.received", "evidence.accepted"):
            subjects = list(AuditEntry.objects.filter(act=act).values_list("subject", flat=True))
            assert len(subjects) == len(set(subjects)) == self.evidence, (act, subjects)
        assert audit.first_broken_entry() is None
        open_jobs = [str(job) for job in Job.objects.all() if not job.is_over and job.task.startswith("evidence.")]
        assert open_jobs == []
        assert Job.objects.filter(task="evidence.parse").count() == self.evidence
        assert Job.objects.filter(task="assessment.score_centre").count() == 1
        an_hour_later(hours=1000)
        store.tidy(older_than=dt.timedelta(seconds=-1))
        resume_upload.sweep_uploads()
        files = {
            path.relative_to(settings.STORE_ROOT): path
            for path in Path(settings.STORE_ROOT).rglob("*")
            if path.is_file()
        }
        kept = {Path(store.blob_key(blob.sha256)) for blob in Blob.objects.all()}
        assert set(files) == kept | {Path(table.key) for table in ObservationTable.objects.all()}
        for blob in Blob.objects.all():
            content = files[Path(store.blob_key(blob.sha256))].read_bytes()
            assert (hashlib.sha256(content).hexdigest(), len(content)) == (blob.sha256, blob.size)
        assert Blob.objects.filter(sha256=hashlib.sha256(self.content).hexdigest()).exists()

    def _hand_in(self, client: Client) -> int:
        answer: Any = client.http.generic(
            "POST",
            f"/api/v1/evidence/?centre=first&format={self.format}",
            self.content,
            content_type=RAW,
            headers={"X-Filename": self.name},
        )
        if answer.status_code < 300:
            client.note(acknowledged=True)
        return int(answer.status_code)


class Resumable(Ordinary):
    """The same file in two pieces, acknowledged every few bytes."""

    def live(self, client: Client) -> None:
        resume_upload.CHECKPOINT = 150
        store.CHUNK = 100
        self._begin(client)
        half = len(self.content) // 2
        self._send(client, self.content[:half], 0)
        self._send(client, self.content[half:], half)

    def come_back(self, client: Client) -> None:
        """As every tus client does: ask how far it is and go on from there; begin where nothing is known."""
        if "address" not in client.known:
            self._begin(client)
        answer = client.http.head(client.known["address"], headers=TUS)
        offset = int(answer["Upload-Offset"])
        assert offset >= client.known.get("offset", 0), "acknowledged bytes are lost"
        self._send(client, self.content[offset:], offset)
        assert client.http.head(client.known["address"], headers=TUS)["Evidence-Location"]

    def check(self, client: Client) -> None:
        super().check(client)
        assert not Upload.objects.exists(), "what expired is given up"

    def _begin(self, client: Client) -> None:
        words = {"centre": "first", "filename": self.name, "format": self.format}
        said = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in words.items())
        headers = TUS | {"Upload-Length": str(len(self.content)), "Upload-Metadata": said}
        answer: Any = client.http.generic("POST", "/api/v1/uploads/", headers=headers)
        assert answer.status_code == 201, answer.content
        client.note(address=answer["Location"])

    def _send(self, client: Client, content: bytes, offset: int) -> None:
        answer = client.patch(content, offset)
        assert answer.status_code == 204, answer.content
        client.note(offset=int(answer["Upload-Offset"]), acknowledged="Evidence-Location" in answer)


class Archive(Ordinary):
    """Two files in a tar, by one POST."""

    content = tarred({"first.csv": sus_csv(3), "second.csv": sus_csv(4)})
    name = "both.tar"
    evidence = 3
    tables = 2
    members = 2
