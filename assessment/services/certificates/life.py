"""What people do with a certificate: surveillance, suspension, restoration, withdrawal, cancellation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from assessment.case_selectors import cases_to_decide_anew, failed_checks, unchecked_findings
from assessment.models import Assessment, Certificate, CertificateState, Finding, Part
from assessment.services.application.kinds_now import require_none_stands
from assessment.services.certificates.held import locked, locked_to_stand
from assessment.services.certificates.issue import SURVEILLANCE_MONTHS, months_later
from assessment.services.certificates.letters import tell_decided
from assessment.services.certificates.surveillance import record_figures, refuse_reasons
from assessment.services.chain import separation, transitions
from centres.models import Centre, Person
from core.errors import DecisionBlocked
from core.text import Text

SUSPENDED_MONTHS = 6  # then the calendar withdraws it


@transaction.atomic
def survey(
    certificate: Certificate,
    *,
    person: Person,
    reason: str,
    reasons: Mapping[str, str] | None = None,
    version: int | None = None,
) -> Certificate:
    """An assessor records that the year's data were handed in anew and hold; the next surveillance follows.

    Args:
        reasons: by code of a watched indicator, why nothing was measured since the certificate.
        version: that was read, as `certificate_version` counts; None asks nothing. So with every act of this module.

    Raises:
        PermissionDenied: lacks the role; so with every act of this module.
        DecisionBlocked: `wrong_state`, `version_changed`, `separation_of_duties`, `conflict_of_interest`,
            `no_declaration`; likewise.
            `not_refreshed`, naming the indicators without a fresh figure or a reason; `finding_unchecked`, while
            nobody has found a corrective action effective.
        InputError: `unknown_indicator`.
    """
    certificate = locked(certificate)
    certificate.surveillance_due_on = _next_surveillance(certificate)
    surveyed = transitions.take_on_certificate(certificate, "survey", person=person, reason=reason, version=version)
    _require_none(unchecked_findings(certificate.assessment))
    record_figures(surveyed, reasons=reasons or {}, person=person)
    return surveyed


@transaction.atomic
def suspend(certificate: Certificate, *, person: Person, reason: str, version: int | None = None) -> Certificate:
    """A decider stops the use of the certificate until its cause is mended."""
    certificate = locked(certificate)
    certificate.suspended_on = timezone.localdate()
    return _taken_and_told(certificate, "suspend", person=person, reason=reason, version=version)


@transaction.atomic
def restore(certificate: Certificate, *, person: Person, reason: str, version: int | None = None) -> Certificate:
    """Its cause is mended, or an appeal was upheld; a surveillance that was missed is due at once.

    Raises:
        DecisionBlocked: `finding_unchecked`, while a finding whose check failed has no corrective action anew. Nobody
            can answer one while the certificate is withdrawn: reinstated from there it comes back to the deciders.
            `certificate_stands`, where the centre has been given another one since the withdrawal; `term_ended`, where
            a withdrawn one would be valid no more.
    """
    certificate = locked_to_stand(certificate)
    was_suspended = certificate.state == CertificateState.SUSPENDED
    if not was_suspended:
        _require_term(certificate)
    certificate.suspended_on = None
    if certificate.surveillance_due_on and certificate.surveillance_due_on < timezone.localdate():
        # Missed, not done: the calendar suspends again unless it is caught up on.
        certificate.surveillance_due_on = timezone.localdate()
    if not was_suspended:
        require_none_stands(certificate.assessment.centre)
    restored = _taken_and_told(certificate, "restore", person=person, reason=reason, version=version)
    if was_suspended:
        _require_none(failed_checks(certificate.assessment))
    return restored


@transaction.atomic
def withdraw(certificate: Certificate, *, person: Person, reason: str, version: int | None = None) -> Certificate:
    """撤销: by the body, for cause; it comes back by an upheld appeal alone."""
    return _taken_and_told(locked(certificate), "withdraw", person=person, reason=reason, version=version)


@transaction.atomic
def terminate(certificate: Certificate, *, person: Person, reason: str, version: int | None = None) -> Certificate:
    """注销: at the holder's wish, or at the end of the scheme."""
    return _taken_and_told(locked(certificate), "terminate", person=person, reason=reason, version=version)


def _taken_and_told(
    certificate: Certificate, act: str, *, person: Person, reason: str, version: int | None
) -> Certificate:
    taken = transitions.take_on_certificate(certificate, act, person=person, reason=reason, version=version)
    tell_decided(taken, act, reason=reason)
    return taken


ACTS = {"survey": survey, "suspend": suspend, "restore": restore, "withdraw": withdraw, "terminate": terminate}


def take(
    act: str,
    certificate: Certificate,
    *,
    person: Person,
    reason: str,
    reasons: Mapping[str, str] | None = None,
    version: int | None = None,
) -> Certificate:
    """One of `ACTS`.

    Raises:
        InputError: `reasons_not_asked`, of an act other than `survey`; the rest as the act itself.
    """
    if act == "survey":
        return survey(certificate, person=person, reason=reason, reasons=reasons, version=version)
    refuse_reasons(reasons or {})
    return ACTS[act](certificate, person=person, reason=reason, version=version)


def waiting_for_decider(
    centres: QuerySet[Centre], *, person: Person, ties: separation.Ties | None = None
) -> dict[int, Assessment]:
    """By centre, cases whose certificate this person decides on anew: an appeal or a complaint was upheld, a corrective
    action failed its check, or its suspension `is_left`.

    Args:
        ties: of this person, where they are known already.
    """
    cases = cases_to_decide_anew(centres, suspended_by=_suspended_by())
    return separation.open_to(cases, person=person, part=Part.DECIDER, ties=ties)


def is_left(certificate: Certificate) -> bool:
    """Suspended for six months without a notice: nobody could be told, and so the calendar does not withdraw it."""
    since = certificate.suspended_on if certificate.state == CertificateState.SUSPENDED else None
    if since is None or certificate.upheld_on is not None:
        return False
    return since <= _suspended_by() and certificate.withdrawal_on is None


def _suspended_by() -> dt.date:
    return months_later(timezone.localdate(), -SUSPENDED_MONTHS)


def _require_none(left: list[Finding]) -> None:
    """Raises:
    DecisionBlocked: `finding_unchecked` naming the nodes.
    """
    if not left:
        return
    nodes = ", ".join(finding.node or "—" for finding in left)
    raise DecisionBlocked(
        "finding_unchecked",
        Text(
            zh=f"还有 {len(left)} 个不符合项的纠正措施未经验证有效：{nodes}。",
            en=f"{len(left)} findings have no corrective action that was found effective: {nodes}.",
        ),
        hint=Text(
            zh="请先由审查员验证；验证无效的，须由中心重新答复。",
            en="An assessor checks them first; where a check failed, the centre answers anew.",
        ),
    )


def _require_term(certificate: Certificate) -> None:
    """Raises:
    DecisionBlocked: `term_ended`: what was withdrawn is not expired by the calendar, and comes back with its old term.
    """
    until = certificate.valid_until
    if until >= timezone.localdate():
        return
    raise DecisionBlocked(
        "term_ended",
        Text(
            zh=f"证书 {certificate.number} 的有效期已于 {until} 结束，不能恢复。",
            en=f"The term of certificate {certificate.number} ended on {until}; it cannot be reinstated.",
        ),
        hint=Text(
            zh="请告知中心重新申请发证评价（certification）。",
            en="Tell the centre to apply anew for a certificate (certification).",
        ),
    )


def _next_surveillance(certificate: Certificate) -> dt.date | None:
    following = months_later(timezone.localdate(), SURVEILLANCE_MONTHS)
    return following if following < certificate.valid_until else None
