"""What may be seen of evidence, and the observations a centre is measured by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from centres.models import Centre, Person
from centres.selectors import visible_centres
from core.errors import InputError, ParseError
from core.provenance import Where
from core.text import Language, Text
from evidence import store
from evidence.models import (
    STATES_OF_REJECTION,
    STATES_THAT_CAME_TO_NOTHING,
    ColumnMapVersion,
    Evidence,
    EvidenceState,
    Flag,
    ObservationTable,
    Upload,
)
from evidence.observations.registry import KIND_BY_NAME
from evidence.observations.row_difference import RowDifference, row_difference
from evidence.observations.stored import MOST_IN_MEMORY, Rows, StoredTable
from evidence.parsers.annotated import annotated
from evidence.parsers.maps.checking import read_map
from evidence.parsers.maps.document import ColumnMap, MapError
from evidence.parsers.maps.fitting import fitting
from evidence.parsers.maps.opening import Opening, openings
from evidence.parsers.maps.preview import Preview, preview
from evidence.parsers.maps.proposal import Proposal, propose
from evidence.parsers.packed import FORMAT as ARCHIVE
from evidence.parsers.places import ShownLine, lines_at
from evidence.parsers.source import Source
from evidence.parsers.workbook import is_workbook, unpacked_size

Tables = dict[str, Rows]
SAME_BYTES = "same_bytes_elsewhere"
NOT_YET_READ = (EvidenceState.RECEIVED, EvidenceState.PARSING)


def visible_evidence(user: Person | AnonymousUser) -> QuerySet[Evidence]:
    return Evidence.objects.filter(centre__in=visible_centres(user)).select_related(
        "centre", "blob", "job", "column_map"
    )


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
    return list({item.blob_id: item for item in found.order_by("blob_id", "received_at", "id")}.values())


def is_being_read(centre: Centre) -> bool:
    """Whether files of this centre are still to be read; the last of them has the centre scored."""
    return Evidence.objects.filter(centre=centre, state__in=NOT_YET_READ).exists()


def copies_elsewhere(files: QuerySet[Evidence]) -> list[tuple[Evidence, tuple[str, ...]]]:
    """Those files whose bytes other centres handed in as well, with the centres; for the assessing body only."""
    flags = Flag.objects.filter(evidence__in=files, code=SAME_BYTES).select_related("evidence")
    return [(flag.evidence, tuple(flag.details["centres"])) for flag in flags.order_by("evidence__blob")]


def visible_maps(user: Person | AnonymousUser) -> QuerySet[ColumnMapVersion]:
    """Every version of the maps of the centres a person may see, newest first."""
    found = ColumnMapVersion.objects.filter(centre__in=visible_centres(user))
    return found.select_related("centre", "saved_by").order_by("name", "-number")


def newest_maps(maps: QuerySet[ColumnMapVersion]) -> QuerySet[ColumnMapVersion]:
    """Of each map its newest version."""
    later = ColumnMapVersion.objects.filter(
        centre=OuterRef("centre"), name=OuterRef("name"), number__gt=OuterRef("number")
    )
    return maps.filter(~Exists(later))


def named_map(centre: Centre, named: str) -> ColumnMapVersion:
    """A map of a centre by `name`, its newest version, or by `name@number`.

    Raises:
        InputError: `unknown_map`.
    """
    name, at, number = named.partition("@")
    found = ColumnMapVersion.objects.filter(centre=centre, name=name) if "\0" not in name else None
    if at and found is not None:
        is_number = number.isascii() and number.isdigit() and len(number) < 9
        found = found.filter(number=int(number)) if is_number else None
    version = found.order_by("-number").first() if found is not None else None
    if version is None:
        raise InputError(
            "unknown_map",
            Text(zh=f"本中心没有列映射“{named[:60]}”。", en=f"The centre has no column map “{named[:60]}”."),
            where=Where(field="map"),
            hint=Text(
                zh="请写映射的名称，或“名称@版本号”。", en="Write the name of a map, or `name@number` for one version."
            ),
        )
    return version


def fitting_maps(evidence: Evidence) -> list[ColumnMapVersion]:
    """The centre's own maps, newest versions, that fit a file: an offer, never applied by itself."""
    newest = list(newest_maps(ColumnMapVersion.objects.filter(centre=evidence.centre_id)))
    if not newest:
        return []
    _refuse_large(evidence)
    usable: dict[int, tuple[ColumnMap, ColumnMapVersion]] = {}
    for version in newest:
        with suppress(MapError):  # saved under rules that have grown stricter since
            made = read_map(version.content)
            usable[id(made)] = (made, version)
    found = fitting(source_of(evidence), [made for made, _ in usable.values()])
    return [usable[id(made)][1] for made in found]


# A larger workbook, packed or unpacked, is read by workers only, never while somebody waits.
LARGEST_LOOKED_AT = 10 * 1024 * 1024
LARGEST_UNPACKED = 48 * 1024 * 1024


def opening_of(evidence: Evidence) -> Opening | None:
    """The table a file opens with, as a person sees it; None for a file that holds none.

    Raises:
        ParseError: a workbook that cannot be read, or is too large to be looked at.
    """
    _refuse_large(evidence)
    found = openings(source_of(evidence))
    return found[0] if found else None


def proposals_for(evidence: Evidence, *, kind: str | None = None) -> tuple[Opening, list[Proposal]]:
    """The table a file opens with, and the maps proposed for it, most likely first.

    Raises:
        ParseError: `no_table`, and what `opening_of` raises.
    """
    opening = opening_of(evidence)
    if opening is None:
        raise ParseError(
            "no_table",
            Text(zh="文件中没有找到带表头的表。", en="No table with headings was found in the file."),
            hint=Text(
                zh="列映射用于 CSV 与 xlsx；表头应在前 30 行之内。",
                en="Column maps are for CSV and xlsx; the headings stand within the first 30 rows.",
            ),
        )
    return opening, propose(opening, kind=kind, timezone=evidence.timezone or None)


def preview_of(evidence: Evidence, column_map: ColumnMap) -> Preview:
    """The first rows a map would make of a file.

    Raises:
        ParseError: what reading the file raises.
    """
    _refuse_large(evidence)
    return preview(source_of(evidence), column_map)


def annotated_copy(evidence: Evidence, *, language: Language) -> bytes:
    """The workbook of an evidence with every issue at its cell.

    Raises:
        ParseError: `no_workbook`, and what `annotated` raises.
    """
    source = source_of(evidence)
    if not is_workbook(source):
        raise ParseError(
            "no_workbook",
            Text(zh="只有工作簿（.xlsx）可以带批注返回。", en="Only a workbook (.xlsx) is given back with comments."),
            hint=Text(zh="文本文件的问题见证据页面。", en="The issues of a text file stand on its page."),
        )
    _refuse_large(evidence)
    return annotated(
        source, issues=evidence.issues, counts=evidence.issue_counts, problem=evidence.problem, language=language
    )


def annotated_name(evidence: Evidence) -> str:
    """`四月.xlsx` as `四月.issues.xlsx`."""
    stem = evidence.name.removesuffix(".gz")
    return (stem[:-5] if stem.lower().endswith(".xlsx") else stem) + ".issues.xlsx"


def _refuse_large(evidence: Evidence) -> None:
    source = source_of(evidence)
    if is_workbook(source) and (source.size > LARGEST_LOOKED_AT or unpacked_size(source) > LARGEST_UNPACKED):
        raise ParseError(
            "too_large_to_look_at",
            Text(zh="工作簿过大，无法即时查看。", en="The workbook is too large to be looked at while you wait."),
            hint=Text(
                zh="请用同样表头的较小文件制作映射，再用它读取此文件。",
                en="Make the map from a smaller file with the same headings, then read this one by it.",
            ),
        )


def tables_of(evidence: Iterable[Evidence]) -> list[tuple[str, Tables]]:
    """(`sha256:…`, rows by kind) of these files, read back from the store."""
    return [(item.digest, {table.kind: rows_of(table) for table in item.tables.all()}) for item in evidence]


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
