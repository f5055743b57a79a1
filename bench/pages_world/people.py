"""Who asks for the pages: the public, a centre's people, the body, regulators, an administrator; signed in."""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from centres.models import Person, Role, StaffRole
from centres.permissions import needs_second_factor
from centres.services.second_factor import give_second_factor

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  (of nobody but these)
JUDGES = {"assessor": Role.ASSESSOR, "reviewer": Role.REVIEWER, "decider": Role.DECIDER}
BODY = {"registrar": Role.REGISTRAR, **JUDGES, "appeal handler": Role.APPEAL_HANDLER}


@dataclass(frozen=True)
class People:
    """By what they are; `province` is the one the regulator of one province looks after."""

    by_role: dict[str, Person]
    province: str

    def __getitem__(self, role: str) -> Person:
        return self.by_role[role]


def make_people(province: str) -> People:
    made = {"owner": _person("owner"), "owner of many": _person("owner-of-many")}
    for name, role in (*BODY.items(), ("administrator", Role.ADMINISTRATOR)):
        made[name] = _staff(name.replace(" ", "-"), role)
    made["regulator"] = _staff("regulator", Role.REGULATOR)
    made["regulator of a province"] = _staff("regulator-of-one", Role.REGULATOR, province)
    return People(made, province)


def session_of(person: Person) -> str:
    """The key of a session in which the person has signed in, with both factors where the role asks for two."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    if needs_second_factor(person):
        give_second_factor(person, SECRET)
        session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
        session["account_authentication_methods_user"] = str(person.pk)
    session.create()
    return str(session.session_key)


def _person(username: str) -> Person:
    return Person.objects.create_user(username, name_zh=username, name_en=username)


def _staff(username: str, role: Role, province: str = "") -> Person:
    made = _person(username)
    StaffRole.objects.create(user=made, role=role, province=province)
    return made
