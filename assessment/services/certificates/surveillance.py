"""What a surveillance looks at: fresh figures of every watched indicator, and major changes of the facility."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessment.centre_selectors.tasks import provisional_of, scored_now
from assessment.documents.content.words import cards_words, class_words, site_words
from assessment.models import STANDING, Certificate, Surveillance
from assessment.result_selectors import result_of
from assessment.scoring.major_changes import Aspect, major_changes
from assessment.scoring.surveillance import Watched, watched
from centres.models import Person
from centres.profile import FacilityProfile
from centres.selectors import current_profile
from core.errors import DecisionBlocked, InputError
from core.provenance import Where
from core.text import Text

LONGEST = 2000  # characters of a reason
_NAMED = 12


@dataclass(frozen=True, slots=True)
class Changed:
    """An aspect in which a centre is no longer what was certified, in words of then and now."""

    aspect: Aspect
    before: Text
    after: Text

    def as_json(self) -> dict[str, Any]:
        return {"aspect": self.aspect.value, "before": self.before.as_json(), "after": self.after.as_json()}


def changed_since(certificate: Certificate) -> tuple[Changed, ...]:
    """Major changes while it stands: a centre reports them by saving its profile."""
    if certificate.state not in STANDING:
        return ()
    certified, newest = certificate.result.profile_version, current_profile(certificate.assessment.centre)
    if newest is None or newest.pk == certified.pk:
        return ()
    then, now = certified.profile, newest.profile
    return tuple(Changed(one, _told(one, then), _told(one, now)) for one in major_changes(then, now))


def _told(aspect: Aspect, profile: FacilityProfile) -> Text:
    match aspect:
        case Aspect.CARDS:
            return Text(zh=cards_words(profile), en=cards_words(profile))
        case Aspect.NAME:
            return profile.centre.name.text
        case Aspect.OPERATOR:
            return profile.operator.text
        case Aspect.SITE:
            return site_words(profile)
        case Aspect.CENTRE_CLASS:
            return class_words(profile)


def watched_of(certificate: Certificate) -> tuple[Watched, ...]:
    """As the centre's accepted evidence stands now, by the edition of the certificate."""
    case, certified = certificate.assessment, certificate.result
    version = current_profile(case.centre)
    _, since = scored_now(version.profile if version else None, provisional_of(case.centre), case.edition)
    return watched(
        result_of(certified),
        since,
        centre_class=certified.profile_version.profile.centre_class,
        issued_on=certificate.issued_on,
    )


def record_figures(certificate: Certificate, *, reasons: Mapping[str, str], person: Person) -> Surveillance:
    """Keep what every watched indicator came to, and major changes; part of the transaction of the act.

    Args:
        reasons: by code, why nothing was measured since the issue.

    Raises:
        InputError: `unknown_indicator`: a reason for one that is not watched; `reason_unfit`.
        DecisionBlocked: `not_refreshed`, naming those without figure and reason.
    """
    found = watched_of(certificate)
    said = _said(reasons)
    if unknown := sorted(said.keys() - {one.code for one in found}):
        raise _unknown(unknown, found)
    if unfit := [code for code, words in said.items() if len(words) > LONGEST or "\0" in words]:
        raise _unfit(unfit[0])
    if lacking := [one.code for one in found if not one.is_fresh and one.code not in said]:
        raise _not_refreshed(lacking)
    return Surveillance.objects.create(
        certificate=certificate,
        figures=[one.as_json() | {"reason": said.get(one.code, "")} for one in found],
        changes=[one.as_json() for one in changed_since(certificate)],
        made_by=person,
    )


def refuse_reasons(reasons: Mapping[str, str]) -> None:
    """Beside another act they would be kept nowhere; the page sends its fields with each act, empty ones too.

    Raises:
        InputError: `reasons_not_asked`.
    """
    if _said(reasons):
        raise InputError("reasons_not_asked", _NOT_ASKED, where=Where(field="reasons"), hint=_SURVEY_OR_NONE)


def _said(reasons: Mapping[str, str]) -> dict[str, str]:
    return {code: words for code, given in reasons.items() if (words := given.strip())}


def _not_refreshed(codes: list[str]) -> DecisionBlocked:
    return DecisionBlocked(
        "not_refreshed",
        Text(
            zh=f"监督指标在发证之后没有新的测量值，也没有说明理由：{'、'.join(codes)}。",
            en=f"Nothing was measured since the certificate, and no reason is given: {', '.join(codes)}.",
        ),
        hint=Text(
            zh="请中心提交新的材料并更新档案中的申请日期；确实没有的，逐项说明理由。",
            en="Have the centre hand in new evidence and bring the day in its profile up to date; else give a reason.",
        ),
    )


def _unfit(code: str) -> InputError:
    return InputError(
        "reason_unfit",
        Text(
            zh=f"{code} 的理由须为不超过 {LONGEST} 字的文字。",
            en=f"The reason for {code} is text of {LONGEST} characters at most.",
        ),
        where=Where(field="reasons"),
        hint=Text(zh="请缩短该理由，细节可另附文件。", en="Shorten it; details can stand in a document."),
    )


def _unknown(codes: list[str], found: tuple[Watched, ...]) -> InputError:
    known, named = [one.code for one in found], [code[:_NAMED] for code in codes[:_NAMED]]
    return InputError(
        "unknown_indicator",
        Text(zh=f"不是监督指标：{'、'.join(named)}。", en=f"Not watched at surveillance: {', '.join(named)}."),
        where=Where(field="reasons"),
        hint=Text(zh=f"监督指标为：{'、'.join(known)}。", en=f"Those watched: {', '.join(known)}."),
    )


_NOT_ASKED = Text(
    zh="只有监督才逐项说明没有新测量值的理由。",
    en="Only a surveillance takes reasons why nothing was measured.",
)
_SURVEY_OR_NONE = Text(
    zh="请记录监督，或清空各项理由后再执行该操作。",
    en="Record the surveillance, or leave them out and take the act anew.",
)
