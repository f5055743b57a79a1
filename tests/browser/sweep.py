"""Which pages there are, who looks at each in which state, and what is asked of each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Page

from fixtures.demo.people import engineer
from tests.browser.filled import ABOUT_TO, BUSY, EMPTY, FULL, Filled

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NARROW, WIDE = 320, 1280
# Routes that show no page of ours, each with what it is instead.
NO_PAGES = {
    "alive": "a word for the supervisor",
    "ready": "a word for the supervisor",
    "set_language": "an act; it leads back to the page",
    "assessment:apply": "an act; it leads to the case",
    "assessment:note_reminder": "an act; it leads to the centre",
    "assessment:desk_draft": "an act; what is typed is kept",
    "assessment:visit_draft": "an act; what is typed is kept",
    "assessment:bundle": "an archive to download",
    "assessment:certificate_pdf": "a paper",
    "assessment:receipt_file": "a receipt to download",
    "assessment:visit_pack_pdf": "a paper",
    "assessment:sample_inventory": "a list to download",
    "assessment:sample_record": "a record to download",
    "account_reset_password_from_key": "needs a link from a mail; its form is that of changing a password",
    "centres:sign_in": "the same page by its older name",
    "centres:sign_out": "an act; it leads to the first page",
    "mfa_authenticate": "only in the middle of signing in; its form is that of confirming",
    "evidence:annotated": "a workbook to download",
    "evidence:content": "a file to download",
    "evidence:count_again": "an act; it leads to the evidence",
    "evidence:progress": "a fragment of the evidence page",
    "evidence:tell_apart": "an act; it leads to the evidence",
}
# Documents for programs, and the pages Django brings along.
FOREIGN = {"api", "admin"}
FORM = "main form"
_BACKWARDS = {"begins_on": "2026-11-21", "ends_on": "2026-11-20", "place": "2 号机房"}
# As a browser without script would send it; the first named button is the one pressed.
SEND = """([selector, given]) => {
  const form = document.querySelector(selector);
  for (const field of form.elements) {
    if (field.type === 'checkbox' || field.type === 'radio') field.checked = given[field.name] === field.value;
    else if (field.tagName === 'SELECT' && !(field.name in given)) field.selectedIndex = -1;
    else if (!['hidden', 'submit', 'button'].includes(field.type)) field.value = given[field.name] ?? '';
  }
  const button = form.querySelector('button[type=submit][name]');
  if (button) {
    const act = document.createElement('input');
    [act.type, act.name, act.value] = ['hidden', button.name, button.value];
    form.append(act);
  }
  form.submit();
}"""
RUN_AXE = """async tags => {
  const found = await axe.run({runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']});
  return found.violations.flatMap(one => one.nodes.map(
    node => `${one.id}: ${node.target.join(' ')} – ${node.failureSummary.replace(/\\s+/g, ' ')}`));
}"""
EXCESS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass(frozen=True)
class Visit:
    """One page in one state, as one person (or nobody) sees it.

    `form`: one to be sent with nothing in it as well, and with what is `refused` where the service has to say no;
    `status`: the answer that belongs to the page.
    """

    name: str
    place: Callable[[Filled], tuple[str, ...]]
    by: str = ""
    form: str = ""
    refused: Mapping[str, str] | None = None
    status: int = 200
    query: str = ""

    def address(self, filled: Filled) -> str:
        return reverse(self.name, args=self.place(filled)) + self.query

    @property
    def called(self) -> str:
        """Its route and who looks, as a part of a file's name."""
        return f"{self.name.replace(':', '_')}-{self.by or 'nobody'}"


def page_routes() -> set[str]:
    """Every named route of the site that is not a foreign one."""
    return {name for name in _names(get_resolver().url_patterns) if name.split(":")[0] not in FOREIGN}


def visits() -> list[Visit]:
    """Every page filled, then the empty and the refused ones."""
    full, busy, empty = engineer(FULL), engineer(BUSY), engineer(EMPTY)
    filled = [
        Visit("assessment:home", _nothing),
        Visit("assessment:mine", _nothing, busy),
        Visit("assessment:mine", _nothing, full),
        Visit("assessment:centre", _just(FULL), full),
        Visit("assessment:result", _just(FULL), full),
        Visit("assessment:trace", _just(FULL, "GR-1.1"), full),
        Visit("assessment:tasks", _just(FULL), full),
        Visit("assessment:tasks", _just(BUSY), busy),
        Visit("assessment:months", _just(BUSY), busy),
        Visit("assessment:what_if", _just(FULL), full),
        Visit("assessment:check", lambda made: (made.open_case,), engineer(ABOUT_TO), form=FORM),
        Visit("assessment:receipt", _case, busy),
        Visit("assessment:trace", _just(FULL, "zhisuan"), full),
        Visit("assessment:version_changes", lambda made: (made.survey,), busy),
        Visit("assessment:assessment", _case, "assessor"),
        Visit("assessment:certification_agreement", _case, "owner", form=FORM),
        Visit("assessment:certification_agreement", _case, "reviewer"),
        Visit("assessment:assign", _case, "registrar", form=FORM),
        Visit("assessment:take_off", _case, "registrar", form=FORM),
        Visit("assessment:begin", _case, "assessor", form=FORM),
        Visit("assessment:desk", _case, "assessor", query="?show=all"),
        Visit("assessment:desk_item", lambda made: (made.case, "US-4.3"), "assessor", form="#ruling-form"),
        Visit("assessment:desk_item", lambda made: (made.case, "GR-1.1"), "reviewer"),
        Visit("assessment:desk_changes", _case, "assessor"),
        Visit("assessment:desk_agreement", _case, "assessor"),
        Visit("assessment:minutes", _case, "assessor"),
        Visit("assessment:board", _nothing, "regulator"),
        Visit("assessment:board_province", _just("内蒙古"), "regulator"),
        Visit("assessment:board_centre", _just(BUSY), "regulator", form=FORM),
        Visit("assessment:board_table", _nothing, "regulator", form=FORM),
        Visit("assessment:findings", _case, "assessor", form=FORM),
        Visit("assessment:history", _case, "assessor"),
        Visit("assessment:centre_history", _just(BUSY), busy),
        Visit("assessment:evidence_history", lambda made: (made.survey,), busy),
        Visit("assessment:finding_history", lambda made: (made.finding,), busy),
        Visit("assessment:sample_history", lambda made: (made.sample,), busy),
        Visit("assessment:visit_history", lambda made: (made.visit,), busy),
        Visit("assessment:dispute_history", lambda made: (made.complaint,), busy),
        Visit("assessment:certificate_history", lambda made: (made.certificate,), full),
        Visit("assessment:edition_history", lambda made: made.draft, "rubric_author"),
        Visit("assessment:report_history", lambda made: (made.report,), "regulator"),
        Visit("assessment:invitation_history", lambda made: (made.invited,), "registrar"),
        Visit("assessment:person_history", _just("decider"), "decider"),
        Visit("assessment:finding", lambda made: (made.finding,), busy, form=FORM),
        Visit("assessment:finding", lambda made: (made.finding,), "assessor"),
        Visit("assessment:interests", _just(BUSY), "assessor", form=FORM),
        Visit("assessment:edition_diff", lambda made: made.draft, "rubric_author"),
        Visit("assessment:case_disputes", _case, busy, form=FORM),
        Visit("assessment:disputes", _nothing, "appeal_handler"),
        Visit("assessment:dispute", lambda made: (made.objection,), "appeal_handler", form=FORM),
        Visit("assessment:dispute", lambda made: (made.complaint,), busy),
        Visit(
            "assessment:samples", _case, "assessor", form=FORM, refused={"of": "cards", "share": "0", "at_least": "1"}
        ),
        Visit("assessment:sample", lambda made: (made.sample,), busy, form=FORM, refused={"names": "N1\nN1"}),
        Visit("assessment:sample", lambda made: (made.drawn,), "assessor"),
        Visit("assessment:visits", _case, "assessor", form=FORM, refused=_BACKWARDS),
        Visit("assessment:visit", lambda made: (made.visit,), "assessor", form=FORM),
        Visit("assessment:visit", lambda made: (made.visited,), busy),
        Visit("assessment:visit_part", lambda made: (made.visit, "opening"), "assessor", form=FORM),
        Visit("assessment:visit_part", lambda made: (made.visit, "meters"), "assessor"),
        Visit("assessment:visit_part", lambda made: (made.visit, "serials"), "assessor"),
        Visit("assessment:visit_part", lambda made: (made.visit, "tests"), "assessor"),
        Visit("assessment:visit_part", lambda made: (made.visit, "paper"), "assessor"),
        Visit("assessment:visit_pictures", lambda made: (made.visit,), "assessor", form=FORM),
        Visit("assessment:visit_pack", lambda made: (made.visit,), busy),
        Visit("assessment:reratings", _nothing, "registrar"),
        Visit("assessment:announcements", _nothing),
        Visit("assessment:announcement", lambda made: (made.announced,), form=FORM),
        Visit("assessment:complaint", lambda made: (made.certificate,), form=FORM),
        Visit("assessment:verify", _nothing, form=FORM),
        Visit("assessment:certificate", lambda made: (made.certificate,)),
        Visit("account_login", _nothing, form=FORM),
        Visit("account_signup", _nothing),
        Visit("account_reset_password", _nothing, form=FORM),
        Visit("account_reset_password_done", _nothing),
        Visit("account_reset_password_from_key_done", _nothing),
        Visit("account_change_password", _nothing, busy, form=FORM),
        Visit("account_reauthenticate", _nothing, busy, form=FORM),
        Visit("mfa_index", _nothing, "administrator"),
        Visit("mfa_reauthenticate", _nothing, "decider", form=FORM),
        Visit("mfa_activate_totp", _nothing, "regulator", form=FORM),
        Visit("mfa_deactivate_totp", _nothing, "decider"),
        Visit("mfa_view_recovery_codes", _nothing, "decider"),
        Visit("mfa_generate_recovery_codes", _nothing, "decider"),
        Visit("centres:invitation", _just("nowhere"), status=404),
        Visit("centres:invitation", lambda made: (made.invitation,), form=FORM),
        Visit("centres:people", _just(BUSY), "registrar", form="form.invite"),
        Visit("centres:staff", _nothing, "administrator", form="form.invite"),
        Visit("centres:profile", _just(FULL), full, form=FORM),
        Visit("centres:profile_yaml", _just(FULL), full, form=FORM),
        Visit("evidence:upload", _just(FULL), full, form=FORM),
        Visit("evidence:evidence", lambda made: (made.survey,), busy, query="?line=3"),
        Visit("evidence:evidence", lambda made: (made.table,), busy),
        Visit("evidence:map_columns", lambda made: (made.table,), busy, form="form.map-form"),
        Visit("evidence:saved_maps", _just(BUSY), busy),
        Visit("evidence:saved_map", _just(BUSY, "dcim", "1"), busy),
        Visit("evidence:format", _just("prometheus_range")),
        Visit("indicators:rubrics", _nothing, "rubric_author"),
        Visit("indicators:upload", _nothing, "rubric_author", form=FORM),
        Visit("indicators:rubric", _just("zhisuan", "2026.0")),
        Visit("indicators:life", lambda made: made.draft, "rubric_author", form=FORM),
        Visit("indicators:indicator", _just("zhisuan", "2026.0", "GR-1.1")),
    ]
    return [
        *filled,
        # empty
        Visit("assessment:mine", _nothing, "decider"),
        Visit("assessment:centre", _just(EMPTY), empty),
        Visit("assessment:tasks", _just(EMPTY), empty),
        Visit("assessment:months", _just(EMPTY), empty),
        Visit("assessment:what_if", _just(EMPTY), empty),
        Visit("assessment:case_disputes", lambda made: (made.announced,), full),
        Visit("assessment:disputes", _nothing, "decider"),
        Visit("assessment:samples", lambda made: (made.announced,), full),
        Visit("assessment:visits", lambda made: (made.announced,), full),
        Visit("assessment:certification_agreement", lambda made: (made.announced,), full),
        Visit("assessment:person_history", _just("publisher"), "administrator"),
        Visit("centres:profile", _just(EMPTY), empty),
        Visit("evidence:saved_maps", _just(EMPTY), empty),
        # nothing to do here: not yet, or not for this person
        Visit("assessment:sample", lambda made: (made.sample,), "assessor"),
        Visit("assessment:dispute", lambda made: (made.own_complaint,), "appeal_handler"),
        # refused: no permission, nothing there, nothing of that number
        Visit("assessment:assign", _case, busy, status=403),
        Visit("assessment:tasks", _just(BUSY), "regulator", status=403),
        Visit("assessment:certification_agreement", _case, "regulator", status=404),
        Visit("assessment:board", _nothing, busy, status=403),
        Visit("assessment:reratings", _nothing, busy, status=403),
        Visit("assessment:centre", _just("nowhere"), busy, status=404),
        Visit("assessment:certificate", _just("ZH-1"), status=404),
        Visit("assessment:complaint", _just("ZH-1"), status=404),
        Visit("assessment:announcement", _case, status=404),
        Visit("assessment:dispute", lambda made: (made.objection,), full, status=404),
        Visit("assessment:visit", lambda made: (made.visit,), full, status=404),
    ]


def faults(page: Page, visit: Visit, address: str, *, seen: Callable[[str], None]) -> Iterator[str]:
    """What is wrong with a page as it is, and with the answer to its form sent empty; `seen` is told of each."""
    answer = page.goto(address)
    assert answer is not None
    if answer.status != visit.status:
        yield f"answers {answer.status}"
    yield from _asked(page)
    seen("as it is")
    for given in ({}, visit.refused) if visit.form else ():
        if given is None:
            continue
        if page.locator(visit.form).count() == 0:
            yield "has no form to send"
            break
        with page.expect_navigation() as again:
            page.evaluate(SEND, [visit.form, given])
        sent = f"sent {dict(given) or 'empty'}"
        if again.value.status != 422:
            yield f"{sent}: answers {again.value.status}"
        yield from (f"{sent}: {words}" for words in _asked(page))
        seen("refused" if given else "sent empty")


def _asked(page: Page) -> Iterator[str]:
    """All rules of axe-core for WCAG 2.2 AA on a desktop; there and on the narrowest screen no scrolling sideways."""
    yield from page.evaluate(RUN_AXE, TAGS)
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        if (excess := page.evaluate(EXCESS)) > 0:
            yield f"{excess} px too wide at {width}"
    page.set_viewport_size({"width": WIDE, "height": 900})


def _names(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


def _nothing(made: Filled) -> tuple[str, ...]:
    return ()


def _case(made: Filled) -> tuple[str, ...]:
    return (made.case,)


def _just(*given: str) -> Callable[[Filled], tuple[str, ...]]:
    return lambda made: given
