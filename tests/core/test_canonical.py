import datetime as dt
from decimal import Decimal

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from core.canonical import canonical_digest, canonical_json, canonical_plain
from core.text import Text

_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text() | st.from_regex(r"[:,\[]?-?[0-9]+[.e]?", fullmatch=True),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(_PLAIN)
def test_plain_values_are_written_as_the_reference_writes_them(value: object) -> None:
    assert canonical_plain(value) == rfc8785.dumps(value)  # type: ignore[arg-type]  # plain by construction


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, "\ud800", {"\udfff": 1}, dt.date(2026, 1, 1)])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"domain|JCS|codepoints|surrogates|unsupported"):
        canonical_plain([value])


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
