"""What the pages of the desk show: the work list, one indicator with its figures, and the rows it rests on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from assessment.desk_selectors import Item, Standing
from assessment.models import Assessment, Rating, RatingVersion
from assessment.scoring.result import Node, Result
from assessment.services.desk.accept_figures import is_plain
from assessment.services.desk.rating_words import verdict_words
from centres.models import Person
from core.errors import ParseError
from core.provenance import Support
from core.quantity import shortest
from core.text import Text
from evidence.models import Evidence
from evidence.observations.registry import KIND_BY_NAME
from evidence.selectors import lines_around
from evidence.web.window import GridRow, Window, cell_window, lines_window

LINES_AROUND = 8
LISTED_PLACES = 40
FilesOf = Callable[[Sequence[str]], Mapping[str, Evidence]]  # the files with these digests that one may open
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
STANDINGS: Mapping[Standing, tuple[Text, str, str]] = {
    Standing.OPEN: (Text(zh="待评定", en="to do"), "quiet", "empty"),
    Standing.AWAITS_SECOND: (Text(zh="待另一人评定", en="awaits the second rating"), "quiet", "half"),
    Standing.DISAGREED: (Text(zh="意见不同，待裁定", en="differ: to be adjudicated"), "bad", "cross"),
    Standing.PROPOSED: (Text(zh="已提议，待同意", en="proposed: to be agreed"), "caution", "half"),
    Standing.SETTLED: (Text(zh="已评定", en="settled"), "good", "full"),
    Standing.BY_RULE: (Text(zh="按细则不适用", en="not applicable by rule"), "quiet", "dash"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the work list; `standing` is what is left for the person who looks."""

    item: Item
    address: str
    words: Text
    tone: str
    shape: str
    todo: bool
    plain: bool


@dataclass(frozen=True, slots=True)
class PillarRows:
    pillar: Node
    rows: tuple[Row, ...]
    settled: int
    total: int


@dataclass(frozen=True, slots=True)
class Pane:
    """The evidence of one figure: its files, and of the chosen one the rows around one that it rests on.

    Args:
        marked: numbers of the lines it rests on.
        places: of the chosen file, each with the address that shows it here.
        documents: those the shown rows name by digest, such as what a declaration attaches.
    """

    files: tuple[dict[str, Any], ...]
    chosen: dict[str, Any] | None = None
    window: Window | None = None
    marked: frozenset[int] = frozenset()
    places: tuple[dict[str, str], ...] = ()
    more: int = 0
    documents: tuple[dict[str, str], ...] = ()


def address_of(case: Assessment, code: str) -> str:
    return reverse("assessment:desk_item", args=[case.pk, code])


def listed(case: Assessment, found: Iterable[Item], person: Person) -> list[PillarRows]:
    by_pillar: dict[str, list[Row]] = {}
    pillars: dict[str, Node] = {}
    for item in found:
        pillars[item.pillar.code] = item.pillar
        by_pillar.setdefault(item.pillar.code, []).append(_row(case, item, person))
    return [
        PillarRows(pillar, tuple(rows), sum(row.item.standing.is_settled for row in rows), len(rows))
        for code, pillar in pillars.items()
        for rows in (by_pillar[code],)
    ]


def is_to_do(item: Item, person: Person) -> bool:
    """Whether something is left for this person: an own blind rating that waits for the other is not, nor what is
    in another's pillar.
    """
    if item.standing.is_settled or item.foreign:
        return False
    own = item.own(person)
    mine_is_in = item.twice and not item.both_in and own is not None and own.state != "open"
    return not mine_is_in


def neighbours(found: list[Item], code: str, person: Person) -> dict[str, Item | None]:
    """The indicators before and after this one, and the next with something to do, round the end."""
    codes = [one.code for one in found]
    here = codes.index(code)
    onwards = [*found[here + 1 :], *found[:here]]
    return {
        "before": found[here - 1] if here else None,
        "after": found[here + 1] if here + 1 < len(found) else None,
        "todo": next((one for one in onwards if is_to_do(one, person)), None),
    }


def rating_words(rating: Rating | RatingVersion) -> Text:
    return verdict_words(rating.state, None if rating.level is None else shortest(rating.level))


def node_in(result: Result | None, code: str) -> Node | None:
    """The same indicator in another result, where it has it."""
    try:
        return result.node(code) if result is not None else None
    except KeyError:
        return None


def pane(item: Item, files_of: FilesOf, *, address: str, file: str, line: str, cell: str) -> Pane:
    """The evidence of an indicator; `file` (a digest), `line` and `cell` choose what is shown, else the first row.

    Of the centre's files those are read that the figure rests on, and that the lines shown name.
    """
    supports = item.node.inputs.rests_on if item.node.inputs else ()
    files = files_of([one.evidence for one in supports])
    shown = tuple(_file(one, files.get(one.evidence), address) for one in supports)
    support = next((one for one in supports if one.evidence == file), supports[0] if supports else None)
    evidence = files.get(support.evidence) if support is not None else None
    if support is None or evidence is None:
        return Pane(shown)
    chosen = next(one for one in shown if one["digest"] == support.evidence)
    names = list(dict.fromkeys(support.cells)) or [str(one) for one in dict.fromkeys(support.lines)]
    word = "cell" if support.cells else "line"
    place = {"cell": cell, "line": line}[word] or (names[0] if names else "")
    links = tuple(
        {"words": name, "address": f"{address}?{urlencode({'file': support.evidence, word: name})}#evidence",
         "here": "1" if name == place else ""}
        for name in names[:LISTED_PLACES]
    )  # fmt: skip
    window = _window(evidence, support, word, place)
    more = max(0, support.rows - len(links))
    return Pane(shown, chosen, window, frozenset(support.lines), links, more, _documents(window, files_of))


def _documents(window: Window | None, files_of: FilesOf) -> tuple[dict[str, str], ...]:
    lines = window.lines if window is not None else ()
    digests = list(dict.fromkeys(found for line in lines for found in _DIGEST.findall(line.text)))
    files = files_of(digests)
    return tuple(
        {
            "digest": digest,
            "name": files[digest].name if digest in files else "",
            "page": reverse("evidence:evidence", args=[files[digest].pk]) if digest in files else "",
        }
        for digest in digests
    )


def _window(evidence: Evidence, support: Support, word: str, place: str) -> Window | None:
    if not place:
        return None
    if word == "cell":
        window = cell_window(evidence, place)
        sheet = place.rpartition("!")[0]
        return replace(window, rows=tuple(_marked(row, window, sheet, set(support.cells)) for row in window.rows))
    if not place.isdecimal() or len(place) > 13:
        return None
    window = lines_window(evidence, int(place))
    if window.lines:
        try:
            return replace(window, lines=tuple(lines_around(evidence, int(place), around=LINES_AROUND)))
        except ParseError:
            return window
    return window


def _marked(row: GridRow, window: Window, sheet: str, cells: set[str]) -> GridRow:
    """The cells of a row, those the figure rests on marked."""
    return replace(
        row,
        cells=tuple(
            replace(cell, chosen=cell.chosen or f"{sheet}!{letter}{row.number}" in cells)
            for letter, cell in zip(window.letters, row.cells, strict=True)
        ),
    )


def _file(support: Support, evidence: Evidence | None, address: str) -> dict[str, Any]:
    kind = KIND_BY_NAME.get(support.kind)
    return {
        "digest": support.evidence,
        "name": evidence.name if evidence else "",
        "page": reverse("evidence:evidence", args=[evidence.pk]) if evidence else "",
        "address": f"{address}?{urlencode({'file': support.evidence})}#evidence",
        "kind": kind.title if kind else Text(zh=support.kind, en=support.kind),
        "rows": support.rows,
    }


def _row(case: Assessment, item: Item, person: Person) -> Row:
    words, tone, shape = STANDINGS[item.standing]
    decisive = item.decisive
    if decisive:
        words = rating_words(decisive[0])
    todo = is_to_do(item, person)
    return Row(item, address_of(case, item.code), words, tone, shape, todo, is_plain(item) and not item.foreign)
