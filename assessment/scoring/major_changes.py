"""Major changes of a certified facility: what its certificate speaks of may no longer be what is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from centres.profile import CentreClass, FacilityProfile
from indicators.measures.references import same_card

MORE_THAN = Fraction(20, 100)  # of the certified cards
_TRAINING_FROM, _INFERENCE_TO = Decimal("0.70"), Decimal("0.30")  # of the card-hours, for training


class Aspect(StrEnum):
    """What of a facility changed."""

    CARDS = "cards"
    NAME = "name"
    OPERATOR = "operator"
    SITE = "site"
    CENTRE_CLASS = "class"


def major_changes(certified: FacilityProfile, now: FacilityProfile) -> tuple[Aspect, ...]:
    """The aspects in which a facility differs from the certified one by more than a certificate bears.

    New cooling is one, too; a profile does not tell of it. Centre and operator are who their Chinese names say: the
    English ones are translations and may be mended.

    Source: scheme §4.3 (more than 20 % of the cards, new cooling, ownership, training share across a class line);
    ISO/IEC 17065 7.8 and 7.10 (the register names whom and what was certified: another name or site is a change).
    """
    found = {
        Aspect.CARDS: moved_cards(certified, now) > MORE_THAN * certified.cards,
        Aspect.NAME: certified.centre.name.zh != now.centre.name.zh,
        Aspect.OPERATOR: certified.operator.zh != now.operator.zh,
        Aspect.SITE: _site(certified) != _site(now),
        Aspect.CENTRE_CLASS: _classes(certified) != _classes(now),
    }
    return tuple(aspect for aspect, is_major in found.items() if is_major)


def moved_cards(certified: FacilityProfile, now: FacilityProfile) -> int:
    """Cards that came or went, whichever are more: those of another model in place of as many count once."""
    before, after = _by_model(certified, beside=now), _by_model(now, beside=certified)
    return max(_beyond(after, before), _beyond(before, after))


def _classes(profile: FacilityProfile) -> tuple[CentreClass, CentreClass]:
    """As declared, and as the training share tells.

    Source: scheme §2.0 (training-led from 0.70 on, inference-led up to 0.30).
    """
    share = profile.training_part
    if share >= _TRAINING_FROM:
        return profile.centre_class, CentreClass.TRAINING_LED
    return profile.centre_class, CentreClass.INFERENCE_LED if share <= _INFERENCE_TO else CentreClass.MIXED


def _site(profile: FacilityProfile) -> tuple[str, str]:
    return profile.place.province, profile.place.city


def _by_model(profile: FacilityProfile, *, beside: FacilityProfile) -> Counter[str]:
    """Cards by model; one that is spelled in several ways by the first spelling in either profile."""
    spellings = sorted({group.model for one in (profile, beside) for group in one.accelerators})
    counted: Counter[str] = Counter()
    for group in profile.accelerators:
        counted[_first_spelling(group.model, spellings)] += group.cards
    return counted


def _first_spelling(model: str, spellings: Iterable[str]) -> str:
    return next(other for other in spellings if same_card(model, other))


def _beyond(one: Mapping[str, int], other: Mapping[str, int]) -> int:
    return sum(max(cards - other.get(model, 0), 0) for model, cards in one.items())
