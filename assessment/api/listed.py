"""Pages of cases and of certificates from columns, each row the same as the serializer makes of one of them.

Two hundred cases have fifteen hundred acts: a model and a field asked for each of them took most of the time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any

from django.utils import timezone

from assessment.api.serializers import UNTOLD, result_shown
from assessment.case_selectors import act_rows
from assessment.certificate_selectors import standing_on
from assessment.models import Assessment, Certificate
from assessment.result_selectors import summaries_of
from assessment.services.chain.table import Of, allowed_acts

Row = Mapping[str, Any]
_AS_THEY_ARE = ("kind", "procedure", "rating", "notice_days", "concurrence_due")
_ON_CERTIFICATES = ("name_zh", "name_en", "digest", "inputs_digest", "score", "grade")
_WORDS_OF_ACTS = ("of", "act", "from_state", "to_state", "part")


def cases_listed(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows of `case_rows`, with their acts; who acted and why stands in those whose inside the reader sees."""
    acts, allowed, zone = act_rows([row["id"] for row in rows]), cache(_allowed), timezone.get_current_timezone()
    without = _without_summary(rows)
    return [
        {
            "id": str(row["id"]),
            "centre": row["centre__slug"],
            **{name: row[name] for name in _AS_THEY_ARE},
            "notice_until": _day(row["notice_until"]),
            **{name: row[name] for name in ("scheme_type", "two_deciders_from")},
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
            "acts": [_act(act, zone, told=row["inside"]) for act in acts[row["id"]]],
        }
        for row in rows
    ]


def certificates_listed(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows of `certificate_rows`."""
    without, allowed = _without_summary(rows), cache(partial(_allowed, of=Of.CERTIFICATE))
    today = timezone.localdate()
    return [
        {
            "number": row["number"],
            "standing": standing.value,
            "centre": row["assessment__centre__slug"],
            "name": {"zh": kept["name_zh"], "en": kept["name_en"]},
            "scheme_type": row["assessment__scheme_type"],
            "rubric": row["assessment__edition__rubric"],
            "edition": row["assessment__edition__edition"],
            "edition_digest": row["assessment__edition__digest"],
            "grade": kept["grade"],
            "score": kept["score"] or "",
            "result_digest": kept["digest"],
            "inputs_digest": kept["inputs_digest"],
            **{name: _day(row[name]) for name in ("issued_on", "valid_until", "surveillance_due_on", "withdrawal_on")},
            "replaces": row["replaces_id"],
            "allowed_acts": allowed(
                standing.value,
                *(row[f"assessment__{name}"] for name in _AS_THEY_ARE),
                upheld_on=row["upheld_on"],
                valid_until=row["valid_until"] if row["upheld_on"] else None,  # asked of no other: they stay alike
            ),
            "pdf_sha256": row["pdf_sha256"],
            "job": str(row["job_id"]) if row["job_id"] else None,
        }
        for row in rows
        for standing in (standing_on(today, state=row["state"], valid_until=row["valid_until"]),)
        for kept in (_summary(row, without, _ON_CERTIFICATES),)
    ]


def _allowed(
    state: str,
    kind: str,
    procedure: str,
    rating: str,
    notice_days: int,
    due: bool,
    *,
    of: Of = Of.ASSESSMENT,
    upheld_on: dt.date | None = None,
    valid_until: dt.date | None = None,
) -> list[str]:
    """Cases alike are allowed alike."""
    like = Assessment(kind=kind, procedure=procedure, rating=rating, notice_days=notice_days, concurrence_due=due)
    if of is Of.CERTIFICATE:
        term = {"valid_until": valid_until} if valid_until else {}
        Certificate(assessment=like, upheld_on=upheld_on, **term)  # which the case then has
    return list(allowed_acts(state, like, of=of))


def _without_summary(rows: Sequence[Row]) -> Mapping[int, Any]:
    """Summaries of the results that were kept without one, made of their trees."""
    unsummed = [row["result_id"] for row in rows if row["result_id"] and row["result__summary__digest"] is None]
    return summaries_of(unsummed) if unsummed else {}


def _summary(row: Row, without: Mapping[int, Any], names: Iterable[str]) -> dict[str, Any]:
    kept = without.get(row["result_id"])
    return {name: getattr(kept, name) if kept else row[f"result__summary__{name}"] for name in names}


def _result(row: Row, without: Mapping[int, Any]) -> dict[str, Any] | None:
    if row["result_id"] is None:
        return None
    return result_shown(row["kind"], **_summary(row, without, ("digest", "verdict", "score", "grade")))


def _act(row: Row, zone: dt.tzinfo, *, told: bool) -> dict[str, Any]:
    words = {name: row[name] for name in _WORDS_OF_ACTS}
    person = row["person"].as_json() if row["person"] else None
    said = {"person": person, "reason": row["reason"]} if told else UNTOLD
    return {**words, **said, "at": _instant(row["at"], zone)}


def _day(on: dt.date | None) -> str | None:
    return on.isoformat() if on else None


def _instant(at: dt.datetime, zone: dt.tzinfo) -> str:
    """As the framework's field writes it."""
    said = at.astimezone(zone).isoformat()
    return said.removesuffix("+00:00") + "Z" if said.endswith("+00:00") else said
