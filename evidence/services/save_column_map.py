"""Save a column map of a centre: each time another version, and none where nothing has changed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from centres.models import Centre, Person
from core.errors import InputError
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
def save_column_map(centre: Centre, column_map: ColumnMap, *, person: Person) -> Saved:
    """The newest version of the map is this one; earlier versions, and what was read with them, stay as they are.

    Raises:
        InputError: `too_many_maps`.
    """
    Centre.objects.select_for_update().get(pk=centre.pk)  # of two who save at once, each gets a number
    content = column_map.as_json()
    versions = ColumnMapVersion.objects.filter(centre=centre, name=column_map.name)
    newest = versions.order_by("-number").first()
    if newest is not None and newest.content == content:
        return Saved(newest, is_new=False)
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


def _names(centre: Centre) -> int:
    return ColumnMapVersion.objects.filter(centre=centre, number=1).count()
