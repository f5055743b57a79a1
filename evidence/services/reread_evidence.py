"""Read the bytes of an evidence once more, by a column map; what was read before counts until the new reading does."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction

from centres.models import Person
from core.errors import DecisionBlocked
from core.text import Text
from evidence.models import STATES_OF_REJECTION, ColumnMapVersion, Evidence, EvidenceState
from evidence.selectors import NOT_YET_READ
from operations import audit, jobs

PARSE = "evidence.parse"


def reread_evidence(evidence: Evidence, column_map: ColumnMapVersion, *, person: Person) -> Evidence:
    """A new evidence of the same bytes and declarations, to be read by this map.

    Where the earlier one is accepted it goes on counting until the new one is accepted, and is superseded then; a
    rejected one stays as it is. Results that rest on the earlier reading keep it.

    Raises:
        DecisionBlocked: `wrong_state` for one that is being read, withdrawn or superseded, or is being read anew;
            `same_reading` for one that was accepted by this very map.
    """
    if column_map.centre_id != evidence.centre_id:
        raise ValueError("a map of another centre")
    try:
        with transaction.atomic():
            earlier = Evidence.objects.select_for_update().get(pk=evidence.pk)
            _refuse(earlier, column_map)
            accepted = earlier.state == EvidenceState.ACCEPTED
            again = Evidence(
                id=uuid.uuid4(),
                centre_id=earlier.centre_id,
                blob_id=earlier.blob_id,
                name=earlier.name,
                declared_encoding=earlier.declared_encoding,
                timezone=earlier.timezone,
                column_map=column_map,
                rereads=earlier if accepted else None,
                replaces=str(earlier.pk) if accepted else "",
                uploaded_by=person,
            )
            again.job = jobs.enqueue(
                PARSE, subject=f"evidence/{again.pk}", scope=evidence.centre.slug, evidence_id=str(again.pk)
            )
            again.save(force_insert=True)
            audit.record(
                actor=person,
                act="evidence.reread",
                subject=f"evidence/{again.pk}",
                details={
                    "centre": evidence.centre.slug,
                    "sha256": again.blob_id,
                    "earlier": str(earlier.pk),
                    "map": str(column_map),
                    "digest": column_map.digest,
                },
            )
            return again
    except IntegrityError as error:  # somebody else was first, or the bytes count as another evidence
        raise _wrong_state(evidence) from error


def _refuse(earlier: Evidence, column_map: ColumnMapVersion) -> None:
    if earlier.state not in (*STATES_OF_REJECTION, EvidenceState.ACCEPTED):
        raise _wrong_state(earlier)
    by = earlier.column_map
    if earlier.state == EvidenceState.ACCEPTED and by is not None and by.digest == column_map.digest:
        raise DecisionBlocked(
            "same_reading",
            Text(zh="该文件已按此映射读取。", en="The file was read by this very map already."),
            hint=Text(zh="如结果不对，请先修改映射。", en="Where the result is not right, change the map first."),
        )


def _wrong_state(evidence: Evidence) -> DecisionBlocked:
    reading = evidence.state in NOT_YET_READ
    return DecisionBlocked(
        "wrong_state",
        Text(zh="该证据现在不能重新读取。", en="The evidence cannot be read anew now."),
        hint=Text(zh="请等待当前读取结束。", en="Wait until the present reading has ended.")
        if reading
        else Text(
            zh="请在该文件当前有效的证据上操作。", en="Do it on the evidence of these bytes that counts at present."
        ),
    )
