"""Reads one mapping of a rubric file key by key, noting every fault instead of stopping at the first.

Each method returns a usable stand-in after a fault, so that reading goes on and the author gets one list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

import re2

from core.errors import InputError
from core.provenance import Where
from core.quantity import PLAIN_NUMBER, read_number
from core.suggestion import meant
from core.text import Text
from indicators.rubric.faults import Faults
from indicators.rubric.formula import Formula, FormulaFault, Number, parse_formula
from indicators.rubric.yaml_reader import Entries, Items, Scalar, Value

Choice = TypeVar("Choice", bound=StrEnum)

_NAME = re2.compile(r"[a-z][a-z0-9_]*")
_ID = re2.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")


NO_FORMULA = Formula("0", Number(Decimal(0)), ())


@dataclass(frozen=True, slots=True)
class Span:
    """From the lowest to the highest points of a rubric."""

    lowest: Decimal
    highest: Decimal

    def check(self, fields: Fields, points: Decimal, *, at: Where) -> Decimal:
        """The same points, after noting a fault when they lie outside."""
        if not self.lowest <= points <= self.highest:
            fields.fault(
                "points_out_of_range",
                at=at,
                zh=f"分值 {points} 不在 {self.lowest} 到 {self.highest} 之间。",
                en=f"{points} points are not between {self.lowest} and {self.highest}.",
                hint=Text(
                    zh="分值的范围由 rubric.yaml 的 lowest_points 和 highest_points 给出。",
                    en="`lowest_points` and `highest_points` of rubric.yaml say what points run from and to.",
                ),
            )
        return points


class Fields:
    """The keys of one mapping; `done()` reports those nobody asked for."""

    def __init__(self, value: Value, faults: Faults) -> None:
        self.faults = faults
        self.where: Where = value.where
        self._entries: Entries = value if isinstance(value, Entries) else Entries({}, {}, value.where)
        self._asked: set[str] = set()
        if not isinstance(value, Entries):
            self.fault("not_a_mapping", zh="这里应为键值对。", en="A mapping is expected here.")

    def fault(self, code: str, *, zh: str, en: str, at: Where | None = None, hint: Text | None = None) -> None:
        self.faults.add(code, at or self.where, zh=zh, en=en, hint=hint)

    def done(self) -> None:
        known = ", ".join(sorted(self._asked))
        for key, where in self._entries.keys.items():
            if key not in self._asked:
                self.fault(
                    "unknown_key",
                    at=where,
                    zh=f"未知的键“{key}”。",
                    en=f"Unknown key “{key}”.",
                    hint=meant(
                        key, self._asked, otherwise=Text(zh=f"此处可用的键：{known}。", en=f"Keys known here: {known}.")
                    ),
                )

    def __contains__(self, key: str) -> bool:
        return key in self._entries.entries

    def all_keys(self) -> tuple[str, ...]:
        return tuple(self._entries.entries)

    def place(self, key: str) -> Where:
        return self._entries.keys.get(key, self.where)

    def raw(self, key: str, kind: str) -> Value | None:
        """The value, or None where the key is absent or empty; the key is now known.

        Args:
            kind: what may stand there, by its name in `schema.DEFINITIONS`.
        """
        return self._ask(key)

    def _ask(self, key: str) -> Value | None:
        self._asked.add(key)
        return self.peek(key)

    def peek(self, key: str) -> Value | None:
        """As `raw`, without making the key a known one."""
        value = self._entries.entries.get(key)
        return None if value is None or (isinstance(value, Scalar) and value.value is None) else value

    def has_null(self, key: str) -> bool:
        value = self._entries.entries.get(key)
        return isinstance(value, Scalar) and value.value is None

    # --- required and optional values of each type ---------------------------------------------------------------

    def _required(self, key: str) -> Value | None:
        value = self._ask(key)
        if value is None:
            self.fault(
                "missing_key",
                at=self.place(key),
                zh=f"缺少键“{key}”。",
                en=f"The key “{key}” is missing.",
            )
        return value

    def name(self, key: str, *, default: str | None = None) -> str:
        """A snake_case word such as the name of a measure or an attribute."""
        value = self._ask(key) if default is not None else self._required(key)
        if value is None:
            return default or ""
        text = self._text_of(value, key)
        if text and not _NAME.fullmatch(text):
            self.fault(
                "bad_name",
                at=value.where,
                zh=f"“{text}”不是名称（小写字母、数字、下划线）。",
                en=f"“{text}” is not a name (lower-case letters, digits, underscores).",
            )
        return text

    def names(self, key: str) -> tuple[str, ...]:
        return tuple(self._text_of(value, key) for value in self.items(key, "text"))

    def quoted(self, key: str, *, required: bool = True) -> str | None:
        """Text that must stand in quotes, so that no YAML reader can change it."""
        value = self._required(key) if required else self._ask(key)
        if value is None:
            return "" if required else None
        if not isinstance(value, Scalar) or not isinstance(value.value, str) or not value.quoted:
            self.fault(
                "not_quoted_text",
                at=value.where,
                zh=f"“{key}”必须是带引号的文本。",
                en=f"“{key}” must be quoted text.",
                hint=_in_quotes(key, value),
            )
            # What was meant is known: no fault follows from the missing quotes.
            return value.value if isinstance(value, Scalar) and isinstance(value.value, str) else ""
        return value.value

    def identifier(self, key: str, *, required: bool = True) -> str | None:
        before = len(self.faults)
        text = self.quoted(key, required=required)
        if text is not None and len(self.faults) == before and not _ID.fullmatch(text):
            self.fault(
                "bad_identifier",
                at=self.place(key),
                zh=f"“{text}”不能用作标识。",
                en=f"“{text}” cannot be an identifier.",
            )
        return text

    def plain(self, key: str) -> str | None:
        """Optional text, quoted or not."""
        value = self._ask(key)
        return None if value is None else self._text_of(value, key)

    def bilingual(self, key: str) -> Text:
        value = self._required(key)
        return Text(zh="", en="") if value is None else self.text(value)

    def maybe_bilingual(self, key: str) -> Text | None:
        value = self._ask(key)
        return None if value is None else self.text(value)

    def text(self, value: Value) -> Text:
        """`{zh: …, en: …}`; one language without the other is a fault."""
        if not isinstance(value, Entries):
            self.fault(
                "missing_translation",
                at=value.where,
                zh="文本需要 zh 和 en 两种语言。",
                en="A text needs both languages, zh and en.",
            )
            return Text(zh="", en="")
        own = Fields(value, self.faults)
        said: dict[str, str] = {}
        for language in ("zh", "en"):
            part = own._ask(language)
            said[language] = own._text_of(part, language).strip() if part is not None else ""
            if not said[language]:
                self.fault(
                    "missing_translation",
                    at=value.where,
                    zh=f"缺少 {language} 译文。",
                    en=f"The {language} translation is missing.",
                )
        own.done()
        return Text(**said)

    def decimal(self, key: str, *, default: Decimal | None = None) -> Decimal:
        value = self._ask(key) if default is not None else self._required(key)
        return (default if default is not None else Decimal(0)) if value is None else self.number(value)

    def maybe_decimal(self, key: str) -> Decimal | None:
        value = self._ask(key)
        return None if value is None else self.number(value)

    def number(self, value: Value) -> Decimal:
        if isinstance(value, Scalar):
            if isinstance(value.value, Decimal):
                return value.value
            if isinstance(value.value, str) and value.quoted:
                try:
                    return read_number(value.value)
                except InputError as error:
                    self.fault(error.code, at=value.where, zh=error.message.zh, en=error.message.en, hint=error.hint)
                    return Decimal(0)
        self.fault(
            "not_a_number", at=value.where, zh="这里应为数字。", en="A number is expected here.", hint=PLAIN_NUMBER
        )
        return Decimal(0)

    def count(self, key: str, *, default: int, most: int = 1000) -> int:
        value = self._ask(key)
        if value is None:
            return default
        number = self.number(value)
        if number != number.to_integral_value() or not 0 <= number <= most:
            self.fault(
                "not_a_count",
                at=value.where,
                zh=f"“{key}”应为 0 到 {most} 的整数。",
                en=f"“{key}” must be a whole number from 0 to {most}.",
            )
            return default
        return int(number)

    def flag(self, key: str, *, default: bool = False) -> bool:
        value = self._ask(key)
        if value is None:
            return default
        if isinstance(value, Scalar) and isinstance(value.value, bool):
            return value.value
        self.fault(
            "not_a_truth_value", at=value.where, zh=f"“{key}”应为 true 或 false。", en=f"“{key}” must be true or false."
        )
        return default

    def choice(self, key: str, kind: type[Choice], *, default: Choice | None = None) -> Choice:
        value = self._ask(key) if default is not None else self._required(key)
        fallback = default if default is not None else next(iter(kind))
        if value is None:
            return fallback
        try:
            return kind(self._text_of(value, key))
        except ValueError:
            self._unknown_choice(key, value, tuple(kind))
            return fallback

    def word(self, key: str, *choices: str) -> str | None:
        """Optional: one of these words."""
        value = self._ask(key)
        if value is None:
            return None
        word = self._text_of(value, key)
        if word not in choices:
            self._unknown_choice(key, value, choices)
        return word

    def _unknown_choice(self, key: str, value: Value, choices: tuple[str, ...]) -> None:
        words, written = ", ".join(choices), value.value if isinstance(value, Scalar) else None
        self.fault(
            "unknown_choice",
            at=value.where,
            zh=f"“{key}”只能是：{words}。",
            en=f"“{key}” must be one of: {words}.",
            hint=meant(written, choices) if isinstance(written, str) else None,
        )

    def formula(self, key: str) -> Formula:
        """A formula in quotes; see `formula.parse_formula`."""
        value = self._required(key)
        text = "" if value is None else self._text_of(value, key)
        if value is None or not text:
            return NO_FORMULA
        try:
            return parse_formula(text)
        except FormulaFault as error:
            self.fault("bad_formula", at=value.where, zh=error.message.zh, en=error.message.en)
            return NO_FORMULA

    def items(self, key: str, kind: str = "anything") -> tuple[Value, ...]:
        value = self._ask(key)
        if value is None:
            return ()
        if not isinstance(value, Items):
            self.fault("not_a_list", at=value.where, zh=f"“{key}”应为列表。", en=f"“{key}” must be a list.")
            return ()
        return value.items

    def each(self, key: str, kind: str | None = None) -> Iterator[Fields]:
        """The mappings of a list; a `kind` of `schema.DEFINITIONS` stands for what every one of them may hold."""
        for value in self.items(key):
            yield Fields(value, self.faults)

    def by_name(self, key: str) -> Iterator[tuple[str, Fields]]:
        """The mappings of a mapping whose keys are names the author gives; an empty one is a fault."""
        own = self.inner(key)
        for name in own.all_keys() if own is not None else ():
            assert own is not None  # noqa: S101 – else there are no names
            entry = own.inner(name)
            if entry is None:
                own.fault("missing_key", at=own.place(name), zh=f"“{name}”为空。", en=f"“{name}” is empty.")
            else:
                entry.where = own.place(name)
                yield name, entry

    def inner(self, key: str, kind: str | None = None) -> Fields | None:
        """A mapping below this one, or None; a `kind` of `schema.DEFINITIONS` stands for what it may hold."""
        value = self._ask(key)
        return None if value is None else Fields(value, self.faults)

    def _text_of(self, value: Value, key: str) -> str:
        if isinstance(value, Scalar) and isinstance(value.value, str):
            return value.value
        self.fault(
            "not_text",
            at=value.where,
            zh=f"“{key}”应为文本。",
            en=f"“{key}” must be text.",
            hint=Text(zh="请加引号。", en="Quote it."),
        )
        return ""


def _in_quotes(key: str, value: Value) -> Text:
    """What was written, as it should be; an example where it was no word at all."""
    written = value.value if isinstance(value, Scalar) and value.value is not None else None
    example = f'{key}: "{written}"' if isinstance(written, str) and '"' not in written else f'{key}: "2026.10"'
    return Text(zh=f"例如 {example}。", en=f"For example {example}.")
