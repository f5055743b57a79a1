"""Five of a hundred certified cases are rated anew by another assessor: which ones, nobody can steer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import rules
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessment.models import Assessment, CasePart, Certificate, CertificateState, Part, RatingDraw
from assessment.sampling.draw import commitment_to, new_secret
from assessment.sampling.inventory import inventory
from assessment.sampling.record import Drawn, make_draw
from assessment.services.chain.table import PERMISSIONS
from centres.models import Person
from centres.permissions import is_of_the_body
from core.errors import DecisionBlocked
from core.text import Text
from operations import audit

SHARE = Decimal("0.05")
OF = "certificates"


@dataclass(frozen=True, slots=True)
class ToRate:
    """A certified case that was drawn, and who cannot rate it anew: whoever took a part in it."""

    certificate: Certificate
    assessment: Assessment
    not_by: Sequence[Text]


@transaction.atomic
def ask_for_draw(*, person: Person) -> RatingDraw:
    """A registrar commits to a secret, which stays with the platform until the draw.

    Raises:
        PermissionDenied: not a registrar.
        DecisionBlocked: `already_exists`, while another draw is open.
    """
    if not rules.has_perm(PERMISSIONS[Part.REGISTRAR], person):
        raise PermissionDenied
    secret = new_secret()
    made = RatingDraw(share=SHARE, secret=secret, body_commitment=commitment_to(secret), asked_by=person)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise DecisionBlocked("already_exists", _OPEN, hint=_DRAW_FIRST) from error
    audit.record(actor=person, act="draw.ask", subject=made.subject, details={"commitment": made.body_commitment})
    return made


@transaction.atomic
def draw_cases(draw: RatingDraw, *, word: str, person: Person) -> RatingDraw:
    """Somebody else of the body gives a word; of the certificates in force today the draw follows.

    Raises:
        PermissionDenied: not of the body.
        DecisionBlocked: `already_committed`, when it was drawn before; `second_person_needed`; `nothing_in_force`.
    """
    draw = RatingDraw.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=draw.pk)
    if not is_of_the_body(person):
        raise PermissionDenied
    if draw.drawn_at is not None:
        raise DecisionBlocked("already_committed", _DRAWN, hint=_ASK_ANEW)
    if draw.asked_by.natural_person == person.natural_person:
        raise DecisionBlocked("second_person_needed", _SAME, hint=_ANOTHER)
    in_force = Certificate.objects.filter(state=CertificateState.VALID, valid_until__gte=timezone.localdate())
    numbers = list(in_force.values_list("pk", flat=True))
    if not numbers:
        raise DecisionBlocked("nothing_in_force", _NONE, hint=_LATER)
    draw.certificates, draw.word, draw.drawn_by = list(inventory(numbers)), word, person
    draw.drawn_at = timezone.now()
    draw.drawn = list(_made(draw).names)
    draw.save()
    audit.record(
        actor=person, act="draw.draw", subject=draw.subject, details={"secret": draw.secret, "drawn": draw.drawn}
    )
    return draw


def record_of(draw: RatingDraw) -> Drawn | None:
    """What `zhiheng sample verify` reads beside the list of certificates; None before the draw."""
    return _made(draw) if draw.drawn_at is not None else None


def to_rate(draws: Iterable[RatingDraw]) -> dict[UUID, list[ToRate]]:
    """By the key of each draw, in the order of drawing; many draws ask as many queries as one."""
    drawn = {draw.pk: draw.drawn for draw in draws}
    numbers = {number for each in drawn.values() for number in each}
    parts = CasePart.objects.filter(assessment__certificate__in=numbers).exclude(part=Part.APPLICANT)
    names: dict[UUID, list[Text]] = {}
    for one in parts.select_related("person").order_by("pk"):
        names.setdefault(one.assessment_id, []).append(one.person.name)
    found = Certificate.objects.select_related("assessment__centre").in_bulk(numbers)
    cases = {
        number: ToRate(certificate, certificate.assessment, names.get(certificate.assessment_id, []))
        for number, certificate in found.items()
    }
    return {key: [cases[number] for number in each] for key, each in drawn.items()}


def _made(draw: RatingDraw) -> Drawn:
    return make_draw(
        tuple(draw.certificates),
        of=OF,
        word=draw.word,
        secret=draw.secret,
        body_commitment=draw.body_commitment,
        share=draw.share.normalize(),
        at_least=1,
    )


_OPEN = Text(zh="已有一次抽取尚未完成。", en="A draw is open already.")
_DRAW_FIRST = Text(zh="请先完成该次抽取。", en="Have that one drawn first.")
_DRAWN = Text(zh="已经抽取，不能更改。", en="It was drawn and cannot be changed.")
_ASK_ANEW = Text(zh="请由受理员重新发起。", en="A registrar asks for another one.")
_SAME = Text(zh="发起抽取的人不得完成抽取。", en="Whoever asked for the draw cannot draw.")
_ANOTHER = Text(zh="请由机构的另一名人员给出口令。", en="Somebody else of the body gives the word.")
_NONE = Text(zh="没有有效的证书。", en="No certificate is in force.")
_LATER = Text(zh="有证书之后再抽取。", en="Draw once there are some.")
