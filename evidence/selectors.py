"""What may be seen of evidence, and the observations a centre is measured by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from centres.models import Centre, Person
from centres.selectors import in_visible_centres
from core.provenance import DIGEST_PREFIX
from core.text import Text
from evidence import store
from evidence.models import (
    STATES_OF_REJECTION,
    STATES_THAT_CAME_TO_NOTHING,
    ArchiveMember,
    Evidence,
    EvidenceState,
    Flag,
    ObservationTable,
    Upload,
)
from evidence.observations.registry import KIND_BY_NAME
from evidence.observations.row_difference import RowDifference, row_difference
from evidence.observations.stored import MOST_IN_MEMORY, Rows, StoredTable
from evidence.parsers.archives.packed import FORMAT as ARCHIVE
from evidence.parsers.places import ShownLine, lines_at
from evidence.parsers.text.source import Source

Tables = dict[str, Rows]
SAME_BYTES = "same_bytes_elsewhere"
NOT_YET_READ = (EvidenceState.RECEIVED, EvidenceState.PARSING)

_READ = ("facts", "runs", "issues", "coverage")  # what was read from a file, which may be much


def visible_evidence(user: Person | AnonymousUser) -> QuerySet[Evidence]:
    return in_visible_centres(Evidence.objects.select_related("centre", "blob", "job", "column_map"), user)


def listed_evidence(user: Person | AnonymousUser) -> QuerySet[Evidence]:
    """The same for lists, which show nothing of what was read from a file."""
    return visible_evidence(user).defer(*_READ)


def members_of(archive: Evidence) -> QuerySet[ArchiveMember]:
    """What came in an archive, for lists."""
    return archive.members.select_related("evidence").defer(*(f"evidence__{name}" for name in _READ))


def files_named(user: Person | AnonymousUser, *, centre: int, digests: Iterable[str]) -> dict[str, Evidence]:
    """Those of a centre's files that have these digests (`sha256:…`) and this person may open."""
    named = {digest.removeprefix(DIGEST_PREFIX) for digest in digests}
    if not named:
        return {}
    return {item.digest: item for item in listed_evidence(user).filter(centre=centre, blob__in=named)}


def own_uploads(user: Person | AnonymousUser) -> QuerySet[Upload]:
    """What a person began to hand in, for centres the person still works for."""
    if not user.is_active:
        return Upload.objects.none()
    mine = Upload.objects.filter(person_id=user.pk, centre__memberships__user_id=user.pk)
    return mine.select_related("centre", "job")


def living_evidence(centre: Centre, sha256: str) -> Evidence | None:
    """What these bytes already are for the centre; a try that came to nothing is nothing.

    Of readings that follow one another it is the one that counts, if any does.
    """
    living = Evidence.objects.exclude(state__in=STATES_THAT_CAME_TO_NOTHING)
    return living.filter(centre=centre, blob_id=sha256).order_by("state", "received_at").first()


def accepted_evidence(centre: Centre) -> QuerySet[Evidence]:
    """What counts now, in an order that depends on content only; of an archive its members count."""
    accepted = Evidence.objects.filter(centre=centre, state=EvidenceState.ACCEPTED)
    return accepted.exclude(format=ARCHIVE).order_by("blob_id")


def rejected_evidence(centre: Centre) -> list[Evidence]:
    """What was handed in and does not count, by content: of the same bytes the last try, none where one counts."""
    found = Evidence.objects.filter(centre=centre, state__in=STATES_OF_REJECTION, problem__isnull=False).exclude(
        Q(blob__in=accepted_evidence(centre).values("blob")) | Q(format=ARCHIVE)
    )
    found = found.select_related("blob", "column_map")
    return list({item.blob_id: item for item in found.order_by("blob_id", "received_at", "id")}.values())


def reasons_of_rejection(centre: Centre, *, digests: Iterable[str]) -> dict[tuple[str, str], Text]:
    """In words, by (SHA-256, code of the problem), why files of these bytes were refused."""
    found = Evidence.objects.filter(centre=centre, blob__in=digests, problem__isnull=False)
    problems = found.values_list("blob", "problem")
    return {(blob, problem["code"]): Text(**problem["message"]) for blob, problem in problems if problem}


def is_being_read(centre: Centre) -> bool:
    """Whether files of this centre are still to be read; the last of them has the centre scored."""
    return Evidence.objects.filter(centre=centre, state__in=NOT_YET_READ).exists()


def copies_elsewhere(files: QuerySet[Evidence]) -> list[tuple[Evidence, tuple[str, ...]]]:
    """Those files whose bytes other centres handed in as well, with the centres; for the assessing body only."""
    flags = Flag.objects.filter(evidence__in=files, code=SAME_BYTES).select_related("evidence")
    return [(flag.evidence, tuple(flag.details["centres"])) for flag in flags.order_by("evidence__blob")]


def tables_of(evidence: Iterable[Evidence]) -> list[tuple[str, Tables]]:
    """(`sha256:…`, rows by kind) of these files, read back from the store."""
    return [(item.digest, {table.kind: rows_of(table) for table in item.tables.all()}) for item in evidence]


def left_out_of(evidence: Iterable[Evidence]) -> dict[str, int]:
    """How many rows of these files could not be read, by digest; those read without a fault are not named."""
    found = ((item.digest, item.coverage.get("lines_with_issue", 0)) for item in evidence)
    return {digest: number for digest, number in found if number}


def rows_of(table: ObservationTable) -> Rows:
    """The rows in memory, or as they lie in the store where they are too many for it."""
    stored = StoredTable(partial(store.open_key, table.key))
    return stored if table.rows > MOST_IN_MEMORY else stored.read()


def read_table(key: str, *, columns: Sequence[str] = ()) -> pa.Table:
    """A kept table; with `columns` only those of them it has."""
    with store.open_key(key) as stream:
        file = pq.ParquetFile(stream)
        known = set(file.schema_arrow.names)
        return file.read(columns=[name for name in columns if name in known] if columns else None)


def row_differences(older: Evidence, newer: Evidence) -> list[RowDifference]:
    """What changed from one version of a file to another, kind by kind."""
    sides: list[dict[str, str]] = [{table.kind: table.key for table in one.tables.all()} for one in (older, newer)]
    found = []
    for name in sorted({*sides[0], *sides[1]}):
        kind = KIND_BY_NAME[name]
        before, after = (read_table(side[name]) if name in side else kind.empty() for side in sides)
        found.append(row_difference(before, after, kind=kind))
    return found


def versions_of(evidence: Evidence) -> list[Evidence]:
    """The other versions of a file, the oldest first."""
    known = {evidence.pk: evidence}
    edge = [evidence]
    while edge:
        around = Q(pk__in=[one.supersedes_id for one in edge]) | Q(supersedes__in=edge)
        edge = list(Evidence.objects.filter(around, centre=evidence.centre_id).exclude(pk__in=known))
        known |= {one.pk: one for one in edge}
    others = [one for one in known.values() if one.pk != evidence.pk]
    return sorted(others, key=lambda one: (one.received_at, one.pk))


AROUND = 3


def lines_around(evidence: Evidence, line: int, *, around: int = AROUND) -> list[ShownLine]:
    """A few raw lines of the file as it was handed in; none for a workbook or past the end."""
    source = source_of(evidence)
    if source.head.startswith(_ZIP_MAGIC):
        return []
    numbers = range(max(1, line - around), line + around + 1)
    return lines_at(source, numbers, encoding=evidence.encoding or "utf-8")


def source_of(evidence: Evidence) -> Source:
    """The file as the libraries read it."""
    return Source(
        evidence.name,
        lambda: store.open_blob(evidence.blob_id),
        evidence.blob.size,
        evidence.digest,
        evidence.declared_encoding or None,
        evidence.timezone or None,
    )


_ZIP_MAGIC = b"PK\x03\x04"
