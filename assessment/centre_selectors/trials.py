"""What other values would give a centre as it stands; nothing of it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessment.centre_selectors.tasks import open_case, provisional_of, scored_now
from assessment.scoring.explain.trial import Field, fields_of, tried
from assessment.scoring.result import Result
from centres.models import Centre
from centres.selectors import current_profile
from indicators.models import Edition
from indicators.selectors import current_edition


@dataclass(frozen=True)
class Trial:
    """The fields there are, what was changed of them, and the results without and with it."""

    edition: Edition
    fields: tuple[Field, ...]
    changed: tuple[Field, ...]
    before: Result
    after: Result


def trial_of(centre: Centre, given: Mapping[str, str]) -> Trial | None:
    """Score a centre's evidence so far with these values in place of what was measured; None without a profile.

    Raises:
        InputError: as `tried`.
    """
    case = open_case(centre)
    edition = case.edition if case else current_edition()
    provisional = provisional_of(centre)
    version = current_profile(centre) if provisional is None else None
    situation, before = scored_now(version.profile if version else None, provisional, edition)
    if situation is None or before is None:
        return None
    fields = fields_of(situation, before)
    changed, differing = tried(situation, fields, given)
    after = changed.result() if differing else before
    return Trial(edition, fields, tuple(differing), before, after)
