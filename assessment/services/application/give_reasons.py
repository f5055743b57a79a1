"""The centre says why figures that cross a published bound are right all the same; what waits for it to say so."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from assessment.flag_selectors import Question, is_required, may_be_answered, questions_of
from assessment.models import Assessment, FlagReason, Part
from assessment.result_selectors import newest_screening
from assessment.services.chain import separation, transitions
from assessment.services.chain.wrong_state import wrong_state
from centres.models import Person
from core.errors import DecisionBlocked, InputError
from core.provenance import Where
from core.text import Text
from operations import audit


@transaction.atomic
def give_reasons(assessment: Assessment, said: Iterable[tuple[str, str]], *, person: Person) -> tuple[FlagReason, ...]:
    """Add reasons to open flags of the submission; neither flag nor score changes by them.

    Args:
        said: key of a flag and words, in order; words that are the last ones there already are not added again.

    Raises:
        PermissionDenied: not of this centre.
        DecisionBlocked: `separation_of_duties`; `wrong_state`, once the evaluation is over.
        InputError: `unknown_flag`, where the submission has no such open flag.
    """
    assessment = transitions.locked(assessment)
    transitions.permit(assessment, Part.APPLICANT, person=person)
    if not may_be_answered(assessment):
        raise wrong_state(assessment, "give_reasons")
    separation.join(assessment, person=person, part=Part.APPLICANT)
    screening = newest_screening(assessment.result_id)
    asked = {one.flag.key: one for one in questions_of(assessment)}
    last = {key: one.reason.text if one.reason else "" for key, one in asked.items()}
    added = []
    for key, text in said:
        if key not in asked or screening is None:
            raise InputError("unknown_flag", _UNKNOWN, where=Where(field="flag"), hint=_READ_AGAIN)
        if text != last[key]:
            reason = FlagReason(assessment=assessment, screening=screening, flag=key, text=text, given_by=person)
            added.append(_kept(reason, asked[key]))
            last[key] = text
    return tuple(added)


def require_flag_reasons(case: Assessment, *, hint: Text) -> None:
    """Raises:
    DecisionBlocked: `reason_needed` naming each open flag the centre has said nothing to, where anything waits for it.
    """
    unexplained = [one for one in questions_of(case) if one.reason is None] if is_required(case) else []
    if unexplained:
        named = [(one.check.title, one.flag.subject) for one in unexplained]
        zh = "；".join(f"{title.zh}（{subject}）" for title, subject in named)
        en = "; ".join(f"{title.en} ({subject})" for title, subject in named)
        message = Text(zh=f"中心尚未说明以下数值的原因：{zh}。", en=f"The centre has given no reason yet for: {en}.")
        raise DecisionBlocked("reason_needed", message, hint=hint)


def _kept(reason: FlagReason, question: Question) -> FlagReason:
    reason.full_clean()
    reason.save(force_insert=True)
    audit.record(
        actor=reason.given_by,
        act="flag.explain",
        subject=reason.assessment.subject,
        reason=reason.text,
        details={"flag": reason.flag, "check": question.flag.code},
    )
    return reason


_UNKNOWN = Text(zh="本次提交没有这项须说明原因的数值。", en="This submission has no such figure that needs a reason.")
_READ_AGAIN = Text(zh="请重新读取须说明原因的数值后再写。", en="Read the figures that need a reason again, then write.")
