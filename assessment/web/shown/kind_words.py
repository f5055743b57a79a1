"""What the kinds of case are called, and what somebody who applies should know of each."""

from __future__ import annotations

from typing import Any

import rules

from assessment.models import Kind
from assessment.selectors import Somebody
from assessment.services.application.kinds_now import kinds_now
from assessment.services.certificates.issue import VALID_MONTHS
from centres.models import Centre
from core.text import Text

KINDS = {
    Kind.CERTIFICATION: Text(zh="发证评价", en="assessment for a certificate"),
    Kind.RENEWAL: Text(zh="换证评价", en="assessment to renew the certificate"),
    Kind.PRE_ASSESSMENT: Text(zh="预评价", en="pre-assessment"),
}
_HINTS = {
    Kind.CERTIFICATION: Text(
        zh=f"准予后发给证书，有效期 {VALID_MONTHS} 个月。",
        en=f"Where it is granted you get a certificate, valid for {VALID_MONTHS} months.",
    ),
    Kind.RENEWAL: Text(
        zh="准予后发给新证书，现有证书随即注销；在此之前现有证书照旧。",
        en="Where it is granted a new certificate takes the place of yours; until then yours stays as it is.",
    ),
    Kind.PRE_ASSESSMENT: Text(
        zh="适用于数据不满十二个月或缺少必备指标的中心：出具数值和尚缺事项的结论，不评等级，不计总分，不发证书。",
        en="For a centre that lacks months or an indispensable indicator: a statement of figures and of what is "
        "missing, without grade, total or certificate.",
    ),
}


def kinds_offered(user: Somebody, centre: Centre) -> list[dict[str, Any]]:
    """What this person may apply for at the centre now, where no case of it is open."""
    if not rules.has_perm("centres.apply", user, centre):
        return []
    return [{"kind": kind.value, "words": KINDS[kind], "hint": _HINTS[kind]} for kind in kinds_now(centre)]
