"""Every page of the site with its four states; a page that is missing here fails `test_pages`."""

from __future__ import annotations

from fixtures.demo.people import engineer
from tests.browser.filled import BUSY, EMPTY, FULL
from tests.browser.pages_of_accounts import ACCOUNTS
from tests.browser.pages_of_cases import CASES
from tests.browser.pages_of_histories import HISTORIES
from tests.browser.people import NOT_WATCHED
from tests.browser.states import (
    BARE,
    FORM,
    NeverEmpty,
    NeverRefused,
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
    "centres:sign_in": "the same page by its older name",
    "centres:sign_out": "an act; it leads to the first page",
    "evidence:annotated": "a workbook to download",
    "evidence:content": "a file to download",
    "evidence:count_again": "an act; it leads to the evidence",
    "evidence:progress": "a fragment of the evidence page",
    "evidence:tell_apart": "an act; it leads to the evidence",
    "openid_connect_callback": "an act of the other service; it leads on, or to the page that says it failed",
}

_full, _busy, _empty = engineer(FULL), engineer(BUSY), engineer(EMPTY)
_NO_CENTRE = absent(just("nowhere"), _busy)

_BOARD = {
    "assessment:board": Sights(
        full=Visit(nothing, "regulator"),
        empty=Visit(nothing, "regulator", at=BARE),
        error=NeverWrong.NOTHING_GIVEN,
        no_permission=forbidden(nothing, _busy),
    ),
    "assessment:board_province": Sights(
        full=Visit(just("内蒙古"), "regulator"),
        empty=NeverEmpty.ABSENT,
        error=absent(just(NOT_WATCHED), "regulator"),
        no_permission=forbidden(just("内蒙古"), _busy),
    ),
    "assessment:board_centre": Sights(
        full=Visit(just(BUSY), "regulator"),
        empty=Visit(just(EMPTY), "decider", shows="h1"),
        error=(refused(just(BUSY), "regulator"), absent(just("nowhere"), "regulator")),
        no_permission=forbidden(just(BUSY), _busy),
    ),
    "assessment:board_table": Sights(
        full=Visit(nothing, "regulator", shows="button[value=remove]"),
        empty=Visit(nothing, "decider", shows="form"),
        error=refused(nothing, "regulator"),
        no_permission=forbidden(nothing, _busy),
    ),
}

_BODY = {
    "assessment:reratings": Sights(
        full=(Visit(nothing, "assessor", shows="form"), Visit(nothing, "registrar", shows="table")),
        empty=Visit(nothing, "registrar", at=BARE),
        error=refused(nothing, "assessor"),
        no_permission=forbidden(nothing, _busy),
    ),
}


_CENTRES = {
    "assessment:mine": Sights(
        full=(Visit(nothing, _busy), Visit(nothing, _full), Visit(nothing, "decider")),
        empty=Visit(nothing, "rubric_author"),
        error=NeverWrong.NOTHING_GIVEN,
        no_permission=landing(nothing),
    ),
    "assessment:centre": Sights(
        full=Visit(just(FULL), _full),
        empty=Visit(just(EMPTY), _empty),
        error=_NO_CENTRE,
        no_permission=absent(just(BUSY)),
    ),
    "assessment:result": Sights(
        full=Visit(just(FULL), _full),
        empty=Visit(just(EMPTY), _empty),
        error=_NO_CENTRE,
        no_permission=absent(just(BUSY)),
    ),
    "assessment:trace": Sights(
        full=(Visit(just(FULL, "GR-1.1"), _full), Visit(just(FULL, "zhisuan"), _full)),
        empty=Visit(just(BUSY, "GR-1.1"), _busy, shows="#rows"),
        error=absent(just(FULL, "XX-9.9"), _full),
        no_permission=absent(just(BUSY, "GR-1.1")),
    ),
    "assessment:tasks": Sights(
        full=(Visit(just(FULL), _full), Visit(just(BUSY), _busy)),
        empty=Visit(just(EMPTY), _empty),
        error=_NO_CENTRE,
        no_permission=forbidden(just(BUSY), "regulator"),
    ),
    "assessment:months": Sights(
        full=Visit(just(BUSY), _busy),
        empty=Visit(just(EMPTY), _empty),
        error=_NO_CENTRE,
        no_permission=forbidden(just(BUSY), "regulator"),
    ),
    "assessment:what_if": Sights(
        full=Visit(just(FULL), _full),
        empty=Visit(just(EMPTY), _empty),
        error=(Visit(just(FULL), _full, status=422, form=FORM, sends=({"GR-1.1": "much"},)), _NO_CENTRE),
        no_permission=forbidden(just(BUSY), "regulator"),
    ),
    "centres:people": Sights(
        full=Visit(just(BUSY), "registrar"),
        empty=Visit(just("demo-new"), "registrar", at=BARE),
        error=(refused(just(BUSY), "registrar", form="form.invite"), _NO_CENTRE),
        no_permission=forbidden(just(BUSY), _busy),
    ),
    "centres:staff": Sights(
        full=Visit(nothing, "administrator"),
        empty=NeverEmpty.ONESELF,
        error=refused(nothing, "administrator", form="form.invite"),
        no_permission=forbidden(nothing, _busy),
    ),
    "centres:profile": Sights(
        full=Visit(just(FULL), _full),
        empty=Visit(just(EMPTY), _empty, shows="form"),
        error=refused(just(FULL), _full),
        no_permission=forbidden(just(BUSY), "assessor"),
    ),
    "centres:profile_yaml": Sights(
        full=Visit(just(FULL), _full),
        empty=NeverEmpty.FORM,
        error=refused(just(FULL), _full),
        no_permission=forbidden(just(BUSY), "assessor"),
    ),
}

_EVIDENCE = {
    "evidence:upload": Sights(
        full=Visit(just(FULL), _full),
        empty=NeverEmpty.FORM,
        error=refused(just(FULL), _full),
        no_permission=forbidden(just(FULL), "assessor"),
    ),
    "evidence:evidence": Sights(
        full=(Visit(the("survey"), _busy, query="?line=3"), Visit(the("table"), _busy)),
        empty=NeverEmpty.ONE_THING,
        error=absent(the("nothing"), _busy),
        no_permission=absent(the("survey"), _full),
    ),
    "evidence:map_columns": Sights(
        full=Visit(the("table"), _busy),
        empty=NeverEmpty.FORM,
        error=(refused(the("table"), _busy, form="form.map-form"), absent(the("nothing"), _busy)),
        no_permission=(forbidden(the("table"), "assessor"), absent(the("table"), _full)),
    ),
    "evidence:saved_maps": Sights(
        full=Visit(just(BUSY), _busy),
        empty=Visit(just(EMPTY), _empty),
        error=_NO_CENTRE,
        no_permission=absent(just(BUSY), _full),
    ),
    "evidence:saved_map": Sights(
        full=Visit(just(BUSY, "dcim", "1"), _busy),
        empty=NeverEmpty.ONE_THING,
        error=absent(just(BUSY, "dcim", "9"), _busy),
        no_permission=absent(just(BUSY, "dcim", "1"), _full),
    ),
    "evidence:format": Sights(
        full=Visit(just("prometheus_range")),
        empty=NeverEmpty.UNDOCUMENTED,
        error=absent(just("nothing_we_know")),
        no_permission=NeverRefused.OPEN,
    ),
    "assessment:version_changes": Sights(
        full=Visit(the("survey"), _busy),
        empty=absent(the("table"), _busy),
        error=absent(the("survey"), _busy, query="?since=nothing"),
        no_permission=absent(the("survey"), _full),
    ),
}

_OPEN = {
    "assessment:home": Sights(
        full=Visit(nothing),
        empty=(Visit(nothing, at=BARE), Visit(nothing, query="?scale=small&use=inference_led")),
        error=NeverWrong.NOTHING_GIVEN,
        no_permission=NeverRefused.OPEN,
    ),
    "assessment:announcements": Sights(
        full=Visit(nothing),
        empty=Visit(nothing, at=BARE),
        error=NeverWrong.NOTHING_GIVEN,
        no_permission=NeverRefused.OPEN,
    ),
    "assessment:announcement": Sights(
        full=Visit(the("announced")),
        empty=NeverEmpty.FORM,
        error=(refused(the("announced")), absent(the("case"))),
        no_permission=NeverRefused.OPEN,
    ),
    "assessment:complaint": Sights(
        full=Visit(the("certificate")),
        empty=NeverEmpty.FORM,
        error=(refused(the("certificate")), absent(just("ZH-1"))),
        no_permission=NeverRefused.OPEN,
    ),
    "assessment:verify": Sights(
        full=Visit(nothing),
        empty=NeverEmpty.FORM,
        error=(refused(nothing), Visit(nothing, status=422, query="?number=")),
        no_permission=NeverRefused.OPEN,
    ),
    "assessment:certificate": Sights(
        full=(Visit(the("certificate")), Visit(the("certificate"), "decider")),
        empty=NeverEmpty.ONE_THING,
        error=(absent(just("ZH-1")), refused(the("certificate"), "decider")),
        no_permission=NeverRefused.OPEN,
    ),
    "indicators:rubrics": Sights(
        full=(Visit(nothing), Visit(nothing, "rubric_author")),
        empty=Visit(nothing, at=BARE),
        error=NeverWrong.NOTHING_GIVEN,
        no_permission=NeverRefused.OPEN,
    ),
    "indicators:upload": Sights(
        full=Visit(nothing, "rubric_author"),
        empty=NeverEmpty.FORM,
        error=refused(nothing, "rubric_author"),
        no_permission=forbidden(nothing, _busy),
    ),
    "indicators:rubric": Sights(
        full=Visit(just("zhisuan", "2026.0")),
        empty=NeverEmpty.ONE_THING,
        error=absent(just("zhisuan", "1999.0")),
        no_permission=absent(the("rubric", "draft")),
    ),
    "indicators:life": Sights(
        full=Visit(the("rubric", "draft"), "rubric_author"),
        empty=NeverEmpty.ONE_THING,
        error=(refused(the("rubric", "draft"), "rubric_author"), absent(just("zhisuan", "1999.0"), "rubric_author")),
        no_permission=(absent(the("rubric", "draft"), _busy), absent(just("zhisuan", "2026.0"), _busy)),
    ),
    "indicators:indicator": Sights(
        full=Visit(just("zhisuan", "2026.0", "GR-1.1")),
        empty=NeverEmpty.ONE_THING,
        error=absent(just("zhisuan", "2026.0", "XX-9.9")),
        no_permission=absent(the("rubric", "draft", "indicator")),
    ),
    "assessment:edition_diff": Sights(
        full=Visit(the("rubric", "draft"), "rubric_author"),
        empty=absent(just("zhisuan", "2026.0")),
        error=absent(just("zhisuan", "2026.0"), query="?from=1999.0"),
        no_permission=absent(the("rubric", "draft")),
    ),
}

PAGES: dict[str, Sights] = {**_OPEN, **_CENTRES, **_EVIDENCE, **_BOARD, **_BODY, **CASES, **HISTORIES, **ACCOUNTS}
