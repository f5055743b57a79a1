"""Words as papers set them."""

from __future__ import annotations

import re

from django import template
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
# A name or a date; of a longer one its column could burst.
_HYPHENATED = re.compile(r"(?<![\w-])(?=[\w-]{3,24}(?![\w-]))([0-9A-Za-z_]+(?:-[0-9A-Za-z_]+)+)", re.ASCII)


@register.filter
def names_whole(words: str) -> SafeString:
    """Words with each name such as `PUE-IT-1` on one line, its hyphens the ones that were written.

    A line may break behind a hyphen; a no-break hyphen would be another name to whoever copies it from the paper.
    """
    *pieces, rest = _HYPHENATED.split(words)
    before = format_html_join("", '{}<span class="nowrap">{}</span>', zip(pieces[::2], pieces[1::2], strict=True))
    return before + conditional_escape(rest)
