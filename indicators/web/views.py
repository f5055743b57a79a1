"""The published rubric: its editions, and one edition with tree, weights, anchors and sources."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core.quantity import shortest
from core.text import Text
from indicators.models import Edition as StoredEdition
from indicators.rubric.loader import edition_of_content
from indicators.rubric.model import CentreClassRule, Edition, Group, Indicator, TreeNode, Weight
from indicators.rubric.words import (
    CurveWords,
    Reference,
    aggregation_words,
    curve_words,
    minimum_words,
    missing_words,
    references,
)
from indicators.selectors import editions


@dataclass(frozen=True, slots=True)
class WeightShown:
    title: Text
    words: str


@dataclass(frozen=True, slots=True)
class NodeShown:
    """A node of the tree as its row says it."""

    code: str
    title: Text
    weights: tuple[WeightShown, ...]
    display: bool = False
    definition: Any = None
    unit: str = ""
    curve: CurveWords | None = None
    anchors: tuple[tuple[Decimal, Decimal], ...] = ()
    minima: tuple[Text, ...] = ()
    missing: Text | None = None
    references: tuple[Reference, ...] = ()
    children: tuple[NodeShown, ...] = ()

    @property
    def weight(self) -> Text:
        """One figure where all classes weigh alike, else each class's with its name."""
        figures = [weight.words for weight in self.weights]
        if len(set(figures)) == 1:
            return Text(zh=figures[0], en=figures[0])
        return Text(
            zh=" · ".join(f"{weight.title.zh} {weight.words}" for weight in self.weights),
            en=" · ".join(f"{weight.title.en} {weight.words}" for weight in self.weights),
        )


@require_GET
def rubrics(request: HttpRequest) -> HttpResponse:
    return render(request, "indicators/rubrics.html", {"editions": editions()})


@require_GET
def rubric(request: HttpRequest, rubric: str, edition: str) -> HttpResponse:
    stored = get_object_or_404(editions(), rubric=rubric, edition=edition)
    tree = read(stored)
    classes = _weighed_classes(tree)
    pillars = [_shown(child, tree, classes) for child in tree.root.children]
    context = {
        "edition": tree,
        "classes": classes,
        "pillars": pillars,
        "root": {"aggregation": aggregation_words(tree.root.authored)},
        "crumbs": [
            {"words": Text(zh="评分细则", en="Rubric"), "address": reverse("indicators:rubrics")},
            {"words": f"{tree.rubric}/{tree.edition}", "address": ""},
        ],
    }
    return render(request, "indicators/rubric.html", context)


def read(stored: StoredEdition) -> Edition:
    """The typed tree of a stored edition; read once per process, as published editions never change."""
    return _read(stored.digest)


@lru_cache(maxsize=8)
def _read(digest: str) -> Edition:
    return edition_of_content(StoredEdition.objects.get(digest=digest).content)


def _weighed_classes(edition: Edition) -> tuple[CentreClassRule, ...]:
    """Classes with a weight of their own; a mixed one is computed from two of them."""
    if edition.classes is None:
        return (CentreClassRule("", Text(zh="权重", en="Weight")),)
    return tuple(rule for rule in edition.classes.classes if rule.mixes is None)


def _shown(node: TreeNode, edition: Edition, classes: tuple[CentreClassRule, ...]) -> NodeShown:
    weights = tuple(WeightShown(rule.title, _weight(node.weight, rule.id)) for rule in classes)
    if isinstance(node, Group):
        children = tuple(_shown(child, edition, classes) for child in node.children)
        return NodeShown(node.code, node.title, weights, minima=minimum_words(node.authored), children=children)
    return _indicator(node, edition, weights)


def _indicator(node: Indicator, edition: Edition, weights: tuple[WeightShown, ...]) -> NodeShown:
    curve = curve_words(node.authored)
    declared = edition.measures.get(node.measure)
    return NodeShown(
        node.code,
        node.title,
        weights,
        display=node.display,
        definition=node.authored.get("definition"),
        unit=declared.unit if declared else "",
        curve=curve,
        anchors=curve.anchors if curve else (),
        minima=minimum_words(node.authored),
        missing=missing_words(node.authored),
        references=references(node.authored),
    )


def _weight(weight: Weight, class_id: str) -> str:
    value = weight.everywhere if weight.everywhere is not None else weight.by_class.get(class_id)
    return "–" if value is None or value == 0 else shortest(value)
