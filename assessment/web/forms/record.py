"""One part of a visit's record as a plain form. It holds text; the record's own rules are the ones that refuse.

So the form, a file and the API make the same record of the same facts, and refuse the same things.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from assessment.sampling.record_words import say_how_to_mend
from assessment.sampling.visit_record import faults_of
from assessment.web.forms.record_parts import Column, Part
from assessment.web.forms.record_rows import Clock, Row, as_text, as_value, rows_of
from core.canonical import canonical_digest
from core.model_faults import ModelFault, Path
from core.text import with_line_feeds
from operations.http.form_fields import WordsField
from operations.templatetags.words import said

_WORDS_ROWS = 2
_RULES_AT = {"closing_first": "held_at"}


class PartForm(forms.Form):
    """A page of one part: its fields, and a slice of its rows.

    Args:
        record: the record as it stands.
        expected: rows that are there from the start.
        page: counted from 1.
        typed: a draft, which goes before what stands in the record.
    """

    version = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)

    def __init__(
        self,
        data: Mapping[str, str] | None = None,
        *,
        part: Part,
        record: Mapping[str, Any],
        clock: Clock,
        expected: Sequence[Row] = (),
        page: int = 1,
        typed: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data, initial={"version": seen(record, part)} | dict(typed or {}))
        self.part, self.before, self.clock = part, record, clock
        self.record: dict[str, Any] | None = None
        self.all_rows = rows_of(part, _rows_in(record, part), expected, clock) if part.rows else []
        self.pages = max(1, -(-len(self.all_rows) // part.per_page))
        self.start = (min(max(page, 1), self.pages) - 1) * part.per_page
        shown = self.all_rows[self.start : self.start + part.per_page]
        spare = part.spare if self.start + part.per_page >= len(self.all_rows) else 0
        self.shown = [*shown, *(Row({}, {}) for _spare in range(spare))]
        self._add_fields()

    def _add_fields(self) -> None:
        holder = _holder(self.before, self.part)
        for column in self.part.singles:
            self.fields[column.name] = _field(column, as_text(holder.get(column.name), column, self.clock))
        for index, row in enumerate(self.shown):
            for column in self.part.columns:
                field = _field(column, row.values.get(column.name, ""))
                if column.name == self.part.key and self.part.key in row.given:
                    field.widget = forms.HiddenInput()
                name = self._name(index, column.name)
                self.fields[name] = field
            self._name_the_row(index)

    def _name_the_row(self, index: int) -> None:
        """Every label of a row says which, so that an error on top can be told from the same of the next row."""
        key = self[self._name(index, self.part.key)].value() if self.shown[index].given else ""
        called = key or str(self.start + index + 1)
        for column in self.part.columns:
            self.fields[self._name(index, column.name)].label = f"{column.label} {called}"

    @property
    def singles(self) -> list[forms.BoundField]:
        return [self[column.name] for column in self.part.singles]

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The rows for the page: a name, what is known of it, and its cells."""
        return [
            {
                "called": row.given.get(self.part.key) or str(self.start + index + 1),
                "remark": row.remark,
                "key": self[self._name(index, self.part.key)] if row.given else None,
                "cells": [
                    {"column": column, "field": self[self._name(index, column.name)]}
                    for column in self.part.columns
                    if not (row.given and column.name == self.part.key)
                ],
            }
            for index, row in enumerate(self.shown)
        ]

    def clean(self) -> dict[str, Any]:
        """What was typed as a record: its rules are asked, and what they refuse stands at its field."""
        cleaned: dict[str, Any] = super().clean() or {}
        record, places = self._built(cleaned)
        for fault in faults_of(record):
            self._tell(fault, places)
        if not self.errors:
            self.record = record
        return cleaned

    def refuses_what_changed(self) -> bool:
        """Whether somebody else saved this part since it was read; the next try goes through."""
        now = seen(self.before, self.part)
        if not self.is_bound or self.data.get("version") == now:
            return False
        self.data = {name: self.data[name] for name in self.data} | {"version": now}
        return True

    def differs_from_the_record(self, typed: Mapping[str, str]) -> bool:
        """Whether there is anything to keep: as it stands in the record, nothing was typed."""
        shown = {name: field.initial or "" for name, field in self.fields.items() if name != "version"}
        return any(typed.get(name, words) != words for name, words in shown.items())

    def _built(self, cleaned: Mapping[str, Any]) -> tuple[dict[str, Any], list[int]]:
        """The record with this part as typed, and of each row of it which row of the page it is (-1: none)."""
        content = {column.name: self._read(column.name, column, cleaned) for column in self.part.singles}
        content = {name: value for name, value in content.items() if value is not None}
        places: list[int] = []
        if self.part.rows:
            content[self.part.rows], places = self._built_rows(cleaned)
        if self.part.within:
            return {**self.before, self.part.within: content}, places
        emptied = {column.name: "" for column in self.part.singles}
        return {**self.before, **emptied, **content}, places

    def _built_rows(self, cleaned: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[int]]:
        here = [self._typed_row(index, row, cleaned) for index, row in enumerate(self.shown)]
        end = self.start + self.part.per_page
        others = ((row, -1) for row in self.all_rows[: self.start])
        later = ((row, -1) for row in self.all_rows[end:])
        filled = [
            (row, at) for row, at in (*others, *zip(here, range(len(here)), strict=True), *later) if row.is_filled
        ]
        built = []
        for row, at in filled:
            told = {one.name: self._read(self._name(at, one.name), one, row.values) for one in self.part.columns}
            built.append({name: value for name, value in told.items() if value is not None})
        return built, [at for _row, at in filled]

    def _typed_row(self, index: int, row: Row, cleaned: Mapping[str, Any]) -> Row:
        return row.with_({one.name: cleaned.get(self._name(index, one.name), "") for one in self.part.columns})

    def _read(self, field: str, column: Column, texts: Mapping[str, Any]) -> Any:
        """A field's text as a value; what is no instant is told here, for the record never sees it."""
        try:
            return as_value(str(texts.get(column.name) or ""), column, self.clock)
        except forms.ValidationError as refusal:
            if field in self.fields and not self.has_error(field):
                self.add_error(field, refusal)
            return None

    def _tell(self, fault: ModelFault, places: Sequence[int]) -> None:
        """A fault at its field, unless one is told there already; on top where this page has no such field."""
        field = self._field_of(fault, places)
        words = fault.words if say_how_to_mend(fault.rule) else fault.told
        if field is None or not self.has_error(field):
            self.add_error(field, said(words))

    def _field_of(self, fault: ModelFault, places: Sequence[int]) -> str | None:
        path: Path = fault.path
        if self.part.within and path[:1] == (self.part.within,):
            path = path[1:]
        if fault.rule in _RULES_AT and (not path or isinstance(path[-1], int)):
            path = (*path, _RULES_AT[fault.rule])
        match path:
            case (str(name),) if name in self.fields:
                return name
            case (self.part.rows,) if self.shown:
                return self._name(0, self.part.key)
            case (self.part.rows, int(row), str(column), *_rest) if row < len(places) and places[row] >= 0:
                return self._name(places[row], column)
        return None

    def _name(self, index: int, column: str) -> str:
        return f"{self.part.rows}-{index}-{column}"


def seen(record: Mapping[str, Any], part: Part) -> str:
    """A digest of one part as it stands, so that only who changes the same part is in somebody's way."""
    holder = _holder(record, part)
    names = [*(column.name for column in part.singles), *([part.rows] if part.rows else [])]
    return canonical_digest({name: holder[name] for name in names if holder.get(name)})


def _holder(record: Mapping[str, Any], part: Part) -> Mapping[str, Any]:
    return (record.get(part.within) or {}) if part.within else record


def _rows_in(record: Mapping[str, Any], part: Part) -> Sequence[Mapping[str, Any]]:
    return _holder(record, part).get(part.rows) or ()


def _field(column: Column, initial: str) -> forms.Field:
    """All fields take any text, so that nothing typed is lost; what is wrong with it the record's rules say."""
    common: dict[str, Any] = {"label": column.label, "help_text": column.help, "required": False, "initial": initial}
    if column.choices:
        return forms.ChoiceField(
            choices=[("", "–"), *column.choices], error_messages={"invalid_choice": _("Choose one.")}, **common
        )
    if column.kind == "words":
        rows = forms.Textarea(attrs={"rows": _WORDS_ROWS if column.optional else 4})
        field: forms.CharField = WordsField(max_length=4000, widget=rows, **common)
    else:
        field = forms.CharField(max_length=4000, **common)
    if not column.optional:
        field.widget.attrs["aria-required"] = "true"
    return field


def typed_in(data: Mapping[str, str], form: PartForm) -> Iterator[tuple[str, str]]:
    """What of a posted form a draft keeps, whole; a database keeps no NUL."""
    return ((name, with_line_feeds(data[name]).replace("\0", "")) for name in form.fields if name in data)
