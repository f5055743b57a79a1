"""What every life starts from, made once: people of one part and of many, a centre, a result."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any, ClassVar

from django.conf import settings
from django.utils import timezone

from assessment.models import Part
from assessment.services.results.score import score_files
from centres.models import Centre, Competence, Membership, Person, Role, StaffRole
from centres.selectors import current_profile
from evidence.selectors import accepted_evidence
from indicators.models import Edition
from tests.assessment.chance.reached import Row
from tests.assessment.conftest import add_centre

PILLARS = ["CE", "ST", "GR", "US"]
EVERY_ROLE = (Role.REGISTRAR, Role.ASSESSOR, Role.REVIEWER, Role.DECIDER, Role.APPEAL_HANDLER)
STAFF: dict[str, tuple[Role, ...]] = {
    **{"ada": (Role.ADMINISTRATOR,), "rita": (Role.REGISTRAR,), "ana": (Role.ASSESSOR,), "bo": (Role.ASSESSOR,)},
    **{"ravi": (Role.REVIEWER,), "deng": (Role.DECIDER,), "hana": (Role.APPEAL_HANDLER,)},
    **{"rex": (Role.REVIEWER,), "dora": (Role.DECIDER,)},
    **{"poly": EVERY_ROLE, "twin": EVERY_ROLE, "mole": EVERY_ROLE, "late": EVERY_ROLE},
}
PEOPLE = ("olu", "zoe", *STAFF)
# Those with one part each, so that some lives come to a good end; two where one must not go on alone.
HONEST = {
    **{"olu": Part.APPLICANT, "rita": Part.REGISTRAR, "ana": Part.ASSESSOR, "bo": Part.ASSESSOR},
    **{"ravi": Part.REVIEWER, "rex": Part.REVIEWER, "deng": Part.DECIDER, "dora": Part.DECIDER},
    "hana": Part.APPEAL_HANDLER,
}
JUDGES = tuple(name for name in HONEST if name not in ("olu", "rita"))


class World:
    """The same for all lives; the counts are of all lives together."""

    centre: ClassVar[Centre]
    edition: ClassVar[Edition]
    result: ClassVar[int]
    scheme: ClassVar[Any]  # the settings
    taken: ClassVar[int]  # steps, however they ended
    rows: ClassVar[Counter[Row]]  # of the table, taken by chance


def make_world(edition: Edition, scheme: Any) -> None:
    people = {name: Person.objects.create_user(name, password="a long pass phrase") for name in PEOPLE}
    Person.objects.filter(username="olu").update(email="olu@example.org")  # no withdrawal without a letter before it
    today = timezone.localdate()
    for name, roles in STAFF.items():
        StaffRole.objects.bulk_create(StaffRole(user=people[name], role=role) for role in roles)
        if Role.ASSESSOR in roles:
            Competence.objects.bulk_create(
                Competence(
                    person=people[name], pillar=pillar, grounds="x", granted_by=people["ada"], granted_on=today,
                    valid_until=today + dt.timedelta(days=900),
                )
                for pillar in PILLARS
            )  # fmt: skip
    World.centre = add_centre("demo-chance", owner=people["olu"])
    Membership.objects.create(user=people["mole"], centre=World.centre, role="engineer")
    World.edition, World.scheme = edition, _changeable(scheme)
    World.taken, World.rows = 0, Counter()
    profile = current_profile(World.centre)
    assert profile is not None
    files = accepted_evidence(World.centre).prefetch_related("tables")
    World.result = score_files(files, profile_version=profile, edition=edition).stored.pk


def _changeable(scheme: Any) -> Any:
    """The settings, the scheme's of which may change as often as lives like.

    The fixture lays one override over the other each time it is told something; after some thousand of them reading a
    setting is deeper than Python goes. So it is told once, and changed in place until the test ends.
    """
    scheme.SCHEME_EXPRESS, scheme.SCHEME_NOTICE_DAYS, scheme.SCHEME_RATING = True, 0, "none"
    scheme.SCHEME_TWO_DECIDERS_FROM = "L4"
    return settings
