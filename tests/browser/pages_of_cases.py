"""The pages inside a case, each with its four states."""

from __future__ import annotations

from fixtures.demo.people import engineer
from tests.browser.filled import ABOUT_TO, BUSY, FULL, UNTOLD
from tests.browser.states import (
    NeverEmpty,
    NeverWrong,
    Sights,
    Visit,
    absent,
    forbidden,
    just,
    landing,
    nothing,
    refused,
    the,
)

_full, _busy, _about, _untold = engineer(FULL), engineer(BUSY), engineer(ABOUT_TO), engineer(UNTOLD)
_case, _nowhere = the("case"), the("nothing")
_BACKWARDS = {"begins_on": "2026-11-21", "ends_on": "2026-11-20", "place": "2 号机房"}
_NOTHING_TO_DRAW = {"of": "cards", "share": "0", "at_least": "1"}

_CASE = {
    "assessment:assessment": Sights(
        full=(Visit(_case, "assessor"), Visit(the("announced"), _full)),
        empty=Visit(the("open_case"), _about, shows=".chain"),
        error=(refused(the("open_case"), _about), absent(_nowhere, _busy)),
        no_permission=absent(_case, _full),
    ),
    "assessment:check": Sights(
        full=Visit(the("open_case"), _about),
        empty=Visit(the("untold"), _untold),
        error=(refused(the("open_case"), _about), absent(_nowhere, _about)),
        no_permission=(forbidden(the("open_case"), "assessor"), absent(the("open_case"), _full)),
    ),
    "assessment:receipt": Sights(
        full=Visit(_case, _busy),
        empty=absent(the("open_case"), _about),
        error=absent(_case, _busy, query="?submission=9"),
        no_permission=(forbidden(_case, "regulator"), absent(_case, _full)),
    ),
    "assessment:assign": Sights(
        full=Visit(_case, "registrar"),
        empty=NeverEmpty.FORM,
        error=(refused(_case, "registrar"), absent(_nowhere, "registrar")),
        no_permission=(forbidden(_case, _busy), absent(_case, _full)),
    ),
    "assessment:take_off": Sights(
        full=Visit(_case, "registrar"),
        empty=NeverEmpty.FORM,
        error=(refused(_case, "registrar"), absent(_nowhere, "registrar")),
        no_permission=(forbidden(_case, _busy), absent(_case, _full)),
    ),
    "assessment:certification_agreement": Sights(
        full=(Visit(_case, "owner"), Visit(_case, "reviewer")),
        empty=Visit(the("announced"), _full, shows="h1"),
        error=(refused(_case, "owner"), absent(_nowhere, "owner")),
        no_permission=(absent(_case, "regulator"), absent(_case, _full)),
    ),
    "assessment:flag_reasons": Sights(
        full=(Visit(_case, _busy, shows="textarea"), Visit(_case, "assessor")),
        empty=Visit(the("evaluated"), "assessor"),
        error=(refused(_case, _busy), absent(_nowhere, _busy)),
        no_permission=(absent(_case, "regulator"), absent(_case, _full)),
    ),
    "assessment:begin": Sights(
        full=Visit(_case, "assessor"),
        empty=NeverEmpty.FORM,
        error=(refused(_case, "assessor"), absent(_nowhere, "assessor")),
        no_permission=(forbidden(_case, _busy), absent(_case, _full)),
    ),
    "assessment:minutes": Sights(
        full=(Visit(the("evaluated"), "reviewer", shows="form"), Visit(the("announced"), "decider")),
        empty=Visit(_case, "reviewer", shows="h1"),
        error=(refused(the("evaluated"), "reviewer"), absent(_nowhere, "reviewer")),
        no_permission=absent(_case, _busy),
    ),
    "assessment:findings": Sights(
        full=Visit(_case, "assessor"),
        empty=Visit(the("announced"), _full),
        error=(refused(_case, "assessor"), absent(_nowhere, "assessor")),
        no_permission=(absent(_case, "regulator"), absent(_case, _full)),
    ),
    "assessment:finding": Sights(
        full=(Visit(the("finding"), _busy), Visit(the("finding"), "assessor")),
        empty=NeverEmpty.ONE_THING,
        error=(
            refused(the("finding"), _busy),
            refused(the("finding"), _busy, form="main form:has([name=question])"),
            absent(_nowhere, _busy),
        ),
        no_permission=absent(the("finding"), _full),
    ),
    "assessment:interests": Sights(
        full=Visit(just(BUSY), "assessor"),
        empty=Visit(just(BUSY), "decider", shows="form"),
        error=(refused(just(BUSY), "assessor"), absent(just("nowhere"), "assessor")),
        no_permission=forbidden(just(BUSY), _busy),
    ),
}

_DESK = {
    "assessment:desk": Sights(
        full=Visit(_case, "assessor", query="?show=all"),
        empty=Visit(the("announced"), "assessor", shows=".notice.good"),
        error=absent(_nowhere, "assessor"),
        no_permission=absent(_case, _busy),
    ),
    "assessment:desk_item": Sights(
        full=(
            Visit(lambda made: (made.case, "US-4.3"), "assessor"),
            Visit(lambda made: (made.case, "GR-1.1"), "reviewer"),
            Visit(lambda made: (made.rated_twice, "ST-3.6"), "assessor"),
        ),
        empty=Visit(lambda made: (made.case, "GR-1.1"), "assessor"),
        error=(
            refused(lambda made: (made.case, "US-4.3"), "assessor", form="#ruling-form"),
            absent(lambda made: (made.case, "XX-9.9"), "assessor"),
        ),
        no_permission=absent(lambda made: (made.case, "US-4.3"), _busy),
    ),
    "assessment:desk_changes": Sights(
        full=(Visit(the("announced"), "assessor"), Visit(_case, "assessor")),
        empty=Visit(the("rated_twice"), "assessor", shows="h1"),
        error=absent(_nowhere, "assessor"),
        no_permission=absent(_case, _busy),
    ),
    "assessment:desk_agreement": Sights(
        full=Visit(the("rated_twice"), "assessor"),
        empty=Visit(_case, "assessor"),
        error=absent(_nowhere, "assessor"),
        no_permission=absent(_case, _busy),
    ),
}

_DISPUTES = {
    "assessment:case_disputes": Sights(
        full=Visit(_case, _busy),
        empty=Visit(the("announced"), _full),
        error=(refused(_case, _busy), absent(_nowhere, _busy)),
        no_permission=absent(_case, _full),
    ),
    "assessment:disputes": Sights(
        full=Visit(nothing, "appeal_handler"),
        empty=Visit(nothing, "decider"),
        error=NeverWrong.NOTHING_GIVEN,
        no_permission=landing(nothing),
    ),
    "assessment:dispute": Sights(
        full=(
            Visit(the("objection"), "appeal_handler"),
            Visit(the("own_complaint"), "appeal_handler"),
            Visit(the("complaint"), _busy),
        ),
        empty=NeverEmpty.ONE_THING,
        error=(refused(the("objection"), "appeal_handler"), absent(_nowhere, "appeal_handler")),
        no_permission=absent(the("objection"), _full),
    ),
}

_ON_SITE = {
    "assessment:samples": Sights(
        full=Visit(_case, "assessor"),
        empty=Visit(the("announced"), _full),
        error=(refused(_case, "assessor", _NOTHING_TO_DRAW), absent(_nowhere, "assessor")),
        no_permission=absent(_case, _full),
    ),
    "assessment:sample": Sights(
        full=Visit(the("drawn"), "assessor"),
        empty=(Visit(the("sample"), "assessor", shows=".notice"), Visit(the("sample"), _busy, shows="form")),
        error=(refused(the("sample"), _busy, {"names": "N1\nN1"}), absent(_nowhere, _busy)),
        no_permission=absent(the("sample"), _full),
    ),
    "assessment:visits": Sights(
        full=Visit(_case, "assessor"),
        empty=Visit(the("announced"), _full),
        error=(refused(_case, "assessor", _BACKWARDS), absent(_nowhere, "assessor")),
        no_permission=absent(_case, _full),
    ),
    "assessment:visit": Sights(
        full=(Visit(the("visited"), _busy), Visit(the("visit"), "assessor")),
        empty=Visit(the("quiet_visit"), "assessor", shows=".notice.caution"),
        error=(refused(the("visit"), "assessor"), absent(_nowhere, "assessor")),
        no_permission=absent(the("visit"), _full),
    ),
    "assessment:visit_part": Sights(
        full=tuple(
            Visit(lambda made, part=part: (made.visit, part), "assessor")
            for part in ("opening", "meters", "serials", "tests", "paper")
        ),
        empty=Visit(lambda made: (made.quiet_visit, "serials"), "assessor"),
        error=(
            refused(lambda made: (made.visit, "opening"), "assessor"),
            absent(lambda made: (made.visit, "nothing"), "assessor"),
        ),
        no_permission=(
            forbidden(lambda made: (made.visit, "opening"), _busy),
            absent(lambda made: (made.visit, "opening"), _full),
        ),
    ),
    "assessment:visit_pictures": Sights(
        full=Visit(the("visit"), "assessor"),
        empty=Visit(the("quiet_visit"), "assessor"),
        error=(refused(the("visit"), "assessor"), absent(the("visited"), "assessor")),
        no_permission=(forbidden(the("visit"), _busy), absent(the("visit"), _full)),
    ),
    "assessment:visit_pack": Sights(
        full=Visit(the("visit"), _busy),
        empty=Visit(the("quiet_visit"), "assessor", shows="h1"),
        error=absent(_nowhere, "assessor"),
        no_permission=absent(the("visit"), _full),
    ),
}

CASES: dict[str, Sights] = {**_CASE, **_DESK, **_DISPUTES, **_ON_SITE}
