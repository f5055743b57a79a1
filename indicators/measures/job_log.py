"""The scheduler's jobs as columns of integers, each allocation once, and the windows they are measured over."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.ahead import ahead
from core.errors import InvalidEvidence
from core.outcome import Reason
from core.period import Period
from core.provenance import Support
from core.text import Text
from evidence.observations.stored import Climb, batches_of, distinct_texts
from indicators.measures.base import CentreEvidence, support
from indicators.measures.causes import Cause, coded_as, job_cause, unlisted
from indicators.measures.columns import MISSING, Integers, bounds, distinct, integers, milliseconds
from indicators.measures.findings import nothing_handed_in

DAY = 86_400_000
# A log is taken to cover a window when its first and last rows lie within a week of its ends.
SLACK = 7 * DAY
YEAR_DAYS = 365
_USED = ("job", "submit_at", "start_at", "end_at", "elapsed_s", "cards", "state", "cause", "line", "cell")
_INTEGERS = ("submit", "start", "end", "cards")
SHORTEST_DAYS = 90


@dataclass(frozen=True)
class JobLog:
    """Card jobs in columns: ms since 1970 UTC, `MISSING` where there is none.

    `rows` tell in the same order which job each is and where it stands; states and causes are words by dictionary.
    """

    rows: pa.Table
    submit: Integers
    start: Integers
    end: Integers
    cards: Integers
    states: pa.DictionaryArray
    causes: pa.DictionaryArray

    @cached_property
    def span(self) -> tuple[int, int] | None:
        """The first and the last instant it tells of."""
        known = [_known(column) for column in (self.submit, self.start, self.end)]
        seen = [column for column in known if len(column)]
        return (min(int(column.min()) for column in seen), max(int(column.max()) for column in seen)) if seen else None

    def where(self, chosen: np.ndarray) -> JobLog:
        mask = pa.array(chosen)
        return JobLog(
            self.rows.filter(mask),
            self.submit[chosen],
            self.start[chosen],
            self.end[chosen],
            self.cards[chosen],
            self.states.filter(mask),
            self.causes.filter(mask),
        )

    def blamed(self) -> np.ndarray:
        """Whom the end of each job is counted against, as `Cause`."""
        states, causes = self.states.dictionary.to_pylist(), [*self.causes.dictionary.to_pylist(), None]
        classes = np.array(
            [[job_cause(state, coded) for state in states] for coded in map(coded_as, causes)], dtype=object
        )
        coded = pc.fill_null(self.causes.indices, len(causes) - 1).to_numpy()
        found: np.ndarray = classes[coded, self.states.indices.to_numpy()]
        return found

    def causes_not_listed(self) -> tuple[Reason, ...]:
        """That some ends are unknown because their causes are no words of the taxonomy."""
        return tuple(unlisted(pc.unique(self.causes.filter(pa.array(self.blamed() == Cause.UNKNOWN))).to_pylist()))

    def held(self, period: Period) -> Integers:
        """Milliseconds for which each job held its cards inside a period."""
        first, last = bounds(period)
        ran = (self.start != MISSING) & (self.end != MISSING)
        lengths = np.minimum(self.end, last) - np.maximum(self.start, first)
        return np.where(ran, np.maximum(lengths, 0), 0)

    def ran_in(self, period: Period) -> np.ndarray:
        """Which jobs held their cards for a while inside a period."""
        first, last = bounds(period)
        # A job that has not started or not ended has the lowest of all integers there.
        found: np.ndarray = (self.end > first) & (self.start < last) & (self.end > self.start) & (self.start != MISSING)
        return found

    def support(self, chosen: np.ndarray) -> tuple[Support, ...]:
        """The provenance of some of its jobs."""
        return support("jobs", self.rows.select(["line", "cell", "evidence"]).filter(pa.array(chosen)))

    def started_in(self, period: Period) -> np.ndarray:
        first, last = bounds(period)
        return (self.start >= first) & (self.start < last)

    def ended_in(self, period: Period) -> np.ndarray:
        first, last = bounds(period)
        return (self.end > first) & (self.end <= last)


def job_log(evidence: CentreEvidence) -> JobLog:
    """All jobs with cards. An allocation exported twice counts once, as its latest export tells it.

    Raises:
        NoEvidence, InvalidEvidence: `more_cards_than_installed`, `job_backwards`.
    """
    if "job_log" not in evidence.derived:
        evidence.derived["job_log"] = _read(evidence)
    log: JobLog = evidence.derived["job_log"]
    return log


def window(evidence: CentreEvidence, days: int) -> Period:
    """So many whole days, or the twelve whole months for 365, counted back from the application."""
    profile = evidence.profile
    if days == YEAR_DAYS:
        return Period.whole_months(profile.applied_on, months=12, zone=profile.place.timezone)
    return Period.whole_days(profile.applied_on, days=days, zone=profile.place.timezone)


def _read(evidence: CentreEvidence) -> JobLog:
    log = _read_in_file_order(evidence)
    if log is None or int(log.cards.max()) > evidence.profile.cards or bool(_backwards(log).any()):
        log = _read_pooled(evidence)
    return log


def _read_pooled(evidence: CentreEvidence) -> JobLog:
    rows = evidence.rows("jobs")
    rows = rows.filter(pc.greater(rows.column("cards"), 0))
    if not rows.num_rows:
        raise nothing_handed_in(["jobs"])
    log = _columns(_latest(rows))
    installed = evidence.profile.cards
    if int(log.cards.max()) > installed:
        job = log.rows.column("job")[int(log.cards.argmax())].as_py()
        raise InvalidEvidence(
            "more_cards_than_installed",
            Text(
                zh=f"作业 {job} 占用 {int(log.cards.max())} 卡，多于已安装的 {installed} 卡。",
                en=f"Job {job} holds {int(log.cards.max())} cards, more than the {installed} installed.",
            ),
            hint=Text(zh="请核对概况中的卡数与作业记录。", en="Check the cards of the profile and the job records."),
        )
    if (backwards := _backwards(log)).any():
        job = log.rows.column("job")[int(backwards.argmax())].as_py()
        raise InvalidEvidence(
            "job_backwards",
            Text(zh=f"作业 {job} 的结束早于开始。", en=f"Job {job} ends before it starts."),
            hint=Text(zh="请重新导出作业记录。", en="Export the job records again."),
        )
    return log


def _read_in_file_order(evidence: CentreEvidence) -> JobLog | None:
    """The log of one large file in which no job stands twice, so that there is nothing to choose; null otherwise."""
    files = evidence.large.get("jobs", ())
    if len(files) != 1:
        return None
    ((digest, rows),) = files
    climb, joined = Climb(), _Joined(rows.num_rows)
    for batch in ahead(batches_of(rows, _USED, encoded=("state", "cause")), steps=1):
        if climb.lasts and not climb.goes_on(batch.column("job")) and distinct_texts(rows, "job") < rows.num_rows:
            return None
        part = pa.Table.from_batches([batch])
        part = part.filter(pc.greater(part.column("cards"), 0))
        same = pa.array(np.zeros(part.num_rows, dtype=np.int8))
        joined.add(_columns(part.append_column("evidence", pa.DictionaryArray.from_arrays(same, [digest]))))
    return joined.log() if joined.length else None


class _Joined:
    """A log made of parts in their order, its integers laid down where they stay: none of them lies there twice."""

    def __init__(self, most: int) -> None:
        self._columns = {name: np.empty(most, dtype=np.int64) for name in _INTEGERS}
        self._rows: list[pa.Table] = []
        self._states: list[pa.DictionaryArray] = []
        self._causes: list[pa.DictionaryArray] = []
        self.length = 0

    def add(self, part: JobLog) -> None:
        begin, self.length = self.length, self.length + part.rows.num_rows
        for name, column in self._columns.items():
            column[begin : self.length] = getattr(part, name)
        self._rows.append(part.rows)
        self._states.append(part.states)
        self._causes.append(part.causes)

    def log(self) -> JobLog:
        return JobLog(
            rows=pa.concat_tables(self._rows).unify_dictionaries(),
            states=_encoded(pa.chunked_array(self._states).unify_dictionaries()),
            causes=_encoded(pa.chunked_array(self._causes).unify_dictionaries()),
            **{name: column[: self.length] for name, column in self._columns.items()},
        )


def _known(column: Integers) -> Integers:
    """The instants of a column without those that are missing; `MISSING` is the lowest of all integers."""
    return column if not len(column) or int(column.min()) != MISSING else column[column != MISSING]


def _backwards(log: JobLog) -> np.ndarray:
    found: np.ndarray = (log.end != MISSING) & (log.start != MISSING) & (log.end < log.start)
    return found


def _latest(rows: pa.Table) -> pa.Table:
    """One row per allocation (job and start): an ended one before a running one, the longest before others."""
    order = [("elapsed_s", "descending")]
    ended = pc.fill_null(rows.column("end_at").cast(pa.int64()), MISSING)
    ranked = rows.append_column("ended", ended).sort_by([("ended", "descending"), *order])
    started = distinct(ranked.filter(pc.is_valid(ranked.column("start_at"))), by=("job", "start_at"))
    waiting = ranked.filter(pc.is_null(ranked.column("start_at")))
    known = pc.is_in(waiting.column("job"), value_set=started.column("job"))
    waiting = distinct(waiting.filter(pc.invert(known)), by=("job", "submit_at"))
    return pa.concat_tables([started, waiting]).drop_columns(["ended"])


def _columns(rows: pa.Table) -> JobLog:
    start, end = milliseconds(rows.column("start_at")), milliseconds(rows.column("end_at"))
    elapsed = integers(rows.column("elapsed_s")) * 1000
    # A job that still ran when it was exported has held its cards for as long as the export says.
    running = (end == MISSING) & (start != MISSING)
    return JobLog(
        rows=rows.select(["job", "line", "cell", "evidence"]),
        submit=milliseconds(rows.column("submit_at")),
        start=start,
        end=np.where(running, start + elapsed, end),
        cards=integers(rows.column("cards")),
        states=_encoded(rows.column("state")),
        causes=_encoded(rows.column("cause")),
    )


def _encoded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0)
    return array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
