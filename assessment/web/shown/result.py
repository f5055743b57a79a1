"""Which result of a centre a person is shown, and the words every page about it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import reverse

from assessment.certificate_selectors import in_force
from assessment.documents.content.spread import Spread
from assessment.documents.content.words import CLASSES, TIERS
from assessment.models import Assessment, Kind, ProvisionalResult, StoredResult
from assessment.result_selectors import result_of
from assessment.scoring.result import Result
from assessment.selectors import Somebody
from assessment.services.results.firmness import firmness_of
from centres.models import Centre
from centres.profile import CentreClass, FacilityProfile, ScaleTier
from centres.provinces import province_name
from centres.selectors import visible_centres
from core.errors import InsufficientData
from core.quantity import shortest
from core.text import Text
from indicators.measures.references import scale_tier
from indicators.models import Edition
from indicators.selectors import typed

CHECK = Text(zh="核对并提交", en="Check and submit")
ASSIGN = Text(zh="指派审查员", en="Assign an assessor")
TAKE_OFF = Text(zh="解除审查员的指派", en="Take an assessor off")
DECLARE = Text(zh="作出利益声明", en="declare your interests")
DESK = Text(zh="评定工作台", en="Desk")
AGREEMENT = Text(zh="协议", en="Agreement")
SIGN = Text(zh="签署协议", en="sign the agreement")
REASONS = Text(zh="须说明原因的数值", en="Figures that need a reason")
EXPLAIN = Text(zh="说明数值的原因", en="give reasons for figures")
PLAN = Text(zh="评价计划", en="Plan of the evaluation")
ANSWER = Text(zh="答复不符合项", en="answer a finding")
LOOK_AT_ANSWER = Text(zh="审查对不符合项的答复", en="look at the answer to a finding")
SURVEY = Text(zh="监督到期：记录监督", en="surveillance is due: record it")
HAND_IN_SINCE = Text(
    zh="监督到期：提交发证之后的材料", en="surveillance is due: hand in evidence since the certificate"
)
DECIDE_ANEW = Text(
    zh="纠正措施经验证无效或投诉成立：决定证书如何处置",
    en="a corrective action failed its check, or a complaint was upheld: decide on the certificate",
)
DECIDE_ON_APPEAL = Text(
    zh="对证书暂停或撤销的申诉成立：决定证书如何处置",
    en="an appeal against its suspension or withdrawal was upheld: decide on the certificate",
)
DECIDE_ON_SUSPENDED = Text(
    zh="证书暂停已满六个月且未能通知持证人：决定证书如何处置",
    en="suspended for six months and nobody could be told: decide on the certificate",
)


_WIDE = ("result__tree", "result__inputs", "result__edition__content")  # of which the process remembers what it read


@dataclass(frozen=True, slots=True)
class Shown:
    """A centre and the result to look at: the newest assessed one, else the provisional one, else none."""

    centre: Centre
    is_insider: bool  # the centre's own people, the assessing body, its regulator
    assessment: Assessment | None
    stored: StoredResult | None

    @property
    def name(self) -> Text:
        """As it was when it was measured; of a centre without a result its present one."""
        return self.stored.profile_version.name if self.stored else self.centre.name

    @property
    def provisional(self) -> bool:
        return self.stored is not None and self.assessment is None

    @property
    def result(self) -> Result | None:
        return result_of(self.stored) if self.stored else None


def shown_to(user: Somebody, slug: str) -> Shown:
    """The public sees centres with a valid certificate; insiders see theirs at every stage.

    What is not open is looked for no longer than what never was: one question for the case, none for the centre alone.

    Raises:
        Http404: there is no such centre, or it is not open to this person.
    """
    insider = visible_centres(user).filter(slug=slug).first()
    assessments = (
        Assessment.objects.filter(centre__slug=slug)
        .exclude(result=None)
        .exclude(kind=Kind.PRE_ASSESSMENT)  # no grade is shown of one
        .select_related("centre", "result__edition", "result__profile_version", "certificate")
        .defer(*_WIDE)
        .order_by("-created_at")
    )
    if insider is None:
        assessments = in_force(assessments)
    assessment = assessments.first()
    if assessment is not None:
        return Shown(insider or assessment.centre, insider is not None, assessment, assessment.result)
    if insider is None:
        raise Http404
    provisional = (
        ProvisionalResult.objects.filter(centre=insider)
        .select_related("result__edition", "result__profile_version")
        .defer(*_WIDE)
        .first()
    )
    return Shown(insider, True, None, provisional.result if provisional else None)


def spread_of(stored: StoredResult) -> Spread | None:
    """How firmly a result stands; None where it is blocked."""
    found = firmness_of(stored)
    return Spread(found[0], found[1].varied) if found else None


def edition_shown(edition: Edition) -> dict[str, Any]:
    return {
        "name": f"{edition.rubric}/{edition.edition}",
        "address": reverse("indicators:rubric", args=[edition.rubric, edition.edition]),
        "standing": edition.standing,
        "highest": shortest(typed(edition).highest_points),
    }


def tier_of(profile: FacilityProfile) -> ScaleTier | None:
    """None where a card is missing from the cited table of peaks."""
    try:
        return scale_tier(profile)
    except InsufficientData:
        return None


def description(profile: FacilityProfile, tier: ScaleTier | None) -> Text:
    """“内蒙古 · 大型 · 训练为主”."""
    return described(profile.place.province, tier.value if tier else "", profile.centre_class.value)


def described(province: str, scale_tier: str, centre_class: str) -> Text:
    """The same from the words a list keeps of it."""
    tier = [TIERS[ScaleTier(scale_tier)]] if scale_tier else []
    parts = [province_name(province), *tier, CLASSES[CentreClass(centre_class)]]
    return Text(zh=" · ".join(part.zh for part in parts), en=" · ".join(part.en for part in parts))
