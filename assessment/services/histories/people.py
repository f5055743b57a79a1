"""Who did what stands in a history, and whom it concerned: by the names people have now, told to whoever may know."""

from __future__ import annotations

from collections.abc import Collection

from assessment.case_selectors import Somebody
from centres.models import Person
from centres.selectors import visible_invitations
from core.text import Text
from operations import audit
from operations.models import AuditEntry

_PLATFORM = Text(zh="平台", en="the platform")
_PUBLIC = Text(zh="公众", en="the public")
# Where an entry about something else says by user name whom it concerned.
_CONCERNED = {
    "assessment.assign": "assessor",
    "assessment.take_off": "assessor",
    "person.leave": "username",
    "person.link": "to",
}


class People:
    """The people of some entries of the log, looked up together; addresses are for those who may see the invitation."""

    def __init__(self, entries: Collection[AuditEntry], *, reader: Somebody) -> None:
        self._names = _names({name for one in entries for name in (one.actor, _concerned(one))})
        self._invited = _invited({one.details["invitation"] for one in entries if "invitation" in one.details}, reader)

    def who(self, entry: AuditEntry) -> Text:
        """Who did it."""
        return self._called(entry.actor)

    def whom(self, entry: AuditEntry) -> Text | None:
        """Whom it concerned, and of which pillars; None where the act itself says it, or the reader may not know."""
        if address := self._invited.get(entry.details.get("invitation", "")):
            return Text(zh=address, en=address)
        if not (username := _concerned(entry)):
            return None
        name, pillars = self._called(username), entry.details.get("pillars", ())
        if not pillars:
            return name
        return Text(zh=f"{name.zh}（{'、'.join(pillars)}）", en=f"{name.en} ({', '.join(pillars)})")

    def _called(self, username: str) -> Text:
        return self._names.get(username, Text(zh=username, en=username))


def _concerned(entry: AuditEntry) -> str:
    """The user name of whom an entry says that it concerned; empty where it says none."""
    return str(entry.details.get(_CONCERNED.get(entry.act, ""), ""))


def _names(usernames: Collection[str]) -> dict[str, Text]:
    """By user name, which is never changed and never given again."""
    people = Person.objects.filter(username__in=usernames)
    return {one.username: one.name for one in people} | {audit.SYSTEM: _PLATFORM, audit.ANYBODY: _PUBLIC}


def _invited(invitations: Collection[str], reader: Somebody) -> dict[str, str]:
    """The addresses invitations went to."""
    if not invitations:
        return {}
    found = visible_invitations(reader).filter(pk__in=invitations)
    return {str(pk): email for pk, email in found.values_list("pk", "email")}
