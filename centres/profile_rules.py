"""Rules a profile meets when it is handed in; versions kept from before a rule are still read, and never changed.

Who hands one in validates it with `context=HANDED_IN`; without it only the shape of a profile is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, Field, Strict, ValidationInfo
from pydantic_core import PydanticKnownError

from centres.provinces import PROVINCES, no_such_province, province_hint
from core.model_faults import broken_rule
from core.suggestion import meant
from core.text import Text, holds_unseen_characters

HANDED_IN = {"handed_in": True}
# What a profile has at most of rows; `DATA_UPLOAD_MAX_NUMBER_FIELDS` of the settings counts the fields of so many.
MOST_METERS, MOST_MODELS = 500, 100

Whole = Annotated[int, Strict(), Field(gt=0)]  # `true`, "12" and 2.0 are none
Flag = Annotated[bool, Strict()]


def at_most(limit: int) -> AfterValidator:
    """A bound beyond which no facility lies: more is a slip of the pen, or of the unit."""

    def check(value: Any, info: ValidationInfo) -> Any:
        if is_handed_in(info) and value > limit:
            raise PydanticKnownError("less_than_equal", {"le": limit})
        return value

    return AfterValidator(check)


def no_more_than(limit: int) -> AfterValidator:
    """So many rows of a table that one form still shows them all."""

    def check(rows: tuple[Any, ...], info: ValidationInfo) -> tuple[Any, ...]:
        if is_handed_in(info) and len(rows) > limit:
            raise broken_rule(
                "too_many",
                Text(zh=f"最多 {limit} 项，这里有 {len(rows)} 项。", en=f"{limit} at most; these are {len(rows)}."),
                hint=Text(zh="请合并或删去其中几项。", en="Join some of them, or leave some out."),
                at=(limit,),
            )
        return rows

    return AfterValidator(check)


def on_one_line(value: str, info: ValidationInfo) -> str:
    """These words stand on papers, one beside the other."""
    if is_handed_in(info) and holds_unseen_characters(value):
        raise broken_rule(
            "forbidden_character",
            Text(zh="含有控制字符或方向控制符。", en="It holds a control or direction character."),
            hint=Text(zh="请删去该字符，或重新键入这段文字。", en="Leave the character out, or type the words anew."),
        )
    return value


def known_province(value: str, info: ValidationInfo) -> str:
    """Of a profile that is handed in; those of before keep what they were given."""
    return province_there_is(value) if is_handed_in(info) else value


def province_there_is(value: str) -> str:
    """Emission factors, scopes and lists go by the name of a province."""
    if value not in PROVINCES:
        raise broken_rule("unknown_province", no_such_province(value), hint=province_hint(value))
    return value


def fits_into_cards(cards_per_node: int, info: ValidationInfo) -> int:
    cards = info.data.get("cards")
    if is_handed_in(info) and cards is not None and cards_per_node > cards:
        raise broken_rule(
            "node_larger_than_group",
            Text(
                zh=f"每节点 {cards_per_node} 卡，多于全组的 {cards} 卡。",
                en=f"A node of {cards_per_node} cards is more than the {cards} of the whole group.",
            ),
            hint=Text(
                zh="请核对两个数字：cards 为该型号的总卡数。", en="Check both figures: cards counts all of this model."
            ),
        )
    return cards_per_node


def refuse_repeated_meters(ids: Sequence[str]) -> None:
    for place, meter in enumerate(ids):
        if meter in ids[:place]:
            raise broken_rule(
                "meter_twice",
                Text(zh=f"有两块电表的 id 都是 {meter}。", en=f"Two meters share one id, {meter}."),
                hint=Text(zh="请为每块电表取不同的 id。", en="Give each meter an id of its own."),
                at=("meters", place, "id"),
            )


def refuse_unknown_parents(parents: Mapping[str, str | None]) -> None:
    for place, parent in enumerate(parents.values()):
        if parent is not None and parent not in parents:
            raise broken_rule(
                "unknown_parent",
                Text(zh=f"没有上级电表 {parent}。", en=f"There is no parent meter {parent}."),
                hint=meant(parent, parents, otherwise=_PARENT),
                at=("meters", place, "parent"),
            )


def refuse_circles(parents: Mapping[str, str | None]) -> None:
    """A circle has no top, so that none of its meters would count as the facility's."""
    for place, meter in enumerate(parents):
        if meter in _above(meter, parents):
            raise broken_rule(
                "meters_in_a_circle",
                Text(zh=f"电表 {meter} 沿上级又回到了自己。", en=f"The parents of meter {meter} lead back to itself."),
                hint=_TOPMOST,
                at=("meters", place, "parent"),
            )


def is_handed_in(info: ValidationInfo) -> bool:
    return bool((info.context or {}).get("handed_in"))


def _above(meter: str, parents: Mapping[str, str | None]) -> Iterator[str]:
    """The meters above one, nearest first; each once, for a circle has no top."""
    seen: set[str] = set()
    parent = parents[meter]
    while parent is not None and parent not in seen:
        seen.add(parent)
        yield parent
        parent = parents.get(parent)


_PARENT = Text(
    zh="parent 应为档案中另一块电表的 id，或不填。", en="The parent is the id of another meter of the profile, or none."
)
_TOPMOST = Text(zh="最上级的电表（如进线表）不填 parent。", en="The topmost meter, such as the incomer, has no parent.")
