"""Assessors save one finding at once, each having read the same: one wins, the others keep their text and see whose."""

from __future__ import annotations

import html
import re
import secrets
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from assessment.models import Finding, FindingNote, Severity
from assessment.services.evaluation import findings
from centres.models import Person, Role
from core.errors import DecisionBlocked
from tests.factories import staff
from tests.races import cases
from tests.second_factor import let_everybody_prove

WON, TOLD = "saved", "412 version_changed"
ACTS = {"accept_answer": "accepted", "reject_answer": "open"}  # act → the state it leads to


@dataclass(frozen=True)
class Read:
    """A finding as all of them read it, and the page each has open, where they work in a browser."""

    finding: Finding
    pages: dict[Any, str]

    def words(self, person: Person) -> str:
        return f"words of {person.username} on {self.finding.pk}"


class Findings:
    """One answered finding a round; every other assessor accepts the answer, the rest reject it."""

    def __init__(self, mark: str, people: int, *, address: str) -> None:
        self.address = address
        self.people = [staff(f"assessor-{mark}-{number}", Role.ASSESSOR) for number in range(people)]
        self.acts = {person.pk: list(ACTS)[number % 2] for number, person in enumerate(self.people)}
        self.case = cases.submitted(f"race-{mark}", cases.edition())
        self.owner = Person.objects.get(username=f"race-{mark}")
        self.refused: dict[Any, str] = {}  # what each who was second was shown in this round
        self.cookies = self._signed_in() if address else {}

    def begin(self, number: int) -> Read:
        self.refused.clear()
        raised = findings.raise_finding(
            self.case, severity=Severity.MINOR, statement=f"finding {number}", person=self.people[0]
        )
        said = {"text": "done", "root_cause": "a fuse", "corrective_action": "another fuse"}
        item = findings.act_on(raised, "answer", person=self.owner, **said)
        return Read(item, {person.pk: self._page(item, person) for person in self.people} if self.address else {})

    def at_the_service(self, read: Read, person: Person) -> str:
        given = {"text": read.words(person), "version": read.finding.version}
        try:
            findings.act_on(read.finding, self.acts[person.pk], person=person, **given)
        except DecisionBlocked as refusal:
            self.refused[person.pk] = refusal.message.en
            return f"412 {refusal.code}"
        return WON

    def over_http(self, read: Read, person: Person) -> str:
        """As a browser does: the form of the page, with its token and the version it was made from."""
        hidden = dict(re.findall(r'name="(csrfmiddlewaretoken|version)" value="([^"]*)"', read.pages[person.pk]))
        posted = {**hidden, "act": self.acts[person.pk], "text": read.words(person)}
        status, page = self._ask(read.finding, person, urllib.parse.urlencode(posted).encode())
        if status == 302:
            return WON
        self.refused[person.pk] = page
        keeps = any(read.words(person) in typed for typed in re.findall(r"<textarea.*?</textarea>", page, re.DOTALL))
        return TOLD if status == 422 and keeps else f"{status}, own words {'kept' if keeps else 'lost'}"

    def faults(self, read: Read, answers: list[str]) -> list[str]:
        found = Counter(answers)
        faults = [] if found[WON] == 1 else [f"{found[WON]} were told that they saved"]
        if strange := set(found) - {WON, TOLD}:
            faults.append(f"told {sorted(strange)}")
        notes = FindingNote.objects.filter(finding=read.finding, act__in=ACTS).select_related("person")
        if len(notes) != 1:
            return [*faults, f"{len(notes)} acts in the history"]
        note, fresh = notes[0], Finding.objects.get(pk=read.finding.pk)
        if (fresh.state, fresh.version) != (ACTS[note.act], read.finding.version + 1):
            faults.append(f"{note.act} left it {fresh.state} in version {fresh.version}")
        if note.text != read.words(note.person):
            faults.append("the words of one stand under the name of another")
        blind = [pk for pk, shown in self.refused.items() if f"{note.person.name.en} saved" not in shown]
        blind += [pk for pk, shown in self.refused.items() if note.text not in shown]
        return faults + ([f"{len(blind)} were not shown who saved what"] if blind else [])

    def _signed_in(self) -> dict[Any, str]:
        """The cookies of each, with both factors as by the door."""
        let_everybody_prove(pytest.MonkeyPatch())
        found = {}
        for person in self.people:
            client = Client()
            client.force_login(person)
            session = client.cookies["sessionid"].value
            found[person.pk] = f"sessionid={session}; csrftoken={secrets.token_hex(16)}; django_language=en"
        return found

    def _page(self, item: Finding, person: Person) -> str:
        status, page = self._ask(item, person)
        if status != 200:
            raise RuntimeError(f"{status} to {person.username}, who opens the finding")
        return page

    def _ask(self, item: Finding, person: Person, posted: bytes | None = None) -> tuple[int, str]:
        address, headers = f"{self.address}/findings/{item.pk}/", {"Cookie": self.cookies[person.pk]}
        asked = urllib.request.Request(address, data=posted, headers=headers)  # noqa: S310
        try:
            with urllib.request.build_opener(_Stay).open(asked, timeout=600) as answer:
                return answer.status, html.unescape(answer.read().decode())
        except urllib.error.HTTPError as answer:
            return answer.code, html.unescape(answer.read().decode())


class _Stay(urllib.request.HTTPRedirectHandler):
    """Where one is led after saving is not asked for."""

    def redirect_request(self, *_: Any) -> None:
        return None
