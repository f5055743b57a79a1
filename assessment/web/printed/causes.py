"""Why a grade is capped or refused, and what a certificate still needs: on every paper the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from assessment.documents.content.paper import Block, Heading, Sentence
from assessment.documents.content.words import grade_words
from assessment.scoring.explain.still_needed import Need
from assessment.scoring.result import Consequence
from operations.templatetags.words import bracketed, said


def causes(consequences: Sequence[Consequence]) -> Iterator[Block]:
    if not consequences:
        yield Sentence(_("None: no mandatory line is missed and nothing caps the grade."))
    for one in consequences:
        capped = bracketed(grade_words(one.grade)) if one.grade else ""
        yield Sentence(f"{one.code} {said(one.reason.message)}{capped}", listed=True)


def needs(found: Sequence[Need]) -> Iterator[Block]:
    yield Heading(_("What a certificate still needs"))
    if not found:
        yield Sentence(
            _(
                "No indispensable figure and no evidence is missing; "
                "whether there is a certificate is decided on an application for one."
            )
        )
    for one in found:
        yield Sentence(f"{one.code} {said(one.message)}", listed=True)
