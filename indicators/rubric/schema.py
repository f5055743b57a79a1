"""JSON Schema (draft 2020-12) of the files of a rubric, for editors, drawn from what the readers ask for.

The readers run over a `_Recorder` instead of a file: every key they ask for, with its type, becomes a property. So the
schema knows each key the loader knows, and no other. What must hold between keys is `zhiheng rubric check`'s to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from core.provenance import Where
from core.text import Text
from indicators.rubric.cases import cases_of, expectations_of, fact_of
from indicators.rubric.condition import Test
from indicators.rubric.curve_rules import CURVES
from indicators.rubric.faults import Faults
from indicators.rubric.fields import NO_FORMULA, Fields, Span
from indicators.rubric.formula import LONGEST, Formula
from indicators.rubric.head import read_head
from indicators.rubric.model import Aggregate, Missing, Weight
from indicators.rubric.relative_rules import RELATIVE
from indicators.rubric.rules import aggregation_of, minimum_of, missing_of, parameter_of
from indicators.rubric.tree import Parent, TreeReader
from indicators.rubric.variation import NOTHING_VARIED, variation_of
from indicators.rubric.yaml_reader import Value

Schema = dict[str, Any]
Choice = TypeVar("Choice", bound=StrEnum)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SPAN = Span(Decimal(0), Decimal(100))


def schema_of(file: str) -> Schema:
    """The schema of one file.

    Args:
        file: of `FILES`: `rubric.yaml`, `index.yaml`, `indicator` (any other file of the tree) or `cases.yaml`.

    Raises:
        KeyError: for another name.
    """
    return {"$schema": DIALECT, "title": file} | FILES[file]() | {"$defs": DEFINITIONS()}


def _rubric() -> Schema:
    def read(fields: Fields) -> None:
        fields.raw("robustness", "robustness")
        TreeReader({}, read_head(fields), Faults()).root(fields)

    schema = _recorded(read)
    schema["required"] = sorted({*schema["required"], "schema", "measures"})
    return schema


def _index() -> Schema:
    return _recorded(lambda fields: _group(fields, folder=""))


def _inline_group() -> Schema:
    return _recorded(lambda fields: _group(fields, folder=None))


def _indicator() -> Schema:
    return _recorded(lambda fields: _reader(fields).indicator(fields, id_="", code="", parent=Parent(1, equal=False)))


def _cases() -> Schema:
    return _recorded(cases_of)


FILES: dict[str, Callable[[], Schema]] = {
    "rubric.yaml": _rubric,
    "index.yaml": _index,
    "indicator": _indicator,
    "cases.yaml": _cases,
}


def _group(fields: Fields, *, folder: str | None) -> None:
    fields.raw("weight", "weight")
    _reader(fields).group(fields, id_="-", code="", weight=Weight(Decimal(1)), folder=folder, depth=1)


def _reader(fields: Fields) -> TreeReader:
    """What every node has, and the reader of the rest."""
    fields.identifier("code", required=False)
    fields.raw("id", "identifier")
    return TreeReader({}, read_head(_Recorder({})), Faults())


# --- what may stand where the readers take more than one form ---------------------------------------------------------


def DEFINITIONS() -> dict[str, Schema]:  # noqa: N802 – a table, made when it is asked for
    """By the names that readers give as `kind`."""
    return {
        "anything": {},
        "text": {"type": "string"},
        "text_or_number": {"type": ["string", "number"]},
        "identifier": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$"},
        "number": {"anyOf": [{"type": "number"}, {"type": "string", "pattern": _NUMBER}]},
        "bilingual": {
            "type": "object",
            "properties": {"zh": {"type": "string", "minLength": 1}, "en": {"type": "string", "minLength": 1}},
            "required": ["zh", "en"],
            "additionalProperties": False,
        },
        "pair": {"type": "array", "items": _ref("number"), "minItems": 2, "maxItems": 2},
        "line": {"anyOf": [_ref("number"), _recorded(parameter_of)]},
        "numbers_by_name": {"type": "object", "additionalProperties": _ref("number")},
        "weight": {
            "anyOf": [
                _ref("number"),
                {"type": "object", "additionalProperties": {"anyOf": [_ref("number"), {"type": "null"}]}},
            ]
        },
        "missing": {"anyOf": [_words(Missing), _recorded(missing_of)]},
        "aggregation": {"anyOf": [_words(Aggregate), _recorded(aggregation_of)]},
        "combined": _recorded(aggregation_of),
        "robustness": _recorded(lambda own: variation_of(own, default=NOTHING_VARIED, graded=True, measures=())),
        "minimum": {"anyOf": [_ref("minimum_line"), {"type": "array", "items": _ref("minimum_line")}]},
        "minimum_line": _recorded(minimum_of),
        "condition": _condition(),
        "curve": {"type": "object", "oneOf": [_curve(kind) for kind in CURVES]},
        "rescale": {"type": "object", "oneOf": [_curve(kind) for kind in RELATIVE]},
        "node": {"if": {"required": ["children"]}, "then": _inline_group(), "else": _indicator()},
        "attributes": {"type": "object"},
        "fact": {"anyOf": [_ref("text_or_number"), _recorded(fact_of)]},
        "facts": {"type": "object", "additionalProperties": _ref("fact")},
        "expect": _recorded(expectations_of),
    }


def _condition() -> Schema:
    """Hand-written, because it holds itself; the tests are the reader's own."""
    several = {"type": "array", "items": _ref("condition"), "minItems": 1}
    tests: dict[str, Schema] = {test.value: {} for test in Test}
    one = {
        "properties": {"attribute": _NAME, "measure": _NAME, **tests},
        "oneOf": [{"required": ["attribute"]}, {"required": ["measure"]}],
        "minProperties": 2,
        "maxProperties": 2,
        "additionalProperties": False,
    }
    alone = {"all": several, "any": several, "not": _ref("condition")}
    return {
        "type": "object",
        "anyOf": [
            *(
                {"properties": {key: schema}, "required": [key], "additionalProperties": False}
                for key, schema in alone.items()
            ),
            one,
        ],
    }


def _curve(kind: str) -> Schema:
    schema = _recorded(lambda fields: CURVES[kind](fields, _SPAN))
    schema["properties"] = {"kind": {"const": kind}} | schema["properties"]
    schema["required"] = sorted({"kind", *schema.get("required", ())})
    return schema


_NUMBER = r"^[ \t]*[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?[ \t]*$"
_NAME: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}


def _recorded(read: Callable[[Fields], Any]) -> Schema:
    schema: Schema = {}
    recorder = _Recorder(schema)
    read(recorder)
    recorder.finish()
    return schema


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _words(kind: type[StrEnum]) -> Schema:
    return {"enum": [word.value for word in kind]}


class _Recorder(Fields):
    """Answers every question of a reader with a stand-in, and keeps what was asked."""

    def __init__(self, schema: Schema) -> None:
        self.faults = Faults()
        self.where = Where()
        self.required: set[str] = set()
        self.conditional: set[str] = set()  # keys a reader looks for before it asks
        self._schema = schema
        self._properties: Schema = {}
        self._below_it: list[_Recorder] = []

    def finish(self) -> None:
        """Write what was asked into the schema."""
        required = sorted(self.required - self.conditional)
        self._schema |= {"type": "object", "properties": self._properties, "additionalProperties": False}
        self._schema |= {"required": required} if required else {}
        for recorder in self._below_it:
            recorder.finish()

    def _keep(self, key: str, schema: Schema, *, required: bool = False) -> None:
        self._properties.setdefault(key, schema)
        if required:
            self.required.add(key)

    def fault(self, code: str, *, zh: str, en: str, at: Where | None = None, hint: Text | None = None) -> None:
        """A stand-in has no faults."""

    def done(self) -> None:
        """Every key asked for is a property already."""

    def __contains__(self, key: str) -> bool:
        self.conditional.add(key)
        return True

    def all_keys(self) -> tuple[str, ...]:
        return ()

    def place(self, key: str) -> Where:
        return self.where

    def peek(self, key: str) -> Value | None:
        return None

    def has_null(self, key: str) -> bool:
        return False

    def raw(self, key: str, kind: str) -> Value | None:
        self._keep(key, _ref(kind))
        return None

    def name(self, key: str, *, default: str | None = None) -> str:
        self._keep(key, _NAME, required=default is None)
        return default or "name"

    def names(self, key: str) -> tuple[str, ...]:
        self._keep(key, {"type": "array", "items": _ref("text")})
        return ()

    def quoted(self, key: str, *, required: bool = True) -> str | None:
        self._keep(key, _ref("text"), required=required)
        return "" if required else None

    def identifier(self, key: str, *, required: bool = True) -> str | None:
        self._keep(key, _ref("identifier"), required=required)
        return "" if required else None

    def plain(self, key: str) -> str | None:
        self._keep(key, _ref("text"))
        return None

    def bilingual(self, key: str) -> Text:
        self._keep(key, _ref("bilingual"), required=True)
        return Text(zh="", en="")

    def maybe_bilingual(self, key: str) -> Text | None:
        self._keep(key, _ref("bilingual"))
        return None

    def decimal(self, key: str, *, default: Decimal | None = None) -> Decimal:
        self._keep(key, _ref("number"), required=default is None)
        return Decimal(1) if default is None else default

    def maybe_decimal(self, key: str) -> Decimal | None:
        self._keep(key, _ref("number"))
        return None

    def count(self, key: str, *, default: int, most: int = 1000) -> int:
        self._keep(key, _ref("number"))
        return default

    def flag(self, key: str, *, default: bool = False) -> bool:
        self._keep(key, {"type": "boolean"})
        return default

    def choice(self, key: str, kind: type[Choice], *, default: Choice | None = None) -> Choice:
        self._keep(key, _words(kind), required=default is None)
        return default if default is not None else next(iter(kind))

    def word(self, key: str, *choices: str) -> str | None:
        self._keep(key, {"enum": list(choices)})
        return None

    def formula(self, key: str) -> Formula:
        self._keep(key, {"type": "string", "maxLength": LONGEST}, required=True)
        return NO_FORMULA

    def items(self, key: str, kind: str = "anything") -> tuple[Value, ...]:
        self._keep(key, {"type": "array", "items": _ref(kind)})
        return ()

    def each(self, key: str, kind: str | None = None) -> Iterator[Fields]:
        if kind is not None:
            self._keep(key, {"type": "array", "items": _ref(kind)})
            return
        yield from self._below(key, lambda schema: {"type": "array", "items": schema})

    def by_name(self, key: str) -> Iterator[tuple[str, Fields]]:
        for entry in self._below(key, lambda schema: {"type": "object", "additionalProperties": schema}):
            yield "name", entry

    def inner(self, key: str, kind: str | None = None) -> Fields | None:
        if kind is not None:
            self._keep(key, _ref(kind))
            return None
        return next(self._below(key, lambda schema: schema))

    def _below(self, key: str, around: Callable[[Schema], Schema]) -> Iterator[_Recorder]:
        schema: Schema = {}
        self._keep(key, around(schema))
        recorder = _Recorder(schema)
        self._below_it.append(recorder)
        yield recorder
