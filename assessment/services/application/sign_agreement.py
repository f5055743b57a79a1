"""An owner of the centre signs the agreement for a case: the full procedure does not begin to evaluate without it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import rules
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from assessment.casework.states import SIGNED_IN
from assessment.documents.content.agreement import agreement
from assessment.models import Assessment, AssessmentState, Part, Procedure, SignedAgreement
from assessment.services.chain import separation, transitions
from assessment.services.chain.wrong_state import wrong_state
from centres.models import CentreRole, Membership, Person
from core.errors import DecisionBlocked
from core.text import Text
from operations import audit


@transaction.atomic
def sign_agreement(assessment: Assessment, *, digest: str, may_publish: bool, person: Person) -> SignedAgreement:
    """Sign the text in force, once for a case.

    Args:
        digest: of the text that was read.
        may_publish: results beyond register and ranking, as an example or in studies.

    Raises:
        PermissionDenied: not an owner of this centre.
        DecisionBlocked: `separation_of_duties`; `wrong_state`; `already_signed`; `agreement_changed`, when another text
            is in force than the one that was read.
    """
    assessment = transitions.locked(assessment)
    # Asked of `rules` itself, as `permit` does: a superuser signs for no centre they do not own.
    if not rules.has_perm("assessment.sign_agreement", person, assessment):
        raise PermissionDenied
    transitions.permit(assessment, Part.APPLICANT, person=person)
    if signed_agreement(assessment) is not None:
        raise DecisionBlocked("already_signed", _ALREADY, hint=_ONCE)
    if not may_be_signed(assessment):
        raise wrong_state(assessment, "sign_agreement")
    text = agreement()
    if digest != text.digest:
        raise DecisionBlocked("agreement_changed", _CHANGED, hint=_READ_AGAIN)
    separation.join(assessment, person=person, part=Part.APPLICANT)
    signed = SignedAgreement(
        assessment=assessment,
        text=text.id,
        digest=text.digest,
        may_publish=may_publish,
        parties={name: words.as_json() for name, words in parties(assessment, signatory=person).items()},
        signed_by=person,
    )
    signed.full_clean()
    signed.save(force_insert=True)
    audit.record(
        actor=person,
        act="agreement.sign",
        subject=assessment.subject,
        details={"agreement": text.id, "digest": text.digest, "may_publish": may_publish},
    )
    return signed


def require_agreement(case: Assessment) -> None:
    """Raises:
    DecisionBlocked: `agreement_needed`, in the full procedure while nobody has signed.
    """
    if case.procedure == Procedure.FULL and signed_agreement(case) is None:
        raise DecisionBlocked("agreement_needed", _NEEDED, hint=_WHO_SIGNS)


def signed_agreement(case: Assessment) -> SignedAgreement | None:
    return SignedAgreement.objects.filter(assessment=case).first()


def may_be_signed(case: Assessment) -> bool:
    return case.state in SIGNED_IN[Procedure(case.procedure)]


def agreement_waits(case: Assessment) -> bool:
    """Whether the evaluation of this case waits for the signature."""
    waits = case.state == AssessmentState.ACCEPTED and case.procedure == Procedure.FULL
    return waits and signed_agreement(case) is None


def parties(case: Assessment, *, signatory: Person | None = None) -> dict[str, Text]:
    """Who agrees with whom, by their names of today."""
    operator = case.profile_version.profile.operator.text if case.profile_version else case.centre.name
    found = {"body": Text(**settings.BODY_NAME), "operator": operator}
    return found | ({"signatory": signatory.name} if signatory else {})


def waiting_for_signature(cases: Iterable[Assessment], *, person: Person) -> set[UUID]:
    """The keys of accepted cases that wait for this person, an owner of their centres, to sign."""
    accepted = [case for case in cases if case.state == AssessmentState.ACCEPTED and case.procedure == Procedure.FULL]
    if not accepted:
        return set()
    own = set(Membership.objects.filter(user=person, role=CentreRole.OWNER).values_list("centre", flat=True))
    keys = {case.pk for case in accepted if case.centre_id in own}
    return keys - set(SignedAgreement.objects.filter(assessment__in=keys).values_list("assessment", flat=True))


_ALREADY = Text(zh="该案件的协议已经签署。", en="The agreement of this case has been signed.")
_ONCE = Text(zh="每个案件签署一次，签署后不变。", en="It is signed once for a case and stays as it is.")
_CHANGED = Text(
    zh="在您阅读之后，协议换了文本。", en="Another text of the agreement is in force than the one you have read."
)
_READ_AGAIN = Text(zh="请阅读现行文本后再签署。", en="Read the text in force, then sign.")
_NEEDED = Text(zh="中心尚未签署协议。", en="The centre has not signed the agreement.")
_WHO_SIGNS = Text(
    zh="请由中心负责人在案件的“协议”页签署。", en="An owner of the centre signs it on the page “Agreement” of the case."
)
