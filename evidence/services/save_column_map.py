"""Save a column map of a centre: each time another version, and none where nothing has changed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from centres.models import Centre, Person
from core.errors import InputError, UserFacingError
from core.period import instant
from core.provenance import Where
from core.text import Text
from evidence.models import ColumnMapVersion
from evidence.parsers.maps.document import ColumnMap
from operations import audit

MOST_MAPS = 200


@dataclass(frozen=True, slots=True)
class Saved:
    version: ColumnMapVersion
    is_new: bool


@transaction.atomic
def save_column_map(centre: Centre, column_map: ColumnMap, *, person: Person, replacing: int | None = None) -> Saved:
    """The newest version of the map is this one; earlier versions, and what was read with them, stay as they are.

    Args:
        replacing: number of the newest version that was known, 0 where there was none; None skips the check.

    Raises:
        InputError: `too_many_maps`.
        UserFacingError: `version_changed`, with who saved the newest version.
    """
    Centre.objects.select_for_update().get(pk=centre.pk)  # of two who save at once, each gets a number
    content = column_map.as_json()
    versions = ColumnMapVersion.objects.filter(centre=centre, name=column_map.name)
    newest = versions.order_by("-number").first()
    if newest is not None and newest.content == content:
        return Saved(newest, is_new=False)
    if replacing not in (None, newest.number if newest else 0):
        raise _version_changed(column_map.name, newest)
    if newest is None and _names(centre) >= MOST_MAPS:
        raise InputError(
            "too_many_maps",
            Text(zh=f"每个中心最多保存 {MOST_MAPS} 个列映射。", en=f"A centre saves at most {MOST_MAPS} column maps."),
            where=Where(field="map"),
            hint=Text(zh="请用已有名称保存新版本。", en="Save a new version under a name there is already."),
        )
    version = ColumnMapVersion(
        centre=centre,
        name=column_map.name,
        number=newest.number + 1 if newest else 1,
        kind=column_map.kind.name,
        digest=column_map.digest,
        content=content,
        saved_by=person,
    )
    version.full_clean()
    version.save(force_insert=True)
    audit.record(
        actor=person,
        act="column_map.saved",
        subject=f"centre/{centre.slug}",
        details={"map": version.name, "version": version.number, "kind": version.kind, "digest": version.digest},
    )
    return Saved(version, is_new=True)


def _version_changed(name: str, newest: ColumnMapVersion | None) -> UserFacingError:
    hint = Text(
        zh="请先查看最新版本；确要保存时，再保存一次。",
        en="Look at the newest one; to save yours after it, save once more.",
    )
    if newest is None:
        message = Text(zh=f"还没有名为 {name} 的列映射。", en=f"There is no map {name} yet.")
    else:
        by, at = newest.saved_by.name, instant(newest.saved_at)
        message = Text(
            zh=f"{by.zh}已于 {at} 保存 {newest}，当前版本为 {newest.number}。",
            en=f"{by.en} saved {newest} at {at}; its version is {newest.number} now.",
        )
    return UserFacingError("version_changed", message, hint=hint)


def _names(centre: Centre) -> int:
    return ColumnMapVersion.objects.filter(centre=centre, number=1).count()
