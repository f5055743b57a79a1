"""Which rows of the table a life has taken, read off what it left behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Max, Model

from assessment.models import Act, Dispute, FindingNote, RatingVersion
from assessment.services.chain.table import TRANSITIONS, Of


class Row(NamedTuple):
    """One row of the table, as far as it can be told from another."""

    of: str
    act: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.of} {self.act}: {self.before or 'nothing'} > {self.after}"


EVERY_ROW = tuple(Row(row.of.value, row.act, str(row.before.value), str(row.after.value)) for row in TRANSITIONS)
_AFTER = {(row.of, row.act, row.before): row.after for row in EVERY_ROW}


class Mark(NamedTuple):
    """How far a life had come when chance took over."""

    act: int = 0
    note: int = 0
    version: int = 0


def mark() -> Mark:
    return Mark(*(_newest(model) for model in (Act, FindingNote, RatingVersion)))


def taken_since(here: Mark) -> Counter[Row]:
    return Counter((*_acts(here), *_on_findings(here), *_on_disputes(), *_on_ratings(here)))


def _newest(model: type[Model]) -> int:
    return int(model._default_manager.aggregate(newest=Max("pk"))["newest"] or 0)


def _acts(here: Mark) -> Iterator[Row]:
    acts = Act.objects.filter(pk__gt=here.act).exclude(act="open")
    yield from (Row(*one) for one in acts.values_list("of", "act", "from_state", "to_state"))


def _on_findings(here: Mark) -> Iterator[Row]:
    """From note to note: each finding begins open."""
    now: dict[object, str] = {}
    notes = FindingNote.objects.exclude(act__in=("ask", "reply")).order_by("pk")
    for key, finding, act in notes.values_list("pk", "finding", "act"):
        if act == "raise":
            now[finding] = "open"
            continue
        before, now[finding] = now[finding], _AFTER[Of.FINDING, act, now[finding]]
        if key > here.note:
            yield Row(Of.FINDING.value, act, before, now[finding])


def _on_disputes() -> Iterator[Row]:
    """No life begins with one; its end tells how it came there."""
    acts = {"upheld": "uphold", "dismissed": "dismiss"}
    for state in Dispute.objects.exclude(state="received").values_list("state", flat=True):
        yield Row(Of.DISPUTE.value, "acknowledge", "received", "acknowledged")
        if state in acts:
            yield Row(Of.DISPUTE.value, acts[state], "acknowledged", state)


def _on_ratings(here: Mark) -> Iterator[Row]:
    now: dict[object, str] = {}
    versions = RatingVersion.objects.order_by("pk").values_list("pk", "rating", "act", "state")
    for key, rating, act, state in versions:
        before, now[rating] = now.get(rating, "open"), state
        if key > here.version:
            yield Row(Of.RATING.value, act, before, state)
