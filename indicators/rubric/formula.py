"""A small arithmetic language: read into a tree of our own, of bounded size and depth; never run as code.

Names are measures and parameters. What a formula is worth for a facility is `assessment.scoring.formulas`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import re2

from core.text import Text

LONGEST = 2000
DEEPEST = 40
MOST_PARTS = 300
LONGEST_NUMBER = 40

# How many arguments each function takes.
FUNCTIONS: dict[str, tuple[int, int]] = {
    "min": (1, 50),
    "max": (1, 50),
    "sum": (1, 50),
    "mean": (1, 50),
    "first": (1, 50),
    "abs": (1, 1),
    "sqrt": (1, 1),
    "exp": (1, 1),
    "ln": (1, 1),
    "log": (1, 2),
    "log10": (1, 1),
    "round": (1, 2),
}
COMPARISONS = ("<=", ">=", "==", "!=", "<", ">")
_SPELLINGS = str.maketrans({"×": "*", "÷": "/", "−": "-", "·": "*", "（": "(", "）": ")", "，": ","})
_TOKEN = re2.compile(r"\s*([0-9]+(?:\.[0-9]+)?|[a-z][a-z0-9_]*|\*\*|<=|>=|==|!=|≤|≥|≠|[-+*/^(),<>])")
_ALIASES = {"**": "^", "≤": "<=", "≥": ">=", "≠": "!="}


@dataclass(frozen=True, slots=True)
class Number:
    value: Decimal


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    sign: str  # + - * / ^
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Call:
    function: str  # of FUNCTIONS
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """`if(left sign right, then, otherwise)`; only the branch that counts is worked out."""

    sign: str  # of COMPARISONS
    left: Expression
    right: Expression
    then: Expression
    otherwise: Expression


Expression = Number | Name | Operation | Call | Choice


@dataclass(frozen=True, slots=True)
class Formula:
    """`names` in the order of their first use."""

    text: str
    expression: Expression
    names: tuple[str, ...]


class FormulaFault(Exception):
    """What is wrong with a formula, and at which sign."""

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(en)
        self.message = Text(zh=zh, en=en)


def parse_formula(text: str) -> Formula:
    """Read a formula: `+ - * / ^`, parentheses, `FUNCTIONS`, `if(a < b, x, y)`, numbers and names.

    `^` binds closest and to the right, then a sign in front, then `* /`, then `+ -`.

    Raises:
        FormulaFault: for anything else, and for a formula too long or too deep.
    """
    if len(text) > LONGEST:
        raise FormulaFault(zh=f"公式超过 {LONGEST} 个字符。", en=f"The formula is longer than {LONGEST} characters.")
    reader = _Reader(_tokens(text))
    expression = reader.whole()
    names = dict.fromkeys(one.name for one in walk(expression) if isinstance(one, Name))
    return Formula(text, expression, tuple(names))


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and everything inside, from left to right."""
    yield expression
    for part in parts_of(expression):
        yield from walk(part)


def parts_of(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Operation(left=left, right=right):
            return (left, right)
        case Call(arguments=arguments):
            return arguments
        case Choice(left=left, right=right, then=then, otherwise=otherwise):
            return (left, right, then, otherwise)
    return ()


def _tokens(text: str) -> list[tuple[str, int]]:
    """Each sign and its column; the last is empty."""
    spelled = text.translate(_SPELLINGS)
    tokens: list[tuple[str, int]] = []
    at = 0
    while spelled[at:].strip():
        found = _TOKEN.match(spelled[at:])
        if not found:
            column = at + len(spelled[at:]) - len(spelled[at:].lstrip()) + 1
            raise FormulaFault(
                zh=f"公式第 {column} 个字符处无法读取：“{spelled[column - 1]}”。",
                en=f"The formula cannot be read at character {column}: “{spelled[column - 1]}”.",
            )
        sign = found.group(1)
        tokens.append((_ALIASES.get(sign, sign), at + found.start(1) + 1))
        at += found.end()
    return [*tokens, ("", len(text) + 1)]


class _Reader:
    """Recursive descent over the tokens, one level of binding per method."""

    def __init__(self, tokens: list[tuple[str, int]]) -> None:
        self._signs = tokens
        self._at = 0
        self._depth = 0
        self._parts = 0

    def whole(self) -> Expression:
        expression = self._sum()
        if self._next:
            raise self._unexpected()
        return expression

    @property
    def _next(self) -> str:
        return self._signs[self._at][0]

    def _take(self, *wanted: str) -> str | None:
        if self._next in wanted:
            self._at += 1
            return self._signs[self._at - 1][0]
        return None

    def _require(self, wanted: str) -> None:
        if self._take(wanted) is None:
            raise self._unexpected(wanted)

    def _unexpected(self, wanted: str = "") -> FormulaFault:
        sign, column = self._signs[self._at]
        found_zh, found_en = (f"“{sign}”", f"“{sign}”") if sign else ("结尾", "the end")
        expected_zh, expected_en = (f"，应为“{wanted}”", f"; “{wanted}” is expected") if wanted else ("", "")
        return FormulaFault(
            zh=f"公式第 {column} 个字符处不应为{found_zh}{expected_zh}。",
            en=f"The formula has {found_en} at character {column}{expected_en}.",
        )

    def _sum(self) -> Expression:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FormulaFault(zh=f"公式嵌套超过 {DEEPEST} 层。", en=f"The formula is nested deeper than {DEEPEST}.")
        left = self._product()
        while (sign := self._take("+", "-")) is not None:
            left = self._made(Operation(sign, left, self._product()))
        self._depth -= 1
        return left

    def _product(self) -> Expression:
        left = self._signed()
        while (sign := self._take("*", "/")) is not None:
            left = self._made(Operation(sign, left, self._signed()))
        return left

    def _signed(self) -> Expression:
        signs = 0
        while (sign := self._take("+", "-")) is not None:
            signs += sign == "-"
        power = self._power()
        return self._made(Operation("-", Number(Decimal(0)), power)) if signs % 2 else power

    def _power(self) -> Expression:
        base = self._atom()
        if self._take("^") is None:
            return base
        self._depth += 1
        if self._depth > DEEPEST:
            raise FormulaFault(zh=f"公式嵌套超过 {DEEPEST} 层。", en=f"The formula is nested deeper than {DEEPEST}.")
        exponent = self._signed()
        self._depth -= 1
        return self._made(Operation("^", base, exponent))

    def _atom(self) -> Expression:
        sign = self._next
        if self._take("(") is not None:
            inside = self._sum()
            self._require(")")
            return inside
        if sign[:1].isdigit() and len(sign) <= LONGEST_NUMBER:
            self._at += 1
            return self._made(Number(Decimal(sign)))
        if not sign[:1].isalpha():
            raise self._unexpected()
        self._at += 1
        if self._next != "(":
            return self._made(Name(sign))
        return self._made(self._choice() if sign == "if" else self._call(sign))

    def _call(self, function: str) -> Expression:
        if function not in FUNCTIONS:
            words = ", ".join((*FUNCTIONS, "if"))
            raise FormulaFault(
                zh=f"没有函数“{function}”；可用：{words}。", en=f"There is no function “{function}”; known: {words}."
            )
        self._require("(")
        arguments = [self._sum()]
        while self._take(",") is not None:
            arguments.append(self._sum())
        self._require(")")
        fewest, most = FUNCTIONS[function]
        if not fewest <= len(arguments) <= most:
            raise FormulaFault(
                zh=f"函数“{function}”需要 {fewest} 到 {most} 个参数，得到 {len(arguments)} 个。",
                en=f"“{function}” takes {fewest} to {most} arguments and is given {len(arguments)}.",
            )
        return Call(function, tuple(arguments))

    def _choice(self) -> Expression:
        self._require("(")
        left = self._sum()
        sign = self._take(*COMPARISONS)
        if sign is None:
            raise self._unexpected("<")
        right = self._sum()
        self._require(",")
        then = self._sum()
        self._require(",")
        otherwise = self._sum()
        self._require(")")
        return Choice(sign, left, right, then, otherwise)

    def _made(self, expression: Expression) -> Expression:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise FormulaFault(
                zh=f"公式超过 {MOST_PARTS} 个部分。", en=f"The formula has more than {MOST_PARTS} parts."
            )
        return expression
