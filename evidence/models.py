"""Files handed in, and what was read from them."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from centres.models import Centre
from core.provenance import DIGEST_PREFIX
from core.text import Text
from operations.models import Job


class Blob(models.Model):
    """Bytes kept once for everybody, named by their SHA-256 and never changed."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.sha256


class EvidenceState(models.TextChoices):
    RECEIVED = "received", _("received")
    PARSING = "parsing", _("being read")
    ACCEPTED = "accepted", _("accepted")
    REJECTED = "rejected", _("rejected")
    UNREADABLE = "unreadable", _("unreadable")
    WITHDRAWN = "withdrawn", _("withdrawn")
    SUPERSEDED = "superseded", _("superseded")


# A try that came to nothing never stands in the way of handing in the same bytes again.
STATES_THAT_CAME_TO_NOTHING = (EvidenceState.REJECTED, EvidenceState.UNREADABLE, EvidenceState.WITHDRAWN)
# Said at upload of a file that is no new version of another one, whatever its name.
REPLACES_NOTHING = "nothing"
# The ends a file comes to by its own fault; each carries its `problem`.
STATES_OF_REJECTION = (EvidenceState.REJECTED, EvidenceState.UNREADABLE)


class ColumnMapVersion(models.Model):
    """One version of one column map of a centre, as it was saved; never changed, only followed by the next one.

    `digest` is that of what decides what is read, as `ColumnMap.digest`; name and title are not in it.
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="column_maps")
    name = models.SlugField(max_length=60)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    digest = models.CharField(max_length=71)  # sha256:…
    content: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name", "-number")
        constraints = (models.UniqueConstraint(fields=("centre", "name", "number"), name="each_version_of_a_map_once"),)

    def __str__(self) -> str:
        return f"{self.name}@{self.number}"

    @property
    def title(self) -> Text:
        return Text(**self.content["title"])


class Evidence(models.Model):
    """One file of one centre: the blob, what the uploader said about it and what a parser found.

    `facts` and `runs` are the parser's figures, decimals as text; `issues` the first hundred of each code, in
    file order; `issue_counts` how many there were; `coverage` lines read, used and with an issue. `problem` is
    why it was rejected or is unreadable, as `UserFacingError.as_json()`. `parser` is `name/version`. `rereads` is an
    accepted reading of the same bytes, which this one follows once it is accepted itself. `supersedes` is the file
    this one is a new version of, `replaces` what its uploader said about that: empty where nothing was said,
    `REPLACES_NOTHING`, or the id of an evidence.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="evidence")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="evidence")
    name = models.CharField(max_length=255)
    declared_format = models.CharField(max_length=60, blank=True)
    declared_encoding = models.CharField(max_length=40, blank=True)
    timezone = models.CharField(max_length=60, blank=True)
    column_map = models.ForeignKey(
        ColumnMapVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="evidence"
    )
    rereads = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reread_by")
    state = models.CharField(max_length=10, choices=EvidenceState, default=EvidenceState.RECEIVED)
    format = models.CharField(max_length=60, blank=True)
    parser = models.CharField(max_length=80, blank=True)
    encoding = models.CharField(max_length=40, blank=True)
    facts: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)
    runs: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list, blank=True)
    issues: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list, blank=True)
    issue_counts: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(default=dict, blank=True)
    coverage: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(default=dict, blank=True)
    problem = models.JSONField(null=True, blank=True)
    supersedes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    version = models.PositiveIntegerField(default=1)
    replaces = models.CharField(max_length=36, blank=True)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-received_at", "id")
        verbose_name_plural = "evidence"
        indexes = (
            models.Index(fields=("received_at",), name="evidence_by_time"),
            # What the board asks of every centre is answered from the index alone.
            models.Index(fields=("centre", "state", "received_at"), name="evidence_by_centre_and_state"),
            # Few files have either. By an index that holds those without, too, SQLite expects nearly every row to be
            # found, and reads them all instead.
            models.Index(fields=("rereads",), name="evidence_rereading", condition=models.Q(rereads__isnull=False)),
            models.Index(
                fields=("supersedes",), name="evidence_superseding", condition=models.Q(supersedes__isnull=False)
            ),
        )
        constraints = (
            models.UniqueConstraint(
                name="one_living_evidence_per_centre_and_blob",
                fields=("centre", "blob"),
                condition=~models.Q(state__in=STATES_THAT_CAME_TO_NOTHING) & models.Q(rereads=None),
            ),
            models.UniqueConstraint(
                name="one_living_reading_in_place_of_another",
                fields=("rereads",),
                condition=~models.Q(state__in=STATES_THAT_CAME_TO_NOTHING) & ~models.Q(rereads=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.id})"

    @property
    def digest(self) -> str:
        """`sha256:…`, as results and papers name the file."""
        return DIGEST_PREFIX + self.blob_id


class ArchiveMember(models.Model):
    """One file of an archive and the evidence it became: where that evidence's bytes came from.

    The same bytes may stand in several archives, and in one under several names; they are one evidence all the same.
    """

    archive = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="members")
    name = models.CharField(max_length=1000)
    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="origins")

    class Meta:
        ordering = ("archive", "id")
        constraints = (models.UniqueConstraint(fields=("archive", "name"), name="each_member_of_an_archive_once"),)

    def __str__(self) -> str:
        return f"{self.archive_id} {self.name}"


class Upload(models.Model):
    """A file on its way in through the resumable door, and what became of it.

    The first `offset` bytes of its part in the store are durable; what stands behind them was never acknowledged.
    `writer` names the one request that may write. `job` finishes a part that is whole, after which there is
    `evidence`, or the `problem` it was refused for. `declared` are the words of `Declared`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="uploads")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    length = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)
    metadata = models.TextField(blank=True)  # `Upload-Metadata` as it was sent
    declared: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    writer = models.UUIDField(null=True, blank=True)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, null=True, blank=True, related_name="uploads")
    problem = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-created_at", "id")
        constraints = (
            models.CheckConstraint(
                name="upload_is_no_longer_than_it_is",
                condition=models.Q(offset__gte=0, offset__lte=models.F("length")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.id} {self.offset}/{self.length}"

    @property
    def is_whole(self) -> bool:
        return self.offset == self.length

    @property
    def is_over(self) -> bool:
        return self.evidence_id is not None or self.problem is not None


class ObservationTable(models.Model):
    """The rows of one kind read from one evidence: a Parquet file in the store, by its key.

    `months` are rows by calendar month of the centre's zone, `{"2025-04": 720}`; None for a kind without time, and for
    tables of before months were counted.
    """

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="tables")
    kind = models.CharField(max_length=40)
    rows = models.PositiveIntegerField()
    key = models.CharField(max_length=200)
    months: models.JSONField[dict[str, int] | None, dict[str, int] | None] = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ("kind",)
        constraints = (models.UniqueConstraint(fields=("evidence", "kind"), name="one_table_per_evidence_and_kind"),)

    def __str__(self) -> str:
        return f"{self.evidence_id} {self.kind}"


class Flag(models.Model):
    """Something odd for a person of the assessing body to look at; never shown to a centre."""

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="flags")
    code = models.CharField(max_length=40)  # same_bytes_elsewhere
    details: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    raised_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("evidence", "code"), name="each_flag_once_per_evidence"),)

    def __str__(self) -> str:
        return f"{self.code} {self.evidence_id}"
