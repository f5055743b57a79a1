"""The agreement of a case as page and API tell it: the text in force, or the one that was signed."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.documents.content.agreement import Agreement, agreement
from assessment.documents.content.words import SCHEME_WORDS
from assessment.models import Assessment, Procedure, SignedAgreement
from assessment.services.application.sign_agreement import may_be_signed, parties, signed_agreement
from core.text import Text


@dataclass(frozen=True, slots=True)
class AgreementOfCase:
    """Args:
    title, preamble: with the word of the scheme and the names of the parties filled in.
    signatory: None before the signature.
    is_needed: the evaluation does not begin without it.
    """

    text: Agreement
    title: Text
    preamble: Text
    signed: SignedAgreement | None
    signatory: Text | None
    is_needed: bool
    may_be_signed: bool


def agreement_of(case: Assessment) -> AgreementOfCase:
    signed = signed_agreement(case)
    text = agreement(signed.text) if signed else agreement()
    kept = {name: Text(**words) for name, words in signed.parties.items()} if signed else parties(case)
    said = {**kept, "centre": case.centre.name, "word": SCHEME_WORDS[case.scheme_type]}
    return AgreementOfCase(
        text=text,
        title=text.title.filled(**said),
        preamble=text.preamble.filled(**said),
        signed=signed,
        signatory=kept.get("signatory"),
        is_needed=case.procedure == Procedure.FULL,
        may_be_signed=signed is None and may_be_signed(case),
    )
