"""What changed between two tables of a kind: pairs, lines of both, and what reordering does not change."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.observations.jobs import JOBS
from evidence.observations.registry import KINDS
from evidence.observations.row_difference import RowDifference, row_difference, shares_a_row
from evidence.observations.schema import Kind
from tests.hypothesis_profile import examples

Row = tuple[str, int, int, str | None]


def table(rows: list[Row]) -> pa.Table:
    names = ("job", "elapsed_s", "cards", "cause")
    columns: dict[str, Any] = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    return JOBS.table({**columns, "state": ["COMPLETED"] * len(rows), "line": list(range(2, len(rows) + 2))})


def told(before: list[Row], after: list[Row]) -> dict[str, Any]:
    return row_difference(table(before), table(after), kind=JOBS).as_json(limit=100)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_names_columns_of_its_own_as_identity(kind: Kind) -> None:
    assert kind.identity
    assert set(kind.identity) <= {column.name for column in kind.own_columns}
    assert row_difference(kind.empty(), kind.empty(), kind=kind).is_empty


def test_a_changed_row_names_its_columns_and_both_lines() -> None:
    found = told([("1", 5, 8, None), ("2", 6, 8, None)], [("2", 6, 8, None), ("1", 5, 16, "gpu")])
    assert found["rows"]["changed"] == [
        {
            "identity": {"job": "1"},
            "columns": {"cards": [8, 16], "cause": [None, "gpu"]},
            "before": {"line": 2},
            "after": {"line": 3},
        }
    ]
    assert found["columns"] == {"cards": 1, "cause": 1}
    assert found["unchanged"] == 1


def test_rows_of_one_identity_are_paired_alike_ones_first() -> None:
    """A job that was queued again stands there twice; only the run that differs is a changed row."""
    found = told([("1", 5, 8, None), ("1", 9, 8, None)], [("1", 9, 8, None), ("1", 6, 8, None)])
    assert (found["unchanged"], found["changed"], found["added"], found["removed"]) == (1, 1, 0, 0)
    assert found["rows"]["changed"][0]["columns"] == {"elapsed_s": [5, 6]}


def test_rows_only_one_side_has_are_added_or_removed() -> None:
    found = told([("1", 5, 8, None), ("1", 5, 8, None)], [("1", 5, 8, None), ("7", 5, 8, None)])
    assert [row["line"] for row in found["rows"]["removed"]] == [3]
    assert [(row["job"], row["line"]) for row in found["rows"]["added"]] == [("7", 3)]


def test_a_table_kept_with_fewer_columns_is_compared_as_if_they_were_empty() -> None:
    old = table([("1", 5, 8, None)]).drop_columns(["cause", "exit_code"])
    assert row_difference(old, table([("1", 5, 8, None)]), kind=JOBS).is_empty
    assert shares_a_row(old.select(["job"]), table([("1", 7, 4, None)]), kind=JOBS)
    assert not shares_a_row(old.select(["job"]), table([("2", 5, 8, None)]), kind=JOBS)


rows = st.lists(st.tuples(st.sampled_from("1234"), st.integers(1, 3), st.just(8), st.sampled_from([None, "a"])))


@pytest.mark.long
@settings(max_examples=examples(150, by_night=1000), deadline=None)
@given(before=rows, after=rows, shuffled=st.randoms(use_true_random=False))
def test_counts_add_up_and_order_changes_none_of_them(before: list[Row], after: list[Row], shuffled: Any) -> None:
    found = row_difference(table(before), table(after), kind=JOBS)
    assert found.unchanged + found.after.num_rows + found.removed.num_rows == len(before)
    assert found.unchanged + found.after.num_rows + found.added.num_rows == len(after)
    both = [*before]
    shuffled.shuffle(both)
    assert row_difference(table(before), table(both), kind=JOBS).is_empty

    def counts(one: RowDifference) -> tuple[int, ...]:
        return one.unchanged, one.after.num_rows, one.added.num_rows, one.removed.num_rows

    assert counts(row_difference(table(both), table(after), kind=JOBS)) == counts(found)


@settings(max_examples=examples(150, by_night=1000), deadline=None)
@given(before=rows, after=rows)
def test_the_way_back_is_the_way_there_reversed(before: list[Row], after: list[Row]) -> None:
    there = row_difference(table(before), table(after), kind=JOBS)
    back = row_difference(table(after), table(before), kind=JOBS)
    assert there.columns == back.columns
    assert there.added.equals(back.removed)
    assert there.removed.equals(back.added)
