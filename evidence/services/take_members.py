"""Enter the members of an archive, each as the evidence it would be if it had come alone."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import UserFacingError
from core.provenance import Where
from core.text import Text
from evidence import store
from evidence.map_selectors import named_map
from evidence.models import ArchiveMember, Evidence
from evidence.services.quota import refuse_files
from evidence.services.receive_evidence import Declared, check_declared, receive_evidence
from operations.jobs import Progress

_TAKING = Text(zh="正在登记压缩文件中的文件", en="Entering the members of the archive")


def take_members(archive: Evidence, members: Sequence[dict[str, Any]], *, progress: Progress) -> None:
    """Enter what `sandbox.parse` found in an archive. A run that was killed goes on where it stood.

    Raises:
        QuotaExceeded: for all of them, before the first.
        InputError, ParseError: what `receive_evidence` refuses; the place names the member.
    """
    done = set(ArchiveMember.objects.filter(archive=archive).values_list("name", flat=True))
    waiting = [(member, _declared(archive, member)) for member in members if member["name"] not in done]
    for member, declared in waiting:
        with _at(member):
            check_declared(declared)
            if declared.column_map:
                named_map(archive.centre, declared.column_map)
    refuse_files(archive.centre, files=len(waiting))
    for number, (member, declared) in enumerate(waiting):
        if number % 20 == 0:
            progress(0.3 + 0.5 * number / len(waiting), _TAKING)
        with _at(member):
            _take(archive, member, declared)


def _take(archive: Evidence, member: dict[str, Any], declared: Declared) -> None:
    receive_evidence(
        store.Received(Path(member["path"]), member["sha256"], member["size"]),
        declared=declared,
        centre=archive.centre,
        person=archive.uploaded_by,
        along_with=functools.partial(_enter, archive, member["name"]),
        is_told="map" not in member,
    )


def _declared(archive: Evidence, member: dict[str, Any]) -> Declared:
    """What the manifest says of a member, else what was said of the archive."""
    return Declared(
        name=member["name"],
        format=member.get("format") or archive.declared_format,
        timezone=member.get("timezone") or archive.timezone,
        encoding=member.get("encoding") or archive.declared_encoding,
        column_map=member.get("map", ""),
    )


def _enter(archive: Evidence, name: str, evidence: Evidence) -> None:
    ArchiveMember.objects.create(archive=archive, name=name, evidence=evidence)


@contextmanager
def _at(member: dict[str, Any]) -> Iterator[None]:
    """Refusals name the member."""
    try:
        yield
    except UserFacingError as error:
        error.where = Where(file=member["name"])
        raise
