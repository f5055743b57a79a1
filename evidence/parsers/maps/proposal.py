"""A column map proposed from headings and values, for a person to confirm: never applied by itself.

What was found says why; what cannot be told from the file – a unit nobody wrote, the order of day and month, words
without a known meaning – is an open question, and the proposal is no valid map until it is answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.text import Text
from evidence.observations.schema import COUNT, FIGURE, FLAG, INSTANT, TEXT
from evidence.parsers.energy.energy_sheet import is_total
from evidence.parsers.energy.months import month_of
from evidence.parsers.maps.document import CONTRACT
from evidence.parsers.maps.fields import MAPPED_KINDS, Field, fields_of
from evidence.parsers.maps.opening import Opening, is_zoned
from evidence.parsers.maps.plain_values import is_column
from evidence.parsers.maps.synonyms import SYNONYMS
from evidence.parsers.maps.units import Unit, names_of, split_heading, unit_of
from evidence.parsers.tables.headers import folded
from evidence.parsers.tables.scheduler_states import STATES
from evidence.parsers.tables.typed_rows import YES_NO

_INSTANTS = ("instant", "slashed", "digits", "epoch_s", "epoch_ms", "day", "month")
_NUMBERS = ("number", "epoch_s", "epoch_ms")
_FORM_OF_SHAPE = {"digits": "digits", "epoch_s": "epoch_s", "epoch_ms": "epoch_ms"}
_HEADING, _CELL = "heading", "cell"
_NAMELESS = ""


@dataclass(frozen=True, slots=True)
class Told:
    """Why a field is thought to come from a column."""

    field: str
    column: str
    why: Text


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft of a map: a document in the shape of `checking.read_map`, with its reasons and its open questions."""

    document: dict[str, Any]
    told: tuple[Told, ...]
    questions: tuple[Text, ...]
    score: int

    @property
    def kind(self) -> str:
        return str(self.document["kind"])

    def as_json(self) -> dict[str, Any]:
        return {
            "map": self.document,
            "reasons": [{"field": one.field, "column": one.column, "why": one.why.as_json()} for one in self.told],
            "questions": [question.as_json() for question in self.questions],
        }


def propose(opening: Opening, *, kind: str | None = None, timezone: str | None = None) -> list[Proposal]:
    """Drafts for a table, the most likely first; with `kind` the one draft of that kind.

    Args:
        timezone: the zone declared for the file, which counts for instants without one.
    """
    kinds = [kind] if kind else list(MAPPED_KINDS)
    drafts = [_Draft(opening, one, timezone=timezone).proposal() for one in kinds]
    drafts.sort(key=lambda draft: -draft.score)
    return drafts if kind else [draft for draft in drafts if draft.score > 0][:3]


class _Draft:
    def __init__(self, opening: Opening, kind: str, *, timezone: str | None) -> None:
        self._opening = opening
        self._kind = kind
        self._timezone = timezone
        self._fields = fields_of(kind)
        self._split = [split_heading(text) for text in opening.headings]
        # A map names columns by their headings, so one without a usable heading can fill nothing: it is passed over,
        # and a required field it may have held is asked for.
        self._taken: dict[int, str] = {
            index: _NAMELESS for index, text in enumerate(opening.headings) if not is_column(text)
        }
        self._filled: dict[str, dict[str, Any]] = {}
        self._told: list[Told] = []
        self._questions: list[Text] = []
        self._unpivot: dict[str, Any] | None = None
        self._score = 0

    def proposal(self) -> Proposal:
        if self._kind == "energy_readings":
            self._months()
        self._by_heading()
        self._by_value()
        if self._kind in ("energy_readings", "power_samples", "flow_readings"):
            self._meters_as_columns()
        for name, own in self._fields.items():
            if own.required and name not in self._filled:
                self._score -= 4
                self._questions.append(_NO_SOURCE.filled(name=name))
        self._ask_zone()
        return Proposal(self._document(), tuple(self._told), tuple(self._questions), self._score)

    def _document(self) -> dict[str, Any]:
        opening = self._opening
        table: dict[str, Any] = {"header": opening.header} if opening.header != 1 else {}
        if opening.sheet is not None:
            table["sheet"] = opening.sheet
        document: dict[str, Any] = {
            "contract": CONTRACT,
            "map": self._kind.replace("_", "-"),
            "kind": self._kind,
        }
        if table:
            document["table"] = table
        if self._unpivot:
            document["unpivot"] = self._unpivot
        if conditions := self._totals():
            document["filter"] = conditions
        return document | {"fields": {name: self._filled[name] for name in self._fields if name in self._filled}}

    def _by_heading(self) -> None:
        """Exact names first, then names a heading contains; required fields before others."""
        order = sorted(self._fields, key=lambda name: not self._fields[name].required)
        for exact in (True, False):
            for name in order:
                if name in self._filled:
                    continue
                words = SYNONYMS[self._kind].get(name, frozenset())
                for index, (label, _) in enumerate(self._split):
                    if index in self._taken or not self._fits(self._fields[name], index):
                        continue
                    key = folded(label)
                    if (key in words) if exact else any(len(word) > 1 and word in key for word in words):
                        self._score += (3 if exact else 1) * (2 if self._fields[name].required else 1)
                        self._fill(name, index, _BY_NAME if exact else _BY_PART)
                        break

    def _by_value(self) -> None:
        """A required field whose column is the only one left that looks like it."""
        for name, own in self._fields.items():
            if not own.required or name in self._filled or own.type not in (INSTANT, FIGURE, TEXT) or own.words:
                continue
            free = [index for index in range(len(self._split)) if index not in self._taken]
            if own.type == INSTANT:
                fitting = [index for index in free if self._opening.shape(index) in _INSTANTS]
            elif own.type == TEXT:
                fitting = [index for index in free if self._opening.shape(index) == "text"]
            else:
                fitting = [i for i in free if (unit := self._split[i][1]) is not None and own.kept_in(unit)]
            if len(fitting) == 1:
                self._score += 1 if own.type == TEXT else 2
                self._fill(name, fitting[0], _BY_SHAPE)

    def _months(self) -> None:
        """A sheet with months as columns."""
        months = [
            index for index, text in enumerate(self._opening.headings) if month_of(_bare(text), year=None) is not None
        ]
        if len(months) < 2:
            return
        for index in months:
            self._taken[index] = _CELL
        self._score += 6
        self._unpivot = {"columns": "months", "heading": _HEADING, "cell": _CELL}
        for name, form in (("start_at", "month_start"), ("at", "month_end")):
            self._filled[name] = {"column": _HEADING, "form": form}
        unit = next((unit for index in months if (unit := self._split[index][1])), None) or self._unit_above()
        self._filled["value"] = {"column": _CELL} | ({"unit": unit.name} if unit else {})
        self._filled["reading"] = {"constant": "interval"}
        self._told.append(Told("value", self._opening.headings[months[0]], _MONTHS))
        if unit is None:
            self._ask_unit("value", self._fields["value"])

    def _meters_as_columns(self) -> None:
        """One column of instants and a column for each meter or point."""
        series = {"energy_readings": "meter", "power_samples": "series", "flow_readings": "point"}[self._kind]
        value = "power_w" if self._kind == "power_samples" else "value"
        at = self._filled.get("at")
        if self._unpivot or series in self._filled or at is None:
            return
        taken = [index for index, name in self._taken.items() if name == value]
        free = [index for index in range(len(self._split)) if index not in self._taken] + taken
        numbers = sorted(index for index in free if self._opening.shape(index) in _NUMBERS)
        units = [self._split[index][1] for index in numbers]
        known = [unit for unit in units if unit is not None]
        if len(numbers) < 2 or not all(self._fields[value].kept_in(unit) for unit in known):
            return
        self._score += 3 + (3 if known else 0)
        self._unpivot = {"columns": [self._opening.headings[i] for i in numbers], "heading": _HEADING, "cell": _CELL}
        self._filled[series] = {"column": _HEADING}
        self._filled[value] = {"column": _CELL}
        self._told = [one for one in self._told if one.field != value]
        self._told.append(Told(value, self._opening.headings[numbers[0]], _METERS))
        self._questions = [question for question in self._questions if question.zh not in self._unit_questions]
        if len(known) < len(numbers):
            above = self._unit_above()
            if above is not None and not known and self._fields[value].kept_in(above):
                self._filled[value]["unit"] = above.name
            else:
                self._ask_unit(value, self._fields[value])

    def _fits(self, own: Field, index: int) -> bool:
        """Whether a column looks like the field; one without values may be anything."""
        shape, unit = self._opening.shape(index), self._split[index][1]
        if own.type == INSTANT:
            return shape in (*_INSTANTS, "empty")
        if own.type in (FIGURE, COUNT) and not own.levels:
            if unit is not None and (own.kept_in(unit) is None if own.units else unit.dimension != "count"):
                return False
            return shape in (*_NUMBERS, "empty")
        return True

    def _fill(self, name: str, index: int, why: Text) -> None:
        own, heading = self._fields[name], self._opening.headings[index]
        filling: dict[str, Any] = {"column": heading}
        self._taken[index] = name
        self._told.append(Told(name, heading, why))
        if own.units:
            unit = self._split[index][1] or self._unit_above()
            if self._split[index][1] is None and (column := self._unit_column()) is not None:
                filling["unit"] = {"column": column}
            elif unit is None or own.kept_in(unit) is None:
                self._ask_unit(name, own)
            else:
                filling["unit"] = unit.name
        if own.type == INSTANT:
            filling |= self._instant(name, index)
        if own.type == FLAG or own.levels or (own.words and not own.is_state):
            self._ask_words(name, own, index)
        if own.is_state:
            self._ask_states(name, own, index)
        self._filled[name] = filling

    def _instant(self, name: str, index: int) -> dict[str, Any]:
        values, shape = self._opening.column(index), self._opening.shape(index)
        if shape == "month":
            return {"form": "month_start" if name == "start_at" else "month_end"}
        if shape == "slashed":
            return self._slashed(name, values)
        if shape == "day":
            clock = next(
                (i for i in range(len(self._split)) if i not in self._taken and self._opening.shape(i) == "clock"), None
            )
            if clock is not None:
                self._taken[clock] = name
                return {"column": [self._opening.headings[index], self._opening.headings[clock]]}
            return {"form": "day_start" if name in ("start_at", "started_at", "opened_at") else "day_end"}
        form = _FORM_OF_SHAPE.get(shape)
        return {"form": form} if form else {}

    def _slashed(self, name: str, values: Sequence[str]) -> dict[str, Any]:
        pairs = [value.replace("-", "/").replace(".", "/").split("/")[:2] for value in values]
        firsts, seconds = (max((int(pair[n]) for pair in pairs), default=0) for n in (0, 1))
        if firsts > 12 >= seconds:
            return {"form": "day/month/year"}
        if seconds > 12 >= firsts:
            return {"form": "month/day/year"}
        self._questions.append(_DAY_OR_MONTH.filled(name=name, text=values[0][:30]))
        return {}

    def _ask_words(self, name: str, own: Field, index: int) -> None:
        known = own.levels or own.words or YES_NO
        kept = {folded(word) for word in own.words.values()}
        strange = [
            v for v in dict.fromkeys(self._opening.column(index)) if folded(v) not in known and folded(v) not in kept
        ]
        if strange:
            meanings = ", ".join(
                dict.fromkeys(str(word) for word in (own.words or {"yes": "yes", "no": "no"}).values())
            )
            shown = ", ".join(word[:20] for word in strange[:6])
            self._questions.append(_WORDS.filled(name=name, words=shown, known=meanings))

    def _ask_states(self, name: str, own: Field, index: int) -> None:
        values = dict.fromkeys(self._opening.column(index))
        strange = [value for value in values if folded(value) not in own.words and value.upper() not in STATES]
        if strange:
            shown = ", ".join(word[:20] for word in strange[:6])
            known = ", ".join(dict.fromkeys(own.words.values()))
            self._questions.append(_WORDS.filled(name=name, words=shown, known=known))

    _unit_questions: frozenset[str] | set[str] = frozenset()

    def _ask_unit(self, name: str, own: Field) -> None:
        question = _UNIT.filled(name=name, known=", ".join(names_of(own.dimensions)))
        self._unit_questions = {*self._unit_questions, question.zh}
        self._questions.append(question)

    def _ask_zone(self) -> None:
        """Instants without an offset, and no zone declared for the file."""
        if self._timezone:
            return
        for index, name in self._taken.items():
            own = self._fields.get(name)
            bare = own is not None and own.type == INSTANT and not is_zoned(self._opening.column(index))
            if bare and self._opening.shape(index) not in ("epoch_s", "epoch_ms", "empty"):
                self._questions.append(_ZONE)
                return
        if self._unpivot and self._unpivot["columns"] == "months":
            self._questions.append(_ZONE)

    def _unit_above(self) -> Unit | None:
        """The one unit that titles above the table name, such as `单位：kWh`."""
        found = {unit.name: unit for text in self._opening.above if (unit := _unit_in(text)) is not None}
        return next(iter(found.values())) if len(found) == 1 else None

    def _unit_column(self) -> str | None:
        for index, (label, _) in enumerate(self._split):
            if folded(label) in ("单位", "unit", "units", "工程单位", "计量单位"):
                self._taken[index] = "unit"
                return self._opening.headings[index]
        return None

    def _totals(self) -> list[dict[str, Any]]:
        """Rows of totals, which would count twice."""
        for index in range(len(self._opening.headings)):
            totals = [value for value in dict.fromkeys(self._opening.column(index)) if is_total(value)]
            if totals and self._taken.get(index) != _NAMELESS:
                return [{"column": self._opening.headings[index], "is_not": totals}]
        return []


def _bare(heading: str) -> str:
    return split_heading(heading)[0]


def _unit_in(text: str) -> Unit | None:
    _, unit = split_heading(text)
    if unit is not None:
        return unit
    for mark in ("单位：", "单位:", "unit:", "Unit:"):
        if mark in text:
            rest = text.split(mark, 1)[1].strip().split()
            return unit_of(rest[0].rstrip(")）")) if rest else None
    return None


_BY_NAME = Text(zh="列名是该字段的常用名称", en="the heading is a known name of the field")
_BY_PART = Text(zh="列名包含该字段的常用名称", en="the heading contains a known name of the field")
_BY_SHAPE = Text(zh="只有这一列的数值或单位符合", en="its values or its unit fit, and no other column's do")
_MONTHS = Text(
    zh="月份写在列标题上，每格为该月电量", en="months head the columns; each cell is the energy of its month"
)
_METERS = Text(zh="每个表计或测点各占一列", en="each meter or point has a column of its own")
_NO_SOURCE = Text(
    zh="必填字段“{name}”没有找到对应的列，请指定一列或常量。",
    en="No column was found for `{name}`, which every row needs: name one, or a constant.",
)
_UNIT = Text(
    zh="“{name}”的单位没有写明，请选择：{known}。", en="Nothing tells the unit of `{name}`; choose one of {known}."
)
_DAY_OR_MONTH = Text(
    zh="“{name}”的写法（{text}）分不清日与月，请选择 day/month/year 或 month/day/year。",
    en="In `{name}` ({text}) day and month cannot be told apart: choose day/month/year or month/day/year.",
)
_WORDS = Text(
    zh="“{name}”中有含义未知的词语：{words}；请写明各自对应：{known}。",
    en="`{name}` holds words without a known meaning: {words}; say which of {known} each stands for.",
)
_ZONE = Text(
    zh="时间没有写明时区，请写明 timezone，例如 Asia/Shanghai。",
    en="The times carry no zone: write `timezone`, such as Asia/Shanghai.",
)
