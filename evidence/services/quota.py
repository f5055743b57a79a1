"""How much of the platform one centre may take: bytes kept, files a day, uploads open at a time.

What is counted are rows, so a refused file costs nothing and nothing has to be given back.
"""

from __future__ import annotations

import datetime as dt
import math

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from centres.models import Centre
from core.errors import QuotaExceeded
from core.text import Text
from evidence.models import Blob, Evidence, Upload
from evidence.selectors import living_evidence

DAY = dt.timedelta(days=1)
_LONGEST_WAIT = dt.timedelta(hours=1)  # to ask again earlier than a whole upload may take costs nobody anything


def refuse_before_reading(centre: Centre, *, sha256: str, size: int | None) -> None:
    """What can be told before a byte has arrived; bytes the centre has handed in already are always welcome.

    Args:
        sha256: as the uploader declared it; empty when nothing was declared.
        size: as the uploader declared it.

    Raises:
        QuotaExceeded: as `refuse_over_quota`.
    """
    if not (sha256 and living_evidence(centre, sha256)):
        _refuse_bytes(centre, sha256=sha256, size=size or 0)
        refuse_files(centre, files=1)


def refuse_over_quota(centre: Centre, *, sha256: str, size: int) -> None:
    """In the transaction that enters a file: one centre's files are counted one after the other.

    Raises:
        QuotaExceeded: `centre_is_full`, `too_many_files_today`.
    """
    Centre.objects.select_for_update().get(pk=centre.pk)
    _refuse_bytes(centre, sha256=sha256, size=size)
    refuse_files(centre, files=1)


def refuse_files(centre: Centre, *, files: int) -> None:
    """Refuse as many files at once as the centre may not hand in any more today."""
    now = timezone.now()
    today = Evidence.objects.filter(centre=centre, received_at__gt=now - DAY)
    limit = settings.CENTRE_FILES_PER_DAY
    if today.count() + files > limit:
        oldest = today.order_by("received_at").values_list("received_at", flat=True).first()
        raise QuotaExceeded(
            "too_many_files_today",
            Text(
                zh=f"该中心 24 小时内最多提交 {limit} 个文件，已达上限。",
                en=f"The centre may hand in {limit} files in 24 hours, and has.",
            ),
            hint=Text(
                zh="请稍后再试；许多小文件可合并为一个。",
                en="Try again later; many small files can be joined into one.",
            ),
            retry_after=_seconds((oldest or now) + DAY - now),
        )


def refuse_upload(centre: Centre, *, sha256: str, length: int) -> None:
    """In the transaction that opens a resumable upload; the bytes it announces are set aside for it.

    Raises:
        QuotaExceeded: `too_many_open_uploads`, and as `refuse_over_quota`.
    """
    Centre.objects.select_for_update().get(pk=centre.pk)
    now = timezone.now()
    opened = Upload.objects.filter(centre=centre, evidence=None, problem__isnull=True, expires_at__gt=now)
    if opened.count() >= settings.CENTRE_OPEN_UPLOADS:
        first = opened.order_by("expires_at").values_list("expires_at", flat=True)[0]
        raise QuotaExceeded(
            "too_many_open_uploads",
            Text(
                zh=f"该中心已有 {settings.CENTRE_OPEN_UPLOADS} 个未完成的上传。",
                en=f"The centre has {settings.CENTRE_OPEN_UPLOADS} unfinished uploads.",
            ),
            hint=Text(
                zh="请先完成或取消（DELETE）其中一些；未完成的上传到期后自动清除。",
                en="Finish or cancel (DELETE) some of them; unfinished ones go when they expire.",
            ),
            retry_after=_seconds(min(first - now, _LONGEST_WAIT)),
        )
    set_aside = opened.aggregate(bytes=Sum("length"))["bytes"] or 0
    _refuse_bytes(centre, sha256=sha256, size=length, set_aside=set_aside)
    refuse_files(centre, files=1)


def bytes_kept(centre: Centre) -> int:
    """All bytes of the centre's files, those that came to nothing included; equal files count once."""
    kept = Blob.objects.filter(evidence__centre=centre).distinct()
    return int(kept.aggregate(bytes=Sum("size"))["bytes"] or 0)


def _refuse_bytes(centre: Centre, *, sha256: str, size: int, set_aside: int = 0) -> None:
    if sha256 and Evidence.objects.filter(centre=centre, blob_id=sha256).exists():
        return
    kept, limit = bytes_kept(centre) + set_aside, settings.CENTRE_BYTES
    if kept + size > limit:
        raise QuotaExceeded(
            "centre_is_full",
            Text(
                zh=f"该中心已存 {kept} 字节，再加 {size} 字节将超过 {limit} 字节的限额。",
                en=f"The centre keeps {kept} bytes; {size} more would pass its limit of {limit}.",
            ),
            hint=Text(
                zh="请压缩（gzip、zstd）后上传，或请管理员提高限额。",
                en="Compress the file (gzip, zstd), or ask the administrator for a higher limit.",
            ),
        )


def _seconds(time: dt.timedelta) -> int:
    return max(1, math.ceil(time.total_seconds()))
