"""What a page says as a paper: `?format=docx` and `?format=pdf` at its own address, made anew each time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst

from assessment.documents.content.paper import Block, Paper
from assessment.documents.content.words import NO_DECISION
from assessment.documents.render import paper_pdf
from assessment.documents.word import DOCX, paper_docx
from assessment.models import Assessment, Kind
from core.text import Text
from operations.http.formats import asks_for
from operations.templatetags.words import active_language, said

_MADE: dict[str, tuple[Callable[[Paper], bytes], str]] = {
    "docx": (paper_docx, DOCX),
    "pdf": (paper_pdf, "application/pdf"),
}


def asks_for_paper(request: HttpRequest) -> bool:
    return bool(asks_for(request, *_MADE))


def paper_answer(request: HttpRequest, paper: Paper, *, name: str) -> HttpResponse:
    """The paper to download, in the form that was asked for.

    Raises:
        UserFacingError: as `make_pdf`.
    """
    form = asks_for(request, *_MADE)
    make, content_type = _MADE[form]
    answer = HttpResponse(make(paper), content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}-{paper.made_on.isoformat()}.{form}"'
    return answer


def paper_on(case: Assessment, title: Text | str, blocks: Iterable[Block]) -> Paper:
    """A paper about a case, of the assessing body, made today; that of a pre-assessment says so on every sheet."""
    body, centre = said(settings.BODY_NAME), said(case.centre.name)
    remark = f"{NO_DECISION.zh} / {NO_DECISION.en}" if case.kind == Kind.PRE_ASSESSMENT else ""
    return Paper(
        said(title), centre, body, timezone.localdate(), tuple(blocks), remark=remark, language=active_language()
    )


def word(words: Any) -> str:
    """A state or an act, as pages begin it."""
    return capfirst(said(words))


def day(at: dt.date | None) -> str:
    return "–" if at is None else at.isoformat()


def moment(at: dt.datetime | None) -> str:
    """An instant by the clock of the pages."""
    return "–" if at is None else f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
