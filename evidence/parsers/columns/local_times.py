"""Local times as measuring tools write them, brought into the one form `Clock` reads. No zone is added."""

from __future__ import annotations

import re2

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_AMERICAN = re2.compile(r"([0-9]{2})-([0-9]{2})-([0-9]{4})[ T]([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?)")
_C_LIBRARY = re2.compile(
    r"(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2}) {1,2}([0-9]{1,2}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) ([0-9]{4})"
)


def iso_of_american(text: str) -> str:
    """`02-28-2023 09:57:16.275` as `2023-02-28 09:57:16.275`; other text as it is, for the clock to refuse."""
    match = _AMERICAN.fullmatch(text.strip())
    if match is None:
        return text
    month, day, year, clock = match.groups()
    return f"{year}-{month}-{day} {clock}"


def iso_of_c_library(text: str) -> str:
    """`Fri Feb  3 16:33:45 2023` as `2023-02-03 16:33:45`; other text as it is, for the clock to refuse."""
    match = _C_LIBRARY.fullmatch(text.strip())
    if match is None or (month := _MONTHS.get(match.group(1).lower())) is None:
        return text
    _, day, clock, year = match.groups()
    return f"{year}-{month:02d}-{int(day):02d} {clock}"
