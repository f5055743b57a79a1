"""A page of cases from columns, each row the same as `AssessmentSerializer` makes of one case.

Two hundred cases have fifteen hundred acts: a model and a field asked for each of them took most of the time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.utils import timezone

from assessment.api.serializers import result_shown
from assessment.case_selectors import act_rows
from assessment.models import Assessment
from assessment.selectors import summaries_of
from assessment.services.table import allowed_acts

Row = Mapping[str, Any]
_AS_THEY_ARE = ("kind", "procedure", "rating", "notice_days")
_WORDS_OF_ACTS = ("of", "act", "from_state", "to_state", "part")


def cases_listed(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows of `case_rows`, with their acts."""
    acts, allowed, zone = act_rows([row["id"] for row in rows]), cache(_allowed), timezone.get_current_timezone()
    unsummed = [row["result_id"] for row in rows if row["result_id"] and row["result__summary__digest"] is None]
    without = summaries_of(unsummed) if unsummed else {}
    return [
        {
            "id": str(row["id"]),
            "centre": row["centre__slug"],
            **{name: row[name] for name in _AS_THEY_ARE},
            "notice_until": row["notice_until"].isoformat() if row["notice_until"] else None,
            "rubric": row["edition__rubric"],
            "edition": row["edition__edition"],
            "edition_digest": row["edition__digest"],
            "state": row["state"],
            "allowed_acts": allowed(row["state"], *(row[name] for name in _AS_THEY_ARE)),
            "result": _result(row, without),
            "certificate": row["certificate__number"],
            "job": str(row["job_id"]) if row["job_id"] else None,
            "version": row["version"],
            "created_at": _instant(row["created_at"], zone),
            "acts": [_act(act, zone) for act in acts[row["id"]]],
        }
        for row in rows
    ]


def _allowed(state: str, kind: str, procedure: str, rating: str, notice_days: int) -> list[str]:
    """Cases alike are allowed alike."""
    like = Assessment(state=state, kind=kind, procedure=procedure, rating=rating, notice_days=notice_days)
    return list(allowed_acts(state, like))


def _result(row: Row, without: Mapping[int, Any]) -> dict[str, Any] | None:
    if row["result_id"] is None:
        return None
    kept = without.get(row["result_id"])
    said = {name: getattr(kept, name) if kept else row[f"result__summary__{name}"] for name in _SAID}
    return result_shown(row["kind"], **said)


_SAID = ("digest", "verdict", "score", "grade")


def _act(row: Row, zone: dt.tzinfo) -> dict[str, Any]:
    person = row["person"].as_json() if row["person"] else None
    words = {name: row[name] for name in _WORDS_OF_ACTS}
    return words | {"person": person, "reason": row["reason"], "at": _instant(row["at"], zone)}


def _instant(at: dt.datetime, zone: dt.tzinfo) -> str:
    """As the framework's field writes it."""
    said = at.astimezone(zone).isoformat()
    return said.removesuffix("+00:00") + "Z" if said.endswith("+00:00") else said
