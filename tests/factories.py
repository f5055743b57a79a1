"""Makers of people, centres and evidence for tests."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from centres.models import Centre, CentreRole, Membership, Person, Role, StaffRole
from centres.profile import FacilityProfile
from centres.services.create_centre import create_centre
from evidence import store
from evidence.models import Evidence
from evidence.services.receive_evidence import Declared, receive_evidence
from tests.profiles import profile_content

PASSWORD = "correct horse battery"


def person(username: str) -> Person:
    return Person.objects.create_user(username, password=PASSWORD, name_zh=username, name_en=username)


def staff(username: str, role: Role, *, province: str = "") -> Person:
    made = person(username)
    StaffRole.objects.create(user=made, role=role, province=province)
    return made


def centre_of(person: Person, slug: str, *, by: Person, role: CentreRole = CentreRole.OWNER, **changes: Any) -> Centre:
    profile = FacilityProfile.model_validate(profile_content(slug, **changes))
    centre = create_centre(profile, person=by)
    Membership.objects.create(user=person, centre=centre, role=role)
    return centre


def evidence_of(centre: Centre, person: Person, content: bytes, name: str = "sus.csv", **declared: str) -> Evidence:
    """Handed in as through the door, not read yet."""
    with store.received([content], limit=10**9) as file:
        said = Declared(name=name, sha256=hashlib.sha256(content).hexdigest(), **declared)
        return receive_evidence(file, declared=said, centre=centre, person=person).evidence


@dataclass(frozen=True)
class Cast:
    olu: Person
    zoe: Person
    ana: Person
    ravi: Person
    dong: Person
    reg: Person
    ada: Person
    centre: Centre
    other_centre: Centre


def make_cast() -> Cast:
    ada = staff("ada", Role.ADMINISTRATOR)
    olu, zoe = person("olu"), person("zoe")
    return Cast(
        olu=olu,
        zoe=zoe,
        ana=staff("ana", Role.ASSESSOR),
        ravi=staff("ravi", Role.REVIEWER),
        dong=staff("dong", Role.DECIDER),
        reg=staff("reg", Role.REGULATOR, province="贵州"),
        ada=ada,
        centre=centre_of(olu, "olu-centre", by=ada),
        other_centre=centre_of(zoe, "zoe-centre", by=ada),
    )
