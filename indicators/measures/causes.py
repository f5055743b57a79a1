"""Why a job or a service failed: the scheduler's state and the centre's own cause code, put in four classes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from core.outcome import Reason
from indicators.measures.cause_words import CODES, PLATFORM, POLICY, SILENT, USER, plain
from indicators.measures.findings import note, some_of

_STATES = {
    "NODE_FAIL": "platform",
    "BOOT_FAIL": "platform",
    "CANCELLED": "user",
    "TIMEOUT": "user",
    "DEADLINE": "user",
    "OUT_OF_MEMORY": "user",
    "PREEMPTED": "policy",
    "REQUEUED": "policy",
    "FAILED": "unknown",
}
_NOT_FAILED = frozenset(
    ("COMPLETED", "COMPLETING", "CONFIGURING", "PENDING", "RESIZING", "REVOKED", "RUNNING", "SUSPENDED")
)
FINISHED = frozenset(_STATES) - {"PREEMPTED", "REQUEUED"} | {"COMPLETED"}
_LONGEST_WORD = 40


class Cause(StrEnum):
    """Who a failure is counted against."""

    NONE = "none"
    PLATFORM = "platform"
    USER = "user"
    POLICY = "policy"
    UNKNOWN = "unknown"


_CLASSES = {
    **dict.fromkeys(PLATFORM, Cause.PLATFORM),
    **dict.fromkeys(USER, Cause.USER),
    **dict.fromkeys(POLICY, Cause.POLICY),
}


def coded_as(cause: str | None) -> Cause:
    """What a cause code says by itself: none where it is silent, unknown in words the taxonomy does not have."""
    word = plain(cause or "")
    return Cause.NONE if word in SILENT else _CLASSES.get(CODES.get(word, ""), Cause.UNKNOWN)


def job_cause(state: str, coded: Cause) -> Cause:
    """The class of a job's end; a cause code, where there is one, outweighs the state.

    `COMPLETED` and jobs that still run have none. `FAILED` and states no scheduler is known to have are unknown without
    a code, and so is every end that was coded in words the taxonomy does not have. That a node failed is no user's
    doing, whatever the code says.
    """
    if state in _NOT_FAILED:
        return Cause.NONE
    told = Cause(_STATES.get(state, "unknown"))
    if coded is Cause.NONE or (told is Cause.PLATFORM and coded in (Cause.USER, Cause.UNKNOWN)):
        return told
    return coded


def is_confirmed(cause: str | None) -> bool:
    """Whether an incident's cause is known: a code of the taxonomy that says more than who has to answer for it."""
    code = CODES.get(plain(cause or ""))
    return code is not None and code not in set(Cause)


def unlisted(causes: Iterable[str | None]) -> Iterator[Reason]:
    """That some causes are no words of the taxonomy, which they are, and how to mend it."""
    words = sorted({cause.strip()[:_LONGEST_WORD] for cause in causes if cause and coded_as(cause) is Cause.UNKNOWN})
    if words:
        shown = some_of(words)
        yield note(
            "causes_not_listed",
            f"以下原因不在原因分类表中，按原因不明计：{shown.zh}。请改写为分类表中的代码或名称，"
            "例如 faulty_gpu（GPU故障）、user_error（用户代码错误），全表见“原因分类表”（causes）。",
            f"These causes are not in the taxonomy and count as unknown: {shown.en}. Write a code or a word of it "
            "instead, such as faulty_gpu (GPU故障) or user_error (用户代码错误); “causes” among the formats has all.",
        )
