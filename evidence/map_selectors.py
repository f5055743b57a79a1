"""What may be seen of column maps, and what a file looks like to somebody who maps or mends it."""

from __future__ import annotations

from contextlib import suppress

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, QuerySet

from centres.models import Centre, Person
from centres.selectors import visible_centres
from core.errors import InputError, ParseError
from core.provenance import Where
from core.text import Language, Text
from evidence.models import ColumnMapVersion, Evidence
from evidence.parsers.maps.checking import read_map
from evidence.parsers.maps.document import ColumnMap, MapError
from evidence.parsers.maps.fitting import fitting
from evidence.parsers.maps.opening import Opening, openings
from evidence.parsers.maps.preview import Preview, preview
from evidence.parsers.maps.proposal import Proposal, propose
from evidence.parsers.workbooks.annotated import annotated
from evidence.parsers.workbooks.workbook import is_workbook, unpacked_size
from evidence.selectors import source_of

# A larger workbook, packed or unpacked, is read by workers only, never while somebody waits.
LARGEST_LOOKED_AT = 10 * 1024 * 1024
LARGEST_UNPACKED = 48 * 1024 * 1024


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
