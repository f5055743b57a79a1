"""One format: what it carries, the command that exports it, an empty table where there is one."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from evidence.observations.registry import KIND_BY_NAME
from evidence.parsers.registry import PARSER_BY_FORMAT
from evidence.parsers.templates import endings
from operations.templatetags.words import active_language

# A block between fences, or lines set in by four places after an empty line.
_BLOCKS = re.compile(r"^```\w*\n(.*?)^```$|\n\n((?:    [^\n]*\n)+)", re.MULTILINE | re.DOTALL)


@require_GET
def format_page(request: HttpRequest, name: str) -> HttpResponse:
    """Open to everybody, as the rubric is."""
    parser = PARSER_BY_FORMAT.get(name)
    if parser is None:
        raise Http404
    description = described(name)
    context = {
        "format": parser,
        "kinds": [KIND_BY_NAME[kind].title for kind in parser.kinds],
        "commands": commands(description),
        "description": description,
        "templates": [
            (ending, reverse("api:evidence_template", args=[name, ending]) + f"?language={active_language()}")
            for ending in endings(name)
        ],
    }
    return render(request, "evidence/format.html", context)


@lru_cache(maxsize=256)
def described(name: str) -> str:
    """The page of the documentation; empty in an installation without it."""
    page = Path(settings.BASE_DIR) / "docs" / "formats" / f"{name}.md"
    return page.read_text(encoding="utf-8") if page.is_file() else ""


def commands(description: str) -> list[str]:
    """What stands to be copied above the first table: commands, or what a file looks like."""
    above = description.split("\n|", maxsplit=1)[0]
    found = [fenced or re.sub(r"^    ", "", set_in, flags=re.MULTILINE) for fenced, set_in in _BLOCKS.findall(above)]
    return [block.strip("\n") for block in found]
