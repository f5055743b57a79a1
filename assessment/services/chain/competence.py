"""Competence by pillar (ISO/IEC 17065, 6.1): asked for when work is given out, when it is done, and when it ends."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from centres.models import Person
from centres.selectors import competent_pillars
from core.errors import DecisionBlocked
from core.text import Text


def require_competent(assessor: Person, pillars: Iterable[str]) -> None:
    """Raises:
    DecisionBlocked: `not_competent` naming the pillars.
    """
    lacking = sorted(set(pillars) - competent_pillars(assessor, on=timezone.localdate()))
    if lacking:
        raise DecisionBlocked(
            "not_competent",
            Text(
                zh=f"{assessor.name.zh}在 {'、'.join(lacking)} 方面没有有效的能力确认。",
                en=f"{assessor.name.en} has no competence in force for {', '.join(lacking)}.",
            ),
            hint=Text(
                zh="请先由管理员确认其能力，或由受理人员改派他人。",
                en="An administrator records competence first, or a registrar assigns somebody else.",
            ),
        )
