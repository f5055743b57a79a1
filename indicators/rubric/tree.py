"""Reads the tree of an edition: folders and `children:` lists are groups, files and leaves are indicators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import re2

from core.text import Text
from indicators.rubric.condition import Condition
from indicators.rubric.curve_rules import read_curve, read_relative
from indicators.rubric.faults import Faults
from indicators.rubric.fields import Fields
from indicators.rubric.head import Head
from indicators.rubric.model import (
    Alternative,
    Group,
    Indicator,
    Invalid,
    Missing,
    MissingRule,
    TreeNode,
    Weight,
)
from indicators.rubric.rules import (
    read_aggregation,
    read_condition,
    read_minima,
    read_missing,
    read_needs,
    read_weight,
)
from indicators.rubric.yaml_reader import Entries, Value, authored

RUBRIC_FILE = "rubric.yaml"
CASES_FILE = "cases.yaml"
INDEX_FILE = "index.yaml"

_DIGITS = re2.compile(r"[0-9]+|[^0-9]+")
# Told to people and kept for the trace, without effect on any figure.
_DESCRIPTIVE = ("definition", "rationale", "applies_note")


@dataclass(frozen=True, slots=True)
class Parent:
    """What a node must know of the group it stands in."""

    depth: int
    equal: bool  # every child has the same weight, and none is written


@dataclass(frozen=True)
class TreeReader:
    """Reads all nodes below `rubric.yaml`, given the files by their path inside the folder."""

    files: Mapping[str, Value]
    head: Head
    faults: Faults

    def root(self, fields: Fields) -> Group:
        group = self.group(
            fields, id_=self.head.rubric, code=self.head.rubric, weight=Weight(Decimal(1)), folder="", depth=0
        )
        self._report_orphans()
        return group

    # --- groups ----------------------------------------------------------------------------------------------------

    def group(self, fields: Fields, *, id_: str, code: str, weight: Weight, folder: str | None, depth: int) -> Group:
        """`folder` None: a group written inline, which has no files beside it."""
        prefix = "" if id_ == self.head.rubric and folder == "" else f"{id_}."
        parent = Parent(depth, fields.word("weights", "equal") is not None)
        children = [
            self._node(child, id_=prefix + (child.name("id") or "unnamed"), folder=None, parent=parent)
            for child in fields.each("children", "node")
        ]
        if folder is not None:
            children += self._folder_children(fields, folder, parent)
        if not children:
            fields.fault("empty_group", zh=f"“{code}”没有下级。", en=f"“{code}” has no children.")
        aggregation = read_aggregation(fields, default=self.head.aggregation_at(depth))
        needs = read_needs(fields)
        inner = fields.inner("rescale", "rescale")
        rescale = read_relative(inner, span=self.head.span) if inner is not None else None
        weights_sum = read_weight(fields, "weights_sum")
        applies_when = self._condition(fields)
        minima = read_minima(fields)
        at_root = prefix == ""  # whose title and tags are the edition's own
        tags = () if at_root else self._tags(fields)
        if not at_root:
            self._describe(fields)
        title = self.head.title if at_root else fields.bilingual("title")
        written = self._authored(fields, but=("children", "order"))
        fields.done()
        return Group(
            code=code,
            id=id_,
            title=title,
            weight=weight,
            aggregation=aggregation,
            children=tuple(children),
            weights_sum=weights_sum,
            applies_when=applies_when,
            minima=minima,
            tags=tags,
            authored=written,
            where=fields.where,
            needs=needs,
            rescale=rescale,
        )

    def _folder_children(self, fields: Fields, folder: str, parent: Parent) -> list[TreeNode]:
        found: dict[str, TreeNode] = {}
        for name, path in self._paths_below(folder):
            value = self.files[path]
            child = Fields(value, self.faults)
            id_ = path.removesuffix(f"/{INDEX_FILE}").removesuffix(".yaml").replace("/", ".")
            self._id_equals_path(child, id_)
            below = path.removesuffix(INDEX_FILE) if path.endswith(f"/{INDEX_FILE}") else None
            found[name] = self._node(child, id_=id_, folder=below, parent=parent)
        order = fields.names("order")
        if order and (set(order) != set(found) or len(order) != len(found)):
            fields.fault(
                "bad_order",
                at=fields.place("order"),
                zh=f"order 必须恰好列出每个下级一次：{', '.join(sorted(found))}。",
                en=f"order must name each child exactly once: {', '.join(sorted(found))}.",
            )
            order = ()
        if order:
            return [found[name] for name in order]
        return sorted(found.values(), key=lambda node: natural(node.code))

    def _paths_below(self, folder: str) -> Iterable[tuple[str, str]]:
        """Name and path of each direct child: `<name>.yaml`, or `<name>/index.yaml`."""
        for path in sorted(self.files):
            if not path.startswith(folder):
                continue
            parts = path.removeprefix(folder).split("/")
            if len(parts) == 1 and parts[0] not in (INDEX_FILE, RUBRIC_FILE, CASES_FILE):
                yield parts[0].removesuffix(".yaml"), path
            elif len(parts) == 2 and parts[1] == INDEX_FILE:
                yield parts[0], path

    def _id_equals_path(self, child: Fields, id_: str) -> None:
        if "id" not in child:
            return
        written = child.quoted("id")
        if written and written != id_:
            child.fault(
                "id_is_not_path",
                at=child.place("id"),
                zh=f"id 应与路径一致：“{id_}”。",
                en=f"The id must equal the path: “{id_}”.",
            )

    def _report_orphans(self) -> None:
        """A file below a folder without index.yaml belongs to nobody."""
        for path in sorted(self.files):
            parents = path.split("/")[:-1]
            for depth in range(1, len(parents) + 1):
                index = "/".join((*parents[:depth], INDEX_FILE))
                if index not in self.files:
                    self.faults.add(
                        "orphan",
                        self.files[path].where,
                        zh=f"{path} 不属于任何上级：缺少 {index}。",
                        en=f"{path} belongs to no parent: {index} is missing.",
                    )
                    break

    # --- nodes -----------------------------------------------------------------------------------------------------

    def _node(self, fields: Fields, *, id_: str, folder: str | None, parent: Parent) -> TreeNode:
        code = fields.identifier("code", required=False) or id_
        fields.raw("id", "identifier")
        if folder is not None or "children" in fields:
            weight = read_weight(fields) or self._no_weight(fields, code, parent)
            self._equal_weight(fields, parent)
            return self.group(fields, id_=id_, code=code, weight=weight, folder=folder, depth=parent.depth + 1)
        return self.indicator(fields, id_=id_, code=code, parent=parent)

    def _equal_weight(self, fields: Fields, parent: Parent) -> None:
        if parent.equal and fields.peek("weight") is not None:
            fields.fault(
                "weight_beside_equal",
                at=fields.place("weight"),
                zh="上级声明 weights: equal，这里不写 weight。",
                en="The parent says weights: equal, so no weight is given here.",
            )

    def indicator(self, fields: Fields, *, id_: str, code: str, parent: Parent) -> Indicator:
        display = fields.flag("display")
        self._equal_weight(fields, parent)
        weight = read_weight(fields) if not (display and self._zero_weight(fields)) else None
        if weight is None:
            weight = Weight(Decimal(0)) if display else self._no_weight(fields, code, parent)
        elif display:
            fields.fault(
                "display_weight",
                at=fields.place("weight"),
                zh="仅展示的指标没有权重。",
                en="A display-only indicator has no weight.",
            )
        inner = fields.inner("curve", "curve")
        curve = read_curve(inner, span=self.head.span) if inner else None
        if inner is None and not display:
            fields.fault("missing_key", zh=f"“{code}”缺少 curve。", en=f"“{code}” has no curve.")
        missing = MissingRule(Missing.EXCLUDE) if "missing" not in fields and display else read_missing(fields)
        invalid = fields.choice("invalid", Invalid, default=Invalid.ZERO)
        title, measure = fields.bilingual("title"), fields.name("measure")
        applies_when = self._condition(fields)
        reasons = fields.names("not_applicable_reasons")
        minima = read_minima(fields)
        alternatives = self._alternatives(fields)
        tags = self._tags(fields)
        self._describe(fields)
        written = self._authored(fields, but=("alternatives",) if not alternatives else ())
        fields.done()
        return Indicator(
            code=code,
            id=id_,
            title=title,
            measure=measure,
            curve=curve,
            weight=weight,
            missing=missing,
            display=display,
            applies_when=applies_when,
            not_applicable_reasons=reasons,
            minima=minima,
            alternatives=alternatives,
            tags=tags,
            authored=written,
            where=fields.where,
            invalid=invalid,
        )

    def _alternatives(self, fields: Fields) -> tuple[Alternative, ...]:
        others: list[Alternative] = []
        for entry in fields.each("alternatives"):
            inner = entry.inner("curve", "curve")
            curve = read_curve(inner, span=self.head.span) if inner else None
            if inner is None:
                entry.fault("missing_key", zh="替代指标缺少 curve。", en="The alternative has no curve.")
            code = entry.identifier("code") or ""
            title, measure = entry.bilingual("title"), entry.name("measure")
            if curve is not None:
                others.append(Alternative(code, title, measure, curve))
            self._describe(entry)
            entry.done()
        return tuple(others)

    def _describe(self, fields: Fields) -> None:
        """Checks what has no effect on figures: texts, sources, evidence, confidence."""
        for key in _DESCRIPTIVE:
            fields.maybe_bilingual(key)
        fields.word("confidence", "H", "M", "L")
        fields.word("lifecycle", "draft", "stable", "deprecated")
        fields.word("mark", "core", "extended", "display")
        fields.flag("proposal")
        fields.quoted("review_due", required=False)
        if (evidence := fields.inner("evidence")) is not None:
            for key in ("kinds", "formats"):
                evidence.names(key)
            evidence.quoted("window", required=False)
            evidence.maybe_decimal("min_coverage")
            evidence.done()
        for reference in fields.each("references"):
            self._reference(reference)

    def _reference(self, reference: Fields) -> None:
        source = reference.quoted("source", required=False)
        if "title" in reference or source is None:
            reference.bilingual("title")
        if source is None:
            pass
        elif "title" in reference:
            reference.fault(
                "source_and_title",
                at=reference.place("title"),
                zh="source 已有名称，不再写 title。",
                en="A source has its own title; give one or the other.",
            )
        elif source not in self.head.sources:
            reference.fault(
                "unknown_source",
                at=reference.place("source"),
                zh=f"未声明的来源“{source}”。",
                en=f"The source “{source}” is not declared.",
            )
        reference.quoted("clause", required=False)
        reference.maybe_bilingual("says")
        reference.plain("url")
        reference.word("confidence", "H", "M", "L")
        reference.done()

    def _condition(self, fields: Fields) -> Condition | None:
        value = fields.raw("applies_when", "condition")
        return None if value is None else read_condition(value, fields)

    def _tags(self, fields: Fields) -> tuple[str, ...]:
        tags = fields.names("tags")
        known = {tag for tag, _ in self.head.tags}
        for tag in tags:
            if tag not in known:
                fields.fault(
                    "unknown_tag",
                    at=fields.place("tags"),
                    zh=f"未声明的标签“{tag}”。",
                    en=f"The tag “{tag}” is not declared.",
                )
        return tags

    def _zero_weight(self, fields: Fields) -> bool:
        value = fields.raw("weight", "weight")
        return value is None or (not isinstance(value, Entries) and fields.number(value) == 0)

    def _no_weight(self, fields: Fields, code: str, parent: Parent) -> Weight:
        if parent.equal:
            return Weight(Decimal(1))
        fields.fault("missing_key", zh=f"“{code}”缺少 weight。", en=f"“{code}” has no weight.", hint=_EQUAL)
        return Weight(Decimal(1))

    def _authored(self, fields: Fields, *, but: tuple[str, ...]) -> Mapping[str, Any]:
        """The node's own content, with the titles of its sources, for the trace."""
        content: dict[str, Any] = {
            key: authored(value)
            for key in fields.all_keys()
            if key not in but and key not in _HEAD_KEYS and (value := fields.peek(key)) is not None
        }
        for reference in content.get("references") or ():
            if isinstance(reference, dict) and (source := self.head.sources.get(reference.get("source", ""))):
                reference["title"] = source.title.as_json()
                if source.url and "url" not in reference:
                    reference["url"] = source.url
        return content


_EQUAL = Text(zh="或在上级写 weights: equal。", en="Or write weights: equal in the parent.")
# Keys of rubric.yaml that are not rules of the root node.
_HEAD_KEYS = frozenset(
    (
        "schema",
        "rubric",
        "edition",
        "title",
        "standing",
        "summary",
        "semantics",
        "decimals",
        "rounding",
        "lowest_points",
        "highest_points",
        "levels",
        "parameters",
        "measures",
        "classes",
        "grades",
        "quality_caps",
        "limits",
        "peers",
        "tags",
        "sources",
        "id",
        "code",
    )
)


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Order in which CE-1.2 stands before CE-1.10."""
    parts = _DIGITS.findall(text)
    return tuple((0, int(part), "") if part.isascii() and part.isdigit() else (1, 0, part) for part in parts)
