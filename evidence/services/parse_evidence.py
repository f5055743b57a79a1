"""Read a file in its own process and enter what it amounts to, once."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
from django.db import transaction

from centres.models import Centre
from centres.selectors import zone_of
from centres.services.save_profile import request_scoring
from core.errors import ParseError, UserFacingError
from core.text import Text
from evidence import store
from evidence.models import Evidence, EvidenceState, ObservationTable
from evidence.observations.months import months_of
from evidence.parsers.archives.packed import FORMAT as ARCHIVE
from evidence.parsers.base import Severity
from evidence.selectors import NOT_YET_READ, is_being_read
from evidence.services.parser_process import as_error, run_parser
from evidence.services.take_members import take_members
from evidence.services.versions import settle_version
from operations import audit
from operations.jobs import Progress

_READING = Text(zh="正在读取文件", en="Reading the file")
_KEEPING = Text(zh="正在保存观测数据", en="Keeping the observations")
_ACCEPTED = Text(zh="已接受", en="Accepted")


def parse_evidence(evidence_id: str, *, progress: Progress) -> None:
    """Accept or reject an evidence by its content. Done twice, or by two at once, it has one effect.

    Raises:
        ParseError: after the evidence was rejected, so that the job ends with the same words.
        ParserDied: when the parser process died; the evidence stays as it was.
    """
    begun = Evidence.objects.filter(pk=evidence_id, state__in=NOT_YET_READ).update(state=EvidenceState.PARSING)
    evidence = Evidence.objects.select_related("blob", "centre", "column_map").get(pk=evidence_id)
    if not begun:
        if evidence.problem is not None:  # an earlier run was killed between the entry and the end of its job
            raise as_error(evidence.problem)
        return
    progress(0.1, _READING)
    with store.scratch() as folder:
        try:
            found = run_parser(evidence, folder=folder)
        except ParseError as error:
            _reject(evidence, error, found={})
            raise
        if fault := _fault(found):
            _reject(evidence, fault, found=found)
            raise fault
        if found["format"] == ARCHIVE:
            try:
                take_members(evidence, found["members"], progress=progress)
            except UserFacingError as error:
                _reject(evidence, error, found=found)
                raise
        progress(0.8, _KEEPING)
        keys = _keep_tables(evidence, found, folder)
        months = _months(evidence, found, folder)
    _accept(evidence, found, keys, months)
    progress(1, _ACCEPTED)


def mark_unreadable(evidence_id: str, *, problem: dict[str, Any]) -> None:
    """What becomes of a file that ended its reader three times."""
    with transaction.atomic():
        evidence = Evidence.objects.select_for_update().get(pk=evidence_id)
        if evidence.state not in NOT_YET_READ:
            return
        evidence.state, evidence.problem = EvidenceState.UNREADABLE, problem
        evidence.save()
        _close(evidence)


def _accept(
    evidence: Evidence, found: dict[str, Any], keys: dict[str, str], months: dict[str, dict[str, int] | None]
) -> None:
    with transaction.atomic():
        evidence = Evidence.objects.select_for_update().get(pk=evidence.pk)
        if evidence.state != EvidenceState.PARSING:
            return
        ObservationTable.objects.bulk_create(  # the database takes none once it is accepted
            ObservationTable(evidence=evidence, kind=kind, rows=found["tables"][kind], key=key, months=months[kind])
            for kind, key in sorted(keys.items())
        )
        _enter(evidence, found)
        evidence.state = EvidenceState.ACCEPTED
        evidence.save()
        settle_version(evidence)
        _close(evidence)


def _reject(evidence: Evidence, error: UserFacingError, *, found: dict[str, Any]) -> None:
    with transaction.atomic():
        evidence = Evidence.objects.select_for_update().get(pk=evidence.pk)
        if evidence.state != EvidenceState.PARSING:
            return
        _enter(evidence, found)
        evidence.state, evidence.problem = EvidenceState.REJECTED, error.as_json()
        evidence.save()
        _close(evidence)


def _enter(evidence: Evidence, found: dict[str, Any]) -> None:
    for name in ("format", "parser", "encoding", "facts", "runs", "issues", "issue_counts", "coverage"):
        if name in found:
            setattr(evidence, name, found[name])


def _close(evidence: Evidence) -> None:
    """Put the end of the reading on record; after the centre's last unread file, have it scored."""
    centre = Centre.objects.select_for_update().get(pk=evidence.centre_id)  # of two last files, one sees the other
    if not is_being_read(centre):
        request_scoring(centre)
    audit.record(
        actor=audit.SYSTEM,
        act=f"evidence.{evidence.state}",
        subject=f"evidence/{evidence.pk}",
        details={"sha256": evidence.blob_id, "parser": evidence.parser, "code": (evidence.problem or {}).get("code")},
    )


def _fault(found: dict[str, Any]) -> ParseError | None:
    """Why the file could not be read, or its first error."""
    if "problem" in found:
        return as_error(found["problem"])
    errors = (issue for issue in found["issues"] if issue["severity"] == Severity.ERROR)
    return next((as_error(issue) for issue in errors), None)


def _keep_tables(evidence: Evidence, found: dict[str, Any], folder: Path) -> dict[str, str]:
    """Parquet beside the blob, by digest, parser version and what the uploader declared."""
    declared = orjson.dumps([evidence.declared_encoding, evidence.timezone])
    reading = hashlib.sha256(declared).hexdigest()[:12]
    keys = {}
    for kind in found["tables"]:
        key = store.table_key(evidence.blob_id, parser=found["parser"], reading=reading, kind=kind)
        store.keep_file(folder / f"{kind}.parquet", key=key)
        keys[kind] = key
    return keys


def _months(evidence: Evidence, found: dict[str, Any], folder: Path) -> dict[str, dict[str, int] | None]:
    """Rows by month of every table, in the zone of the centre."""
    zone = zone_of(evidence.centre)
    return {
        kind: months_of(pq.ParquetFile(folder / f"{kind}.parquet"), kind=kind, zone=zone) for kind in found["tables"]
    }
