"""The histories of things the audit log speaks of, each with its four states."""

from __future__ import annotations

from fixtures.demo.people import engineer
from tests.browser.filled import BUSY, FULL
from tests.browser.states import NeverEmpty, Place, Sights, Visit, absent, just, the

_full, _busy = engineer(FULL), engineer(BUSY)


def _history(place: Place, by: str, *, nowhere: Place, stranger: str = _full) -> Sights:
    return Sights(
        full=Visit(place, by),
        empty=NeverEmpty.LOGGED,
        error=absent(nowhere, by),
        no_permission=absent(place, stranger),
    )


_nothing = the("nothing")
HISTORIES = {
    "assessment:history": _history(the("case"), "assessor", nowhere=_nothing),
    "assessment:centre_history": _history(just(BUSY), _busy, nowhere=just("nowhere")),
    "assessment:evidence_history": _history(the("survey"), _busy, nowhere=_nothing),
    "assessment:finding_history": _history(the("finding"), _busy, nowhere=_nothing),
    "assessment:sample_history": _history(the("sample"), _busy, nowhere=_nothing),
    "assessment:visit_history": _history(the("visit"), _busy, nowhere=_nothing),
    "assessment:dispute_history": _history(the("complaint"), _busy, nowhere=_nothing),
    "assessment:certificate_history": _history(the("certificate"), _full, nowhere=just("ZH-1"), stranger=_busy),
    "assessment:edition_history": _history(
        the("rubric", "draft"), "rubric_author", nowhere=just("zhisuan", "1999.0"), stranger=_busy
    ),
    "assessment:report_history": _history(the("report"), "regulator", nowhere=_nothing, stranger=_busy),
    "assessment:invitation_history": _history(the("invited"), "registrar", nowhere=_nothing),
    "assessment:person_history": Sights(
        full=Visit(just("decider"), "decider"),
        empty=Visit(just("publisher"), "administrator"),
        error=absent(just("nobody"), "administrator"),
        no_permission=absent(just("decider"), _busy),
    ),
}
