"""What a rubric's author should look at, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.quantity import shortest
from core.text import Text


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to look at: which nodes, and why."""

    code: str
    nodes: tuple[str, ...]
    message: Text

    @classmethod
    def of(cls, code: str, nodes: Mapping[str, Text], **figures: object) -> Remark:
        """A remark from the table below; `{first}`, `{second}` are the nodes by title and code."""
        named = {
            place: Text(zh=f"{title.zh}（{node}）", en=f"{title.en} ({node})")
            for place, (node, title) in zip(("first", "second"), nodes.items(), strict=False)
        }
        words = _WORDS[code]
        said = {
            language: getattr(words, language).format(
                **{place: getattr(name, language) for place, name in named.items()},
                **{key: shortest(value) if isinstance(value, Decimal) else value for key, value in figures.items()},
            )
            for language in ("zh", "en")
        }
        return cls(code, tuple(nodes), Text(**said))


_WORDS = {
    "few_facilities": Text(
        zh="只有 {count} 个机构，不足 {fewest} 个；以下数字只供参考，不作判断。",
        en="There are {count} facilities, fewer than {fewest}; the figures show, they do not judge.",
    ),
    "redundant": Text(
        zh="{first}与{second}说的是同一件事：r = {r}。可考虑合并，或各减权重。",
        en="{first} and {second} say the same: r = {r}. Think of joining them, or of halving their weights.",
    ),
    "opposed": Text(
        zh="{first}与其上级{second}方向相反：r = {r}。请核对曲线方向；若确属取舍，请在说明中写明。",
        en="{first} pulls against its parent {second}: r = {r}. Check the direction of its curve; "
        "if it is a true trade-off, say so in the rationale.",
    ),
    "constant": Text(
        zh="{first}对所有机构都是 {points} 分，不能区分任何机构。",
        en="{first} is {points} points for everybody and tells nobody apart.",
    ),
    "mostly_missing": Text(
        zh="{first}只在 {share} % 的适用机构有测量值，其余为缺失处理的分数。",
        en="{first} is measured in {share} % of the facilities it applies to; elsewhere the missing policy speaks.",
    ),
    "heavier_than_declared": Text(
        zh="{first}名义权重占 {nominal} %，实际解释总分差异的 {effective} %：作用比规定的大。",
        en="{first} is declared to weigh {nominal} % and explains {effective} % of the differences in the total: "
        "more than declared.",
    ),
    "lighter_than_declared": Text(
        zh="{first}名义权重占 {nominal} %，实际只解释总分差异的 {effective} %：作用比规定的小。",
        en="{first} is declared to weigh {nominal} % and explains {effective} % of the differences in the total: "
        "less than declared.",
    ),
    "incoherent": Text(
        zh="{first}的各部分不一致（Cronbach α = {alpha}）：平均分掩盖了差异，请同时公布各部分。",
        en="The parts of {first} do not go together (Cronbach's α = {alpha}): a mean hides them, so show the parts.",
    ),
    "repetitive": Text(
        zh="{first}的各部分几乎重复（Cronbach α = {alpha}）：较少的指标即可说明同样的事。",
        en="The parts of {first} repeat each other (Cronbach's α = {alpha}): fewer of them would say as much.",
    ),
}
