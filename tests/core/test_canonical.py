import datetime as dt
from decimal import Decimal

import pytest

from core.canonical import canonical_digest, canonical_json
from core.text import Text


def test_decimals_are_strings_and_keys_are_sorted() -> None:
    assert canonical_json({"b": Decimal("75.00"), "a": [1, None, True]}) == b'{"a":[1,null,true],"b":"75.00"}'


def test_texts_and_instants_have_one_form() -> None:
    value = {"title": Text(zh="衡", en="beam"), "at": dt.datetime(2026, 3, 31, tzinfo=dt.UTC)}
    assert canonical_json(value).decode() == '{"at":"2026-03-31T00:00:00+00:00","title":{"en":"beam","zh":"衡"}}'


def test_a_float_has_no_canonical_form() -> None:
    with pytest.raises(TypeError, match="float"):
        canonical_json({"score": 0.1})


def test_the_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical_digest({"a": 1, "b": 2}) == canonical_digest({"b": 2, "a": 1})
