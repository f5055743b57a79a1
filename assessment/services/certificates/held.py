"""Certificates held until the end of a transaction, always in one order, so that nobody waits in a ring.

First the centre, where a certificate of it begins to stand; then cases; then what belongs to a case: its certificate, a
finding, a dispute; then human beings; last the audit log, which every act writes and all wait for.
"""

from __future__ import annotations

from assessment.certificate_selectors import ended_certificates, standing_certificates
from assessment.models import Assessment, Certificate
from assessment.services.chain import transitions
from centres.models import Centre


def locked(certificate: Certificate) -> Certificate:
    """The certificate as it is now and its case, both held: nothing is upheld, closed or checked meanwhile."""
    case = transitions.locked(Assessment(pk=certificate.assessment_id))
    found = Certificate.objects.select_for_update().get(pk=certificate.pk)
    found.assessment = case
    return found


def locked_to_stand(certificate: Certificate) -> Certificate:
    """Likewise, where it may begin to stand again: no other one of its centre does so meanwhile."""
    _hold_centre(certificate.assessment)
    return locked(certificate)


def locked_to_certify(assessment: Assessment) -> Assessment:
    """The case as it is now, with what stands of its centre or has just ended: a new certificate takes its place."""
    _hold_centre(assessment)
    case = transitions.locked(assessment)
    for earlier in (*ended_certificates(case.centre), *standing_certificates(case.centre)):
        if earlier.assessment_id != case.pk:
            locked(earlier)
    return case


def _hold_centre(case: Assessment) -> None:
    """Rows that name the centre are written by others all the same."""
    Centre.objects.select_for_update(no_key=True).get(pk=case.centre_id)
