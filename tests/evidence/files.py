"""Small evidence files made on the spot."""

from __future__ import annotations

SUS_HEADER = "respondent,q1,q2,q3,q4,q5,q6,q7,q8,q9,q10\n"


def sus_csv(respondents: int = 3, *, first: int = 1) -> bytes:
    """Answers 4 and 2 in turn: everybody's score is 75."""
    rows = (f"r{number},4,2,4,2,4,2,4,2,4,2\n" for number in range(first, first + respondents))
    return (SUS_HEADER + "".join(rows)).encode()
