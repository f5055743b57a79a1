"""Take a file in: keep its bytes once, enter the evidence, ask for it to be read."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from centres.models import Centre, Person
from centres.selectors import current_profile
from core.errors import InputError, ParseError
from core.provenance import DIGEST_PREFIX, Where
from core.text import Text
from core.zones import zone_names
from evidence import store
from evidence.map_selectors import named_map
from evidence.models import Blob, ColumnMapVersion, Evidence, Flag
from evidence.parsers.archives.packed import is_archive, look_into
from evidence.parsers.content import refuse_mismatch
from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source
from evidence.selectors import living_evidence
from evidence.services.display_name import display_name
from evidence.services.quota import refuse_over_quota
from evidence.services.reread_evidence import PARSE, reread_evidence
from evidence.services.versions import check_replaced
from operations import audit, jobs

_SAFE_ENCODINGS = frozenset(("utf-8", "utf-16", "gb18030", "gbk", "gb2312", "big5", "latin-1", "iso-8859-1", "cp1252"))


@dataclass(frozen=True, slots=True)
class Declared:
    """What the uploader says about the file; empty where nothing was said."""

    name: str = ""
    format: str = ""
    timezone: str = ""
    encoding: str = ""
    sha256: str = ""  # 64 hexadecimal digits
    column_map: str = ""  # `name` for its newest version, or `name@number`
    replaces: str = ""  # the id of the evidence it is a new version of, or `nothing`; told by name and rows otherwise


@dataclass(frozen=True, slots=True)
class Reception:
    evidence: Evidence
    is_new: bool


def receive_evidence(
    file: store.Received,
    *,
    declared: Declared,
    centre: Centre,
    person: Person,
    along_with: Callable[[Evidence], object] | None = None,
    is_told: bool = False,
) -> Reception:
    """Enter a file that has arrived whole; the same bytes of the same centre are the evidence they already were.

    A try that was rejected, unreadable or withdrawn does not count. Another centre's copy is a flag for the
    assessing body and nothing the uploader can notice.

    Args:
        along_with: what else is to be written in the same transaction, of a new evidence and of a known one.
        is_told: whether its first bytes have been looked at already.

    Raises:
        InputError: `unknown_timezone`, `unknown_encoding`, `unknown_map`, `unknown_evidence`.
        DecisionBlocked: the same bytes are being read anew, or were read by this very map.
        ParseError: `digest_mismatch`, `empty_file`, `content_mismatch`, `unknown_format`, `ambiguous_format`.
        QuotaExceeded: what `evidence.services.quota` refuses.
    """
    check_declared(declared)
    replaces = check_replaced(declared.replaces, centre=centre)
    if declared.sha256 and declared.sha256 != file.sha256:
        raise _digest_mismatch(declared.sha256, file.sha256)
    name = display_name(declared.name)
    profile = current_profile(centre)
    timezone = declared.timezone or (profile.profile.place.timezone if profile else "")
    column_map = named_map(centre, declared.column_map) if declared.column_map else None
    if not is_told:
        _check_head(file, name=name, declared=declared, column_map=column_map)
    store.keep(file)

    def take() -> Reception:
        with transaction.atomic():
            if reception := _known(centre, file.sha256, column_map=column_map, person=person):
                return reception
            refuse_over_quota(centre, sha256=file.sha256, size=file.size)
            blob, _ = Blob.objects.get_or_create(sha256=file.sha256, defaults={"size": file.size})
            said = replace(declared, name=name, timezone=timezone, replaces=replaces)
            return Reception(_enter(blob, said, centre, person, column_map), is_new=True)

    with transaction.atomic():
        try:
            reception = take()
        except IntegrityError:  # the same bytes arrived twice at one instant; the other one was first
            first = living_evidence(centre, file.sha256)
            if first is None:
                raise
            reception = Reception(first, is_new=False)
        if along_with is not None:
            along_with(reception.evidence)
        return reception


def _enter(
    blob: Blob, declared: Declared, centre: Centre, person: Person, column_map: ColumnMapVersion | None
) -> Evidence:
    evidence = Evidence(
        id=uuid.uuid4(),
        centre=centre,
        blob=blob,
        name=declared.name,
        declared_format=declared.format,
        declared_encoding=declared.encoding,
        timezone=declared.timezone,
        replaces=declared.replaces,
        column_map=column_map,
        uploaded_by=person,
    )
    evidence.job = jobs.enqueue(
        PARSE, subject=f"evidence/{evidence.pk}", scope=centre.slug, evidence_id=str(evidence.pk)
    )
    evidence.save(force_insert=True)
    audit.record(
        actor=person,
        act="evidence.received",
        subject=f"evidence/{evidence.pk}",
        details={"centre": centre.slug, "sha256": blob.sha256, "size": blob.size, "name": declared.name},
    )
    _flag_copies(evidence)
    return evidence


def _known(centre: Centre, sha256: str, *, column_map: ColumnMapVersion | None, person: Person) -> Reception | None:
    """What the bytes already are; read by another map than the one named now they are read anew."""
    present = living_evidence(centre, sha256)
    if present is None:
        return None
    if column_map is None or _is_read_by(present, column_map):
        return Reception(present, is_new=False)
    return Reception(reread_evidence(present, column_map, person=person), is_new=True)


def _is_read_by(evidence: Evidence, column_map: ColumnMapVersion) -> bool:
    return evidence.column_map is not None and evidence.column_map.digest == column_map.digest


def _flag_copies(evidence: Evidence) -> None:
    elsewhere = Evidence.objects.filter(blob=evidence.blob).exclude(centre=evidence.centre)
    others = sorted(set(elsewhere.values_list("centre__slug", flat=True)))
    if others:
        Flag.objects.create(evidence=evidence, code="same_bytes_elsewhere", details={"centres": others})


def check_declared(declared: Declared) -> None:
    if declared.timezone and declared.timezone not in zone_names():
        raise InputError(
            "unknown_timezone",
            Text(zh=f"没有时区“{declared.timezone[:60]}”。", en=f"There is no time zone “{declared.timezone[:60]}”."),
            where=Where(field="timezone"),
            hint=Text(zh="例如 Asia/Shanghai。", en="For example Asia/Shanghai."),
        )
    if declared.encoding and declared.encoding.lower() not in _SAFE_ENCODINGS:
        raise InputError(
            "unknown_encoding",
            Text(zh=f"不支持编码“{declared.encoding[:40]}”。", en=f"“{declared.encoding[:40]}” is not supported."),
            where=Where(field="encoding"),
            hint=Text(
                zh="可用编码：" + "、".join(sorted(_SAFE_ENCODINGS)), en="Known: " + ", ".join(sorted(_SAFE_ENCODINGS))
            ),
        )


def _check_head(file: store.Received, *, name: str, declared: Declared, column_map: ColumnMapVersion | None) -> None:
    """What the first bytes already show is refused at the door, with the file's name where nothing nearer is known."""
    path: Path = file.path
    source = Source(name, lambda: path.open("rb"), file.size, DIGEST_PREFIX + file.sha256)
    try:
        if is_archive(source):
            refuse_mismatch(source)
            look_into(source, largest=settings.ARCHIVE_EXPANDED)
        else:
            content = column_map.content if column_map is not None else None
            identify(source, declared=declared.format or None, column_map=content)
    except ParseError as refusal:
        refusal.where = refusal.where or Where(file=name)
        raise


def _digest_mismatch(declared: str, found: str) -> ParseError:
    return ParseError(
        "digest_mismatch",
        Text(
            zh=f"收到内容的 SHA-256 为 {found}，与声明的 {declared} 不符。",
            en=f"What arrived has SHA-256 {found}, not {declared} as declared.",
        ),
        hint=Text(
            zh="传输中断或文件已被修改；请重新上传。", en="The transfer was cut or the file changed; upload it again."
        ),
    )
