"""The draw from a centre's inventory in three steps: the body commits, the centre commits, the draw follows."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from assessment.models import Assessment, Part, Sample
from assessment.sampling.draw import SHARE_OF_CARDS, commitment_to, new_secret, sample_size
from assessment.sampling.inventory import commitment_of, inventory
from assessment.sampling.record import Drawn, make_draw
from assessment.services.chain import separation, transitions
from assessment.services.chain.wrong_state import wrong_state
from assessment.visit_selectors import cards_declared, is_prepared
from centres.models import Person
from core.errors import DecisionBlocked, InputError
from core.provenance import Where
from core.text import Text
from operations import audit


@transaction.atomic
def ask_for_inventory(
    assessment: Assessment, *, of: str, person: Person, share: Decimal = SHARE_OF_CARDS, at_least: int = 1
) -> Sample:
    """An assessor commits to a secret and asks the centre for its inventory; the rule of the size is fixed with it.

    Of cards the share is that of the profile's at least: a short inventory makes no small sample.

    Raises:
        PermissionDenied, DecisionBlocked: as every act; `wrong_state`.
        InputError: `share_too_small`, of cards fewer than the scheme's share.
    """
    assessment = transitions.locked(assessment)
    transitions.permit(assessment, Part.ASSESSOR, person=person)
    if not is_prepared(assessment):
        raise wrong_state(assessment, "ask_for_inventory")
    if of == "cards":
        _require_share(assessment, share, at_least)
        at_least = max(at_least, sample_size(max(cards_declared(assessment), 1), share=share))
    separation.join(assessment, person=person, part=Part.ASSESSOR)
    secret = new_secret()
    sample = Sample(
        assessment=assessment,
        of=of,
        share=share,
        at_least=at_least,
        body_commitment=commitment_to(secret),
        secret=secret,
        asked_by=person,
    )
    sample.save(force_insert=True)
    _record(sample, "sample.ask", person, commitment=sample.body_commitment)
    return sample


@transaction.atomic
def commit_inventory(sample: Sample, *, names: list[str], word: str, person: Person) -> Sample:
    """The centre hands in its inventory with a word of its own; the draw follows at once, and the secret is open.

    Raises:
        PermissionDenied: not of this centre.
        InputError: as `inventory`.
        DecisionBlocked: `already_committed`; `wrong_state` once the evaluation has ended.
    """
    case = transitions.locked(Assessment(pk=sample.assessment_id))
    sample = Sample.objects.select_for_update().get(pk=sample.pk)
    sample.assessment = case
    transitions.permit(case, Part.APPLICANT, person=person)
    if sample.committed_at is not None:
        raise DecisionBlocked(
            "already_committed",
            Text(zh="清单已经提交，不能更改。", en="The inventory was handed in and cannot be changed."),
            hint=Text(
                zh="清单有误时，请告知审查员，由其重新发起抽样。",
                en="If it was wrong, tell the assessor, who asks for another sample.",
            ),
        )
    if not is_prepared(case):
        raise wrong_state(case, "hand_in_inventory")
    listed = inventory(names)
    separation.join(case, person=person, part=Part.APPLICANT)
    sample.inventory, sample.centre_word = list(listed), word
    sample.inventory_commitment = commitment_of(listed, of=sample.of, word=word)
    sample.committed_by, sample.committed_at = person, timezone.now()
    _record(sample, "sample.commit", person, commitment=sample.inventory_commitment, population=len(listed))
    drawn = make_draw(
        listed,
        of=sample.of,
        word=word,
        secret=sample.secret,
        body_commitment=sample.body_commitment,
        share=sample.share,
        at_least=sample.at_least,
    )
    sample.drawn, sample.drawn_at = list(drawn.names), timezone.now()
    sample.save()
    _record(sample, "sample.draw", person, size=len(drawn.names), secret=sample.secret)
    return sample


def record_of(sample: Sample) -> Drawn | None:
    """What `zhiheng sample verify` reads; None before the draw."""
    if sample.drawn_at is None:
        return None
    return Drawn(
        of=sample.of,
        population=len(sample.inventory),
        share=sample.share.normalize(),
        at_least=sample.at_least,
        body_commitment=sample.body_commitment,
        inventory_commitment=sample.inventory_commitment,
        word=sample.centre_word,
        secret=sample.secret,
        names=tuple(sample.drawn),
    )


def _require_share(assessment: Assessment, share: Decimal, at_least: int) -> None:
    """A smaller share will do where the least number makes up for it, by the cards of the profile."""
    cards = cards_declared(assessment)
    wanted = sample_size(cards) if cards else 0
    if share >= SHARE_OF_CARDS or 0 < wanted <= at_least:
        return
    raise InputError(
        "share_too_small",
        Text(
            zh=f"加速卡的抽样比例不得低于 {SHARE_OF_CARDS:.0%}。",
            en=f"Of the cards no less than {SHARE_OF_CARDS:.0%} are drawn.",
        ),
        where=Where(field="share"),
        hint=Text(
            zh="请提高比例，" + (f"或把最少数量定为 {wanted} 或以上。" if wanted else "或先填写中心的卡数。"),
            en="Raise the share, or " + (f"let at least {wanted} be drawn." if wanted else "enter the centre's cards."),
        ),
    )


def _record(sample: Sample, act: str, person: Person, **details: object) -> None:
    audit.record(
        actor=person,
        act=act,
        subject=sample.subject,
        details={"assessment": str(sample.assessment_id), "of": sample.of, **details},
    )
