"""What may be seen of evidence, and the observations a centre is measured by."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.parquet as pq
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from centres.models import Centre, Person
from centres.selectors import visible_centres
from evidence import store
from evidence.models import Evidence, EvidenceState

Tables = dict[str, pa.Table]


def visible_evidence(user: Person | AnonymousUser) -> QuerySet[Evidence]:
    return Evidence.objects.filter(centre__in=visible_centres(user)).select_related("centre", "blob", "job")


def accepted_evidence(centre: Centre) -> QuerySet[Evidence]:
    """What counts now, in an order that depends on content only."""
    return Evidence.objects.filter(centre=centre, state=EvidenceState.ACCEPTED).order_by("blob_id")


def accepted_tables(centre: Centre) -> list[tuple[str, Tables]]:
    """(`sha256:…`, rows by kind) of every accepted evidence of a centre."""
    return tables_of(accepted_evidence(centre))


def tables_of(evidence: Iterable[Evidence]) -> list[tuple[str, Tables]]:
    """(`sha256:…`, rows by kind) of these files, read back from the store."""
    return [(item.digest, {table.kind: read_table(table.key) for table in item.tables.all()}) for item in evidence]


def read_table(key: str) -> pa.Table:
    with store.open_key(key) as stream:
        return pq.read_table(stream)
