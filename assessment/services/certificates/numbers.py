"""Certificate numbers: `ZH-2026-0001-C`, year, running number and a check character that catches typing errors."""

from __future__ import annotations

import re2
from django.db import transaction

from assessment.models import CertificateSeries

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMBER = re2.compile(r"ZH-[0-9]{4}-[0-9]{4,6}-[0-9A-Z]")


@transaction.atomic
def next_number(year: int) -> str:
    """The next number of the year, in the transaction of the decision: no number is given twice or skipped."""
    CertificateSeries.objects.get_or_create(year=year)
    series = CertificateSeries.objects.select_for_update().get(year=year)
    series.last += 1
    series.save()
    body = f"ZH-{year}-{series.last:04d}"
    return f"{body}-{check_character(body)}"


def is_well_formed(number: str) -> bool:
    """Whether a number could have been given: shape and check character, before anything is looked up."""
    return bool(_NUMBER.fullmatch(number)) and check_character(number[:-2]) == number[-1]


def check_character(body: str) -> str:
    """ISO/IEC 7064 MOD 37,36 over letters and digits: catches every single mistake and swap of neighbours."""
    product = 36
    for character in body.replace("-", ""):
        total = (product + _ALPHABET.index(character)) % 36 or 36
        product = total * 2 % 37
    return _ALPHABET[(37 - product) % 36]
