"""Take a large file in piece by piece, over as many connections as it needs.

Begun, continued and finished are three acts; each may be repeated after a cut. What `Upload.offset` says is durable.
"""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from centres.models import Centre, Person
from core.errors import InputError, QuotaExceeded, UserFacingError
from core.text import Text
from evidence import parts
from evidence.models import Evidence, Upload
from evidence.parsers.content import empty_file
from evidence.services.parser_process import as_error
from evidence.services.quota import refuse_upload
from evidence.services.receive_evidence import Declared, check_declared, receive_evidence
from operations import jobs
from operations.jobs import Progress

FINISH = "evidence.finish_upload"
CHECKPOINT = 8 * 1024 * 1024
# Larger ones are read through by a worker; the request ends before.
FINISHED_AT_ONCE = 256 * 1024 * 1024
_HASHING = Text(zh="正在核对文件", en="Checking the file")


class Checksum(Protocol):
    """The digest a client announced for one piece."""

    def update(self, chunk: bytes) -> None: ...

    def holds(self) -> bool: ...


class _Ended(Exception):
    """The upload was given up, or finished by somebody else, while it was being finished."""


def begin_upload(*, length: int, metadata: str, declared: Declared, centre: Centre, person: Person) -> Upload:
    """Open an upload of so many bytes.

    Raises:
        InputError: `too_large`, `unknown_timezone`, `unknown_encoding`.
        ParseError: `empty_file`.
        QuotaExceeded: as `refuse_upload`.
    """
    if length == 0:
        raise empty_file()
    if length > settings.EVIDENCE_LIMIT:
        raise too_long(settings.EVIDENCE_LIMIT)
    check_declared(declared)
    with transaction.atomic():
        refuse_upload(centre, sha256=declared.sha256, length=length)
        upload = Upload(
            centre=centre,
            person=person,
            length=length,
            metadata=metadata,
            declared=asdict(declared),
            expires_at=_expiry(),
        )
        upload.full_clean()
        upload.save(force_insert=True)
        return upload


def continue_upload(
    upload_id: uuid.UUID, chunks: Iterable[bytes], *, offset: int, checksum: Checksum | None = None
) -> Upload:
    """Add bytes from `offset` on, and finish the upload with its last one; the upload as it then stands.

    Whoever comes last writes: a connection that hangs is overtaken by the one its client opens instead. Cut off,
    everything that arrived is kept, except of a piece with a checksum, which then cannot be checked.

    Raises:
        InputError: `wrong_offset`, `upload_expired`, `too_large`, `checksum_mismatch`; nothing was changed.
        ParseError, QuotaExceeded: what finishing refuses, as for any other file.
    """
    upload = _take_over(upload_id, offset)
    if not upload.is_whole:
        _append(upload, chunks, checksum)
    if upload.is_whole and not upload.is_over:
        _finish_now(upload)
        upload.refresh_from_db()
    if upload.problem is not None:
        raise as_error(upload.problem)
    return upload


def finish_upload(upload_id: str, *, progress: Progress) -> None:
    """Enter a whole part as evidence, as if it had come in one request. Done twice, it has one effect.

    Raises:
        ParseError, InputError: the file was refused, for good.
        QuotaExceeded: the part stays; an empty piece at its end asks again.
    """
    upload = Upload.objects.select_related("centre", "person").filter(pk=upload_id).first()
    if upload is None or upload.evidence_id is not None:
        return
    if upload.problem is not None:
        raise as_error(upload.problem)
    progress(0.1, _HASHING)
    try:
        receive_evidence(
            parts.whole_part(upload_id),
            declared=Declared(**upload.declared),
            centre=upload.centre,
            person=upload.person,
            along_with=functools.partial(_close, upload),
        )
    except _Ended:
        return
    except QuotaExceeded:
        raise
    except UserFacingError as error:
        Upload.objects.filter(pk=upload.pk).update(problem=error.as_json())
        parts.remove_part(upload_id)
        raise
    parts.remove_part(upload_id)


def mark_unfinished(upload_id: str, *, problem: dict[str, Any]) -> None:
    """What becomes of a part that could not be finished three times; it may be handed in anew."""
    Upload.objects.filter(pk=upload_id, evidence=None).update(problem=problem)


def give_up_upload(upload: Upload) -> None:
    """Forget an upload and free its bytes; an evidence it became stays."""
    part = str(upload.pk)
    upload.delete()
    parts.remove_part(part)


def sweep_uploads() -> int:
    """Give up what has expired, and remove what killed processes left of uploads that are over; how many pieces."""
    removed = 0
    for upload in Upload.objects.filter(expires_at__lt=timezone.now()).select_related("job"):
        if upload.job is None or upload.job.is_over:  # else it is being finished
            give_up_upload(upload)
            removed += 1
    for name in parts.part_names():
        upload_of_part = Upload.objects.filter(pk=name).first()
        if upload_of_part is None or upload_of_part.is_over:
            parts.remove_part(name)
            removed += 1
    return removed


def refuse_expired(upload: Upload) -> None:
    """One that is whole is being finished, or is over.

    Raises:
        InputError: `upload_expired`.
    """
    if upload.expires_at < timezone.now() and not upload.is_whole:
        raise InputError(
            "upload_expired",
            Text(zh="该上传已过期。", en="The upload has expired."),
            hint=Text(zh="请重新开始上传。", en="Begin a new one."),
        )


def too_long(limit: int) -> InputError:
    return InputError(
        "too_large",
        Text(zh=f"文件超过 {limit} 字节的上限。", en=f"The file is larger than the limit of {limit} bytes."),
        hint=Text(zh="请压缩（gzip）或按月拆分。", en="Compress it (gzip) or split it by month."),
    )


def longer_than_announced(length: int) -> InputError:
    return InputError(
        "too_large",
        Text(
            zh=f"内容多于 Upload-Length 所说的 {length} 字节。",
            en=f"More is sent than the {length} bytes that Upload-Length announced.",
        ),
        hint=Text(
            zh="请只发送余下的字节；如文件变长，请另建一次上传。",
            en="Send only the bytes that are left; where the file has grown, begin another upload.",
        ),
    )


def _take_over(upload_id: uuid.UUID, offset: int) -> Upload:
    """The upload with this request as its writer."""
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload_id)
        refuse_expired(upload)
        if upload.offset != offset:
            raise _wrong_offset(upload.offset)
        if not upload.is_whole:
            upload.writer, upload.expires_at = uuid.uuid4(), _expiry()
            upload.save(update_fields=("writer", "expires_at"))
        return upload


def _append(upload: Upload, chunks: Iterable[bytes], checksum: Checksum | None) -> None:
    mine = Upload.objects.filter(pk=upload.pk, writer=upload.writer)
    try:
        with parts.Part(str(upload.pk), is_ours=mine.exists) as part:
            part.cut(upload.offset)
            _write(upload, part, chunks, checksum)
    except parts.Overtaken as error:
        raise _wrong_offset(None) from error


def _write(upload: Upload, part: parts.Part, chunks: Iterable[bytes], checksum: Checksum | None) -> None:
    at = upload.offset
    arrived = iter(chunks)
    while True:
        try:
            chunk = next(arrived, b"")
        except Exception:  # the connection broke, whatever the server calls that
            if checksum is None:
                _checkpoint(upload, part, at)
            raise
        if not chunk:
            break
        if at + len(chunk) > upload.length:
            raise longer_than_announced(upload.length)
        part.write(chunk, at=at)
        at += len(chunk)
        if checksum is not None:
            checksum.update(chunk)
        elif at - upload.offset >= CHECKPOINT:
            _checkpoint(upload, part, at)
    if checksum is not None and not checksum.holds():
        raise _checksum_mismatch()
    _checkpoint(upload, part, at)


def _checkpoint(upload: Upload, part: parts.Part, at: int) -> None:
    """Acknowledge what has been written; with the last byte goes the job that finishes it."""
    if at == upload.offset:
        return
    part.sync()
    with transaction.atomic():
        mine = Upload.objects.filter(pk=upload.pk, writer=upload.writer)
        if not mine.update(offset=at, expires_at=_expiry()):
            raise parts.Overtaken
        upload.offset = at
        if upload.is_whole:
            _ask_to_finish(upload)


def _ask_to_finish(upload: Upload) -> None:
    upload.writer, upload.job = (
        None,
        jobs.enqueue(
            FINISH,
            subject=f"upload/{upload.pk}",
            scope=upload.centre.slug,
            ring=upload.length > FINISHED_AT_ONCE,
            upload_id=str(upload.pk),
        ),
    )
    upload.save(update_fields=("writer", "job"))


def _finish_now(upload: Upload) -> None:
    """Do the job at once where that is quick; one that ended without an end to the upload is asked for again.

    Raises:
        QuotaExceeded: there is no room for it now.
    """
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload.pk)
        if not upload.is_over and (upload.job is None or upload.job.is_over):
            _ask_to_finish(upload)
    if upload.length > FINISHED_AT_ONCE or upload.job is None:
        return
    refused: list[QuotaExceeded] = []

    def finish(upload_id: str, *, progress: Progress) -> None:
        try:
            finish_upload(upload_id, progress=progress)
        except QuotaExceeded as error:
            refused.append(error)
            raise

    if not jobs.perform(upload.job.pk, finish, when_set_aside=mark_unfinished):
        jobs.ring_for(upload.job)  # whoever does it answered a bell that rang for another job
    if refused:
        raise refused[0]


def _close(upload: Upload, evidence: Evidence) -> None:
    """In the transaction that enters the evidence, so that the end of an upload is as durable as what it became."""
    if not Upload.objects.filter(pk=upload.pk, evidence=None).update(evidence=evidence):
        raise _Ended


def _expiry() -> dt.datetime:
    return timezone.now() + dt.timedelta(hours=settings.UPLOAD_HOURS)


def _wrong_offset(present: int | None) -> InputError:
    told = Text(zh="", en="") if present is None else Text(zh=f"，应从 {present} 开始", en=f"; it goes on at {present}")
    return InputError(
        "wrong_offset",
        Text(
            zh=f"该上传的进度与 Upload-Offset 不符{told.zh}。",
            en=f"The upload does not stand where Upload-Offset says{told.en}.",
        ),
        hint=Text(zh="请用 HEAD 查询进度后继续。", en="Ask for its offset with HEAD and go on from there."),
    )


def _checksum_mismatch() -> InputError:
    return InputError(
        "checksum_mismatch",
        Text(zh="这一段内容与 Upload-Checksum 不符，未采用。", en="The piece does not match its Upload-Checksum."),
        hint=Text(zh="请从原进度重新发送这一段。", en="Send it again from the same offset."),
    )
