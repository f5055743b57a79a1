"""Errors go from a process of a pool to the one that asked, with all they say."""

from __future__ import annotations

import pickle

from assessment.scoring.facts_rows import FactsError
from core.errors import InputError, RubricError
from core.provenance import Where
from core.text import Text


def test_a_refusal_is_the_same_on_the_other_side_of_a_process() -> None:
    said = Text(zh="不行。", en="No.")
    first = InputError("no", said, where=Where(file="f.csv", line=3), hint=Text(zh="改。", en="Mend it."))
    for error in (first, RubricError("bad", said, faults=(first,)), FactsError((first, first))):
        again = pickle.loads(pickle.dumps(error))  # noqa: S301 – our own bytes
        assert type(again) is type(error)
        assert again.as_json() == error.as_json()
        assert str(again) == str(error)
    assert [one.code for one in pickle.loads(pickle.dumps(FactsError((first,)))).faults] == ["no"]  # noqa: S301


def test_a_refusal_told_of_another_place_keeps_its_hint() -> None:
    first = InputError("no", Text(zh="不行。", en="No."), hint=Text(zh="改。", en="Mend it."))
    there = first.retold(where=Where(line=3))
    again = there.retold(message=Text(zh="第三行不行。", en="Line 3: no."))
    assert (again.code, again.where, again.hint) == ("no", Where(line=3), first.hint)
    assert str(again) == "Line 3: no."
    assert (str(first), first.where) == ("No.", None)


def test_a_refusal_in_one_text_has_a_space_between_sentences_of_english_alone() -> None:
    refusal = InputError("no", Text(zh="不行。", en="No."), hint=Text(zh="改。", en="Mend it."))
    assert refusal.told == Text(zh="不行。改。", en="No. Mend it.")
