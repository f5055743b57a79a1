"""What surveillance looks at as the page of a certificate shows it: then, since, and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from assessment.case_selectors import works_on
from assessment.documents.content.words import figure_words
from assessment.models import Certificate, Surveillance
from assessment.scoring.major_changes import Aspect
from assessment.selectors import Somebody
from assessment.services.certificates.surveillance import changed_since, watched_of
from core.text import Text
from core.units import unit_words

FIELD = "why-"  # of the form, before the code
_ASPECTS = {
    Aspect.CARDS: Text(zh="加速卡", en="Accelerator cards"),
    Aspect.NAME: Text(zh="中心名称", en="Name of the centre"),
    Aspect.OPERATOR: Text(zh="运营单位", en="Operator"),
    Aspect.SITE: Text(zh="所在地", en="Site"),
    Aspect.CENTRE_CLASS: Text(zh="中心类型", en="Class of the centre"),
}


def watched_shown(certificate: Certificate, typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rows for whoever records a surveillance, with what was typed as a reason."""
    return [
        _figures(one.as_json()) | {"title": one.title, "field": f"{FIELD}{one.code}", "typed": typed.get(one.code, "")}
        for one in watched_of(certificate)
    ]


def reasons_of(posted: Mapping[str, Any]) -> dict[str, str]:
    """By code, what the form gave as reasons."""
    return {name.removeprefix(FIELD): str(words) for name, words in posted.items() if name.startswith(FIELD)}


def changes_shown(certificate: Certificate, user: Somebody) -> list[dict[str, Any]]:
    """Major changes of the facility since the certificate, for whoever sees the inside of the case."""
    if not works_on(user, certificate.assessment):
        return []
    return [_changed(one.as_json()) for one in changed_since(certificate)]


def surveillances_shown(certificate: Certificate, user: Somebody) -> list[dict[str, Any]]:
    """What was found, for whoever sees the inside of the case."""
    if not works_on(user, certificate.assessment):
        return []
    return [_surveillance(one) for one in certificate.surveillances.select_related("made_by")]


def _surveillance(one: Surveillance) -> dict[str, Any]:
    return {
        "at": one.made_at,
        "person": one.made_by.name,
        "rows": [_figures(row) for row in one.figures],
        "changes": [_changed(row) for row in one.changes],
    }


def _changed(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"title": _ASPECTS[Aspect(row["aspect"])], "before": row["before"], "after": row["after"]}


def _figures(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": row["code"],
        "unit": unit_words(row["unit"]),
        "before": _figure(row["before"], row["unit"]),
        "after": _figure(row["after"], row["unit"]),
        "until": row["until"],
        "reason": row.get("reason", ""),
    }


def _figure(value: str | None, unit: str) -> str:
    return "–" if value is None else figure_words(Decimal(value), unit)
