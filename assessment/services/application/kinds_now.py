"""Which kinds of case a centre may open now: for a certificate, or to renew the one that stands, or to be tried."""

from __future__ import annotations

from assessment.certificate_selectors import standing_certificates
from assessment.models import Kind
from centres.models import Centre
from core.errors import DecisionBlocked
from core.text import Text


def kinds_now(centre: Centre) -> tuple[Kind, ...]:
    return (Kind.RENEWAL if standing_certificates(centre).exists() else Kind.CERTIFICATION, Kind.PRE_ASSESSMENT)


def require_fitting(kind: Kind, *, centre: Centre) -> None:
    """Raises:
    DecisionBlocked: `certificate_stands`, `nothing_to_renew`.
    """
    if kind == Kind.CERTIFICATION:
        require_none_stands(centre)
    if kind == Kind.RENEWAL and not standing_certificates(centre).exists():
        raise DecisionBlocked(
            "nothing_to_renew",
            Text(
                zh="该中心没有有效或暂停的证书，无证可换。", en="No certificate of this centre is valid or suspended."
            ),
            hint=Text(
                zh="请申请发证评价（certification）。",
                en="Apply for an assessment for a certificate (certification).",
            ),
        )


def require_none_stands(centre: Centre) -> None:
    """Raises:
    DecisionBlocked: `certificate_stands`.
    """
    standing = standing_certificates(centre).first()
    if standing is None:
        return
    raise DecisionBlocked(
        "certificate_stands",
        Text(
            zh=f"该中心的证书 {standing.number} 尚未终止，不能同时有第二张。",
            en=f"Certificate {standing.number} of this centre stands; it cannot have a second one.",
        ),
        hint=Text(
            zh="请申请换证（renewal）：新证书发出时，现有证书随即注销。",
            en="Apply for its renewal (renewal): the new certificate takes the place of this one.",
        ),
    )
