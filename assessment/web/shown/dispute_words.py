"""What pages call the kind and state of a dispute."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from assessment.models import Dispute, DisputeKind, DisputeState
from core.text import Text

KINDS: dict[str, Text] = {
    DisputeKind.COMPLAINT: Text(zh="投诉", en="complaint"),
    DisputeKind.APPEAL: Text(zh="申诉", en="appeal"),
    DisputeKind.OBJECTION: Text(zh="异议", en="objection"),
}
STATES: dict[str, Text] = {
    DisputeState.RECEIVED: Text(zh="待受理", en="received"),
    DisputeState.ACKNOWLEDGED: Text(zh="已受理", en="acknowledged"),
    DisputeState.UPHELD: Text(zh="成立", en="upheld"),
    DisputeState.DISMISSED: Text(zh="不成立", en="dismissed"),
}
OVER = (DisputeState.UPHELD, DisputeState.DISMISSED)


def dispute_row(item: Dispute) -> dict[str, Any]:
    """A dispute with its words, as lists and its own page show it."""
    return {
        "item": item,
        "address": reverse("assessment:dispute", args=[item.pk]),
        "centre": item.assessment.centre.name,
        "kind": KINDS[item.kind],
        "state": STATES[item.state],
    }
