"""What changed between two versions of a file, row by row: added, removed and changed, with the lines of both.

Rows are paired as columns. Those alike in everything but their place are paired first, so that reordering changes
nothing; of the rest, those that the kind's `identity` calls the same row are changed rows. Rows that share an identity
(a job that was queued again) are paired in file order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.canonical import jsonable
from core.quantity import shortest
from evidence.observations.schema import CELL, LINE, Kind

Codes = npt.NDArray[np.int64]
Places = npt.NDArray[np.int64]
_LARGEST_CODE = 2**62


@dataclass(frozen=True, slots=True)
class RowDifference:
    """Two tables of one kind held against each other.

    Args:
        removed, added: rows that only the older or only the newer table has, in file order.
        before, after: the two sides of the changed rows, row by row, in the order of the newer table.
        columns: for each column that changed, in how many rows.
        unchanged: rows alike in everything but, perhaps, their place.
    """

    kind: Kind
    removed: pa.Table
    added: pa.Table
    before: pa.Table
    after: pa.Table
    columns: dict[str, int]
    unchanged: int

    @property
    def is_empty(self) -> bool:
        return not (self.removed.num_rows or self.added.num_rows or self.after.num_rows)

    def as_json(self, *, limit: int) -> dict[str, Any]:
        """Counts of all rows, and the first `limit` of each sort with their places."""
        return {
            "kind": self.kind.name,
            "unchanged": self.unchanged,
            "removed": self.removed.num_rows,
            "added": self.added.num_rows,
            "changed": self.after.num_rows,
            "columns": self.columns,
            "rows": {
                "removed": [_row(row) for row in self.removed.slice(0, limit).to_pylist()],
                "added": [_row(row) for row in self.added.slice(0, limit).to_pylist()],
                "changed": [
                    self._changed(*pair)
                    for pair in zip(
                        self.before.slice(0, limit).to_pylist(), self.after.slice(0, limit).to_pylist(), strict=True
                    )
                ],
            },
        }

    def _changed(self, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
        own = [column.name for column in self.kind.own_columns]
        return {
            "identity": {name: _plain(after[name]) for name in self.kind.identity},
            "columns": {
                name: [_plain(before[name]), _plain(after[name])] for name in own if before[name] != after[name]
            },
            "before": _place(before),
            "after": _place(after),
        }


def row_difference(before: pa.Table, after: pa.Table, *, kind: Kind) -> RowDifference:
    """What leads from one table of a kind to another; both of the kind's schema, rows in any order."""
    before, after = kind.completed(before), kind.completed(after)
    own = [column.name for column in kind.own_columns]
    old, new = np.arange(before.num_rows), np.arange(after.num_rows)
    same_old, same_new = _paired(*_codes(before, after, own), old, new)
    left_old, left_new = np.setdiff1d(old, same_old), np.setdiff1d(new, same_new)
    changed_old: Places = left_old[:0]
    changed_new: Places = left_new[:0]
    if kind.identity:
        changed_old, changed_new = _paired(*_codes(before, after, kind.identity), left_old, left_new)
        order = np.argsort(changed_new, kind="stable")
        changed_old, changed_new = changed_old[order], changed_new[order]
    first, last = before.take(changed_old), after.take(changed_new)
    return RowDifference(
        kind=kind,
        removed=before.take(np.setdiff1d(left_old, changed_old)),
        added=after.take(np.setdiff1d(left_new, changed_new)),
        before=first,
        after=last,
        columns={name: count for name in own if (count := _differing(first, last, name))},
        unchanged=len(same_old),
    )


def shares_a_row(before: pa.Table, after: pa.Table, *, kind: Kind) -> bool:
    """Whether the identity of any row stands in both tables, of which only those columns are needed."""
    names = kind.identity or tuple(column.name for column in kind.own_columns)
    old, new = _codes(kind.completed(before), kind.completed(after), names)
    return bool(np.isin(new, old).any())


def _codes(before: pa.Table, after: pa.Table, columns: Sequence[str]) -> tuple[Codes, Codes]:
    """A number per row of either table, equal where these columns are; a missing value equals a missing value."""
    codes = np.zeros(before.num_rows + after.num_rows, dtype=np.int64)
    distinct = 1
    for name in columns:
        old, new = before.column(name), after.column(name)
        both = pa.chunked_array([*old.chunks, *new.chunks], type=old.type)
        known = both.unique()
        if len(known) < 2:
            continue
        if distinct * len(known) > _LARGEST_CODE:
            codes, distinct = _dense(codes)
        codes = codes * len(known) + pc.index_in(both, value_set=known).to_numpy()
        distinct *= len(known)
    codes, _ = _dense(codes)
    return codes[: before.num_rows], codes[before.num_rows :]


def _dense(codes: Codes) -> tuple[Codes, int]:
    """The same distinctions in numbers from 0 on, and how many there are."""
    found, known = pd.factorize(codes)
    return found.astype(np.int64), max(1, len(known))


def _paired(old_codes: Codes, new_codes: Codes, old: Places, new: Places) -> tuple[Places, Places]:
    """Which of these rows go together: the first of a code with the first, the second with the second."""
    olds, news = old_codes[old], new_codes[new]
    highest = int(max(olds.max(initial=0), news.max(initial=0))) + 1
    old_keys, new_keys = (codes + highest * _occurrence(codes) for codes in (olds, news))
    _, at_old, at_new = np.intersect1d(old_keys, new_keys, assume_unique=True, return_indices=True)
    return old[at_old], new[at_new]


def _occurrence(codes: Codes) -> Codes:
    """Per row, how many rows before it have the same code."""
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))) if len(codes) else order
    lengths = np.diff(np.append(starts, len(codes)))
    found = np.empty(len(codes), dtype=np.int64)
    found[order] = np.arange(len(codes)) - np.repeat(starts, lengths)
    return found


def _differing(before: pa.Table, after: pa.Table, name: str) -> int:
    old, new = _codes(before, after, [name])
    return int(np.count_nonzero(old != new))


def _row(row: dict[str, Any]) -> dict[str, Any]:
    places = (LINE.name, CELL.name)
    return {name: _plain(value) for name, value in row.items() if value is not None and name not in places} | _place(
        row
    )


def _plain(value: Any) -> Any:
    """A value as JSON; figures without the zeros their column fills them up with."""
    return shortest(value) if isinstance(value, Decimal) else jsonable(value)


def _place(row: dict[str, Any]) -> dict[str, Any]:
    return {"line": row[LINE.name]} | ({"cell": row[CELL.name]} if row[CELL.name] else {})
