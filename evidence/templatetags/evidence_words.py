"""What templates of every app ask of an evidence: its state as a sign, its format in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.text import Text
from evidence.models import Evidence, EvidenceState
from evidence.parsers.archives.packed import FORMAT as ARCHIVE
from evidence.parsers.maps.parser import FORMAT as MAPPED_TABLE
from evidence.parsers.maps.parser import TITLE as MAPPED_TITLE
from evidence.parsers.registry import PARSER_BY_FORMAT
from evidence.web.words import STATES, Sign

if TYPE_CHECKING:  # the views that use it come by it themselves
    from evidence.web.map_form import MapForm

register = template.Library()
_ARCHIVE = Text(zh="压缩包", en="Archive")


@register.filter
def state_sign(evidence: Evidence) -> Sign:
    return STATES[EvidenceState(evidence.state)]


@register.filter
def format_title(evidence: Evidence) -> Text | str:
    return title_of_format(evidence.format)


@register.filter
def title_of_format(name: str) -> Text | str:
    """The title of a format; its bare name where no parser of that name is left."""
    if name == MAPPED_TABLE:
        return MAPPED_TITLE
    if name == ARCHIVE:
        return _ARCHIVE
    parser = PARSER_BY_FORMAT.get(name)
    return parser.title if parser else name


@register.filter
def issue_count(evidence: Evidence) -> Any:
    return sum(evidence.issue_counts.values())


@register.inclusion_tag("evidence/_errors_at.html")
def errors_at(form: MapForm, part: str, name: str | int = "") -> dict[str, Any]:
    """What is wrong at one input of the form of a column map."""
    at = f"{part}{name}"
    return {"at": at, "errors": [words for place in form.told if place.id_for_label == at for words in place.errors]}


@register.simple_tag
def wrong_at(form: MapForm, part: str, name: str | int = "") -> SafeString:
    """The attributes that tie such an input to what is wrong with it; none where nothing is."""
    at = f"{part}{name}"
    if all(place.id_for_label != at for place in form.told):
        return SafeString("")
    return format_html(' aria-invalid="true" aria-describedby="{}_error"', at)
