"""Places on pages: a province in the active language."""

from __future__ import annotations

from django import template

from centres.provinces import province_name
from operations.templatetags.words import said

register = template.Library()


@register.filter
def province_word(province: str) -> str:
    return said(province_name(province))
