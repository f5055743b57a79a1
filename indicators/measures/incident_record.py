"""The record of outages and incidents with each of them once, however many exports tell of it.

Month by month a centre hands in an incident as open and, later on, as closed. Records of one id and service that speak
of the same time are one incident: the closed one wins over the open one, and closed ones that differ are united at
their worst.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.outcome import Reason
from evidence.observations.outages import OUTAGES
from indicators.measures.base import CentreEvidence
from indicators.measures.columns import distinct
from indicators.measures.findings import note, nothing_handed_in

Row = dict[str, Any]
SHOWN_IDS = 3


@dataclass(frozen=True)
class IncidentRecord:
    """The incidents, and the ids of those that exports tell differently."""

    rows: pa.Table
    differing: frozenset[str]

    def notes(self, rows: pa.Table) -> tuple[Reason, ...]:
        """That some incidents among these rows are told differently, by id."""
        ids = sorted(self.differing.intersection(rows.column("outage").to_pylist())) if self.differing else []
        if not ids:
            return ()
        shown, more = ids[:SHOWN_IDS], len(ids) > SHOWN_IDS
        return (
            note(
                "records_differ",
                f"以下事件有互不一致的记录，按最不利合并计：{'、'.join(shown)}{f' 等 {len(ids)} 起' if more else ''}。",
                "Records of these incidents contradict each other and are united at their worst: "
                f"{', '.join(shown)}{f' and {len(ids) - SHOWN_IDS} more' if more else ''}.",
            ),
        )


def incident_record(evidence: CentreEvidence) -> IncidentRecord:
    """Every incident handed in, once.

    Raises:
        NoEvidence: no record was handed in.
    """
    rows = evidence.rows("outages")
    if not rows.num_rows:
        raise nothing_handed_in(["outages"])
    if "incident_record" not in evidence.derived:
        evidence.derived["incident_record"] = _each_once(distinct(rows))
    record: IncidentRecord = evidence.derived["incident_record"]
    return record


def _each_once(rows: pa.Table) -> IncidentRecord:
    repeated = _repeated(rows)
    if not pc.any(repeated, min_count=0).as_py():
        return IncidentRecord(rows, frozenset())
    united: list[Row] = []
    differing: set[str] = set()
    for records in _by_identity(rows.filter(repeated).to_pylist()):
        for incident in _incidents(records):
            united.append(_united(incident))
            if _differ(incident):
                differing.add(incident[0]["outage"])
    others = rows.filter(pc.invert(repeated))
    return IncidentRecord(
        pa.concat_tables([others, pa.Table.from_pylist(united, schema=rows.schema)]), frozenset(differing)
    )


def _repeated(rows: pa.Table) -> pa.ChunkedArray:
    """Which records share id and service with another, but for minutes per day and what cannot be."""
    backwards = pc.fill_null(pc.less(rows.column("ended_at"), rows.column("started_at")), False)
    plain = pc.and_(pc.invert(backwards), pc.is_null(rows.column("down_ms")))
    plain = pc.and_(plain, pc.not_equal(rows.column("outage"), ""))
    keys = pc.binary_join_element_wise(*(rows.column(name) for name in OUTAGES.identity), "\x1f")
    counted = pc.value_counts(keys.filter(plain))
    several = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
    return pc.and_(plain, pc.is_in(keys, value_set=several))


def _by_identity(records: Iterable[Row]) -> Iterable[list[Row]]:
    found: dict[tuple[str, ...], list[Row]] = {}
    for record in records:
        found.setdefault(tuple(record[name] for name in OUTAGES.identity), []).append(record)
    return found.values()


def _incidents(records: Sequence[Row]) -> Iterator[list[Row]]:
    """The records of one id, those of the same time together; one that came later under the same id stays another."""
    closed: list[list[Row]] = []
    ends: list[dt.datetime] = []
    for record in sorted((one for one in records if one["ended_at"] is not None), key=_start):
        if closed and (_start(record) < ends[-1] or _start(record) == _start(closed[-1][0])):
            closed[-1].append(record)
            ends[-1] = max(ends[-1], record["ended_at"])
        else:
            closed.append([record])
            ends.append(record["ended_at"])
    starts = [_start(incident[0]) for incident in closed]
    unanswered: list[Row] = []
    for record in (one for one in records if one["ended_at"] is None):
        answer = bisect_right(ends, _start(record))
        if answer and starts[answer - 1] == _start(record):
            answer -= 1
        (closed[answer] if answer < len(closed) else unanswered).append(record)
    yield from closed
    if unanswered:
        yield unanswered


def _united(incident: Sequence[Row]) -> Row:
    """One record: from the earliest start to the latest end, of the most cards; what one leaves empty another fills."""
    decisive = [one for one in incident if one["ended_at"] is not None] or incident
    latest = max(decisive, key=lambda one: one["ended_at"] or one["started_at"])
    filled = {name: _first(value, (one[name] for one in decisive)) for name, value in latest.items()}
    return filled | {
        "started_at": min(map(_start, incident)),
        "planned": all(one["planned"] for one in incident),
        "announced_at": _of_all(max, decisive, "announced_at"),
        "cards_affected": _of_all(max, decisive, "cards_affected"),
        "alarmed_at": _of_known(max, decisive, "alarmed_at"),
        "located_at": _of_known(max, decisive, "located_at"),
        "automatic": _of_known(all, decisive, "automatic"),
    }


def _differ(incident: Sequence[Row]) -> bool:
    """Whether its records contradict each other, rather than that one knows what the other did not yet."""
    closed = [one for one in incident if one["ended_at"] is not None]
    told = {(one["ended_at"], one["cards_affected"], one["announced_at"]) for one in closed}
    return len(told) > 1 or len({(one["started_at"], one["planned"]) for one in incident}) > 1


def _start(record: Row) -> dt.datetime:
    start: dt.datetime = record["started_at"]
    return start


def _first(value: Any, others: Iterable[Any]) -> Any:
    return next((other for other in (value, *others) if other is not None), None)


def _of_all(choose: Callable[[list[Any]], Any], records: Iterable[Row], name: str) -> Any:
    """Of what all tell; empty, which is the worst, where one tells nothing."""
    told = [one[name] for one in records]
    return None if None in told else choose(told)


def _of_known(choose: Callable[[list[Any]], Any], records: Iterable[Row], name: str) -> Any:
    told = [one[name] for one in records if one[name] is not None]
    return choose(told) if told else None
