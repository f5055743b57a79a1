"""Why a job or a service failed: the scheduler's state and the centre's own cause code, put in four classes."""

from __future__ import annotations

from enum import StrEnum

# Causes which are not the platform's. Every other code names a fault of hardware, software or site.
_USER = {"user", "user_error", "user_request", "application", "quota", "cancelled_by_user"}
_POLICY = {"policy", "preempted", "requeued", "maintenance", "planned"}
_UNKNOWN = {"", "unknown", "unclear", "other", "none", "n/a", "未知", "不明", "待查"}

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


class Cause(StrEnum):
    """Who a failure is counted against."""

    NONE = "none"
    PLATFORM = "platform"
    USER = "user"
    POLICY = "policy"
    UNKNOWN = "unknown"


def job_cause(state: str, cause: str | None) -> Cause:
    """The class of a job's end; a cause code, where there is one, outweighs the state.

    `COMPLETED` and jobs that still run have none. `FAILED` and states no scheduler is known to have are unknown without
    a code. That a node failed is no user's doing, whatever the code says.
    """
    if state in _NOT_FAILED:
        return Cause.NONE
    told = Cause(_STATES.get(state, "unknown"))
    coded = (cause or "").strip().lower()
    if coded in _UNKNOWN or (coded in _USER and told is Cause.PLATFORM):
        return told
    if coded in _USER:
        return Cause.USER
    return Cause.POLICY if coded in _POLICY else Cause.PLATFORM


def is_confirmed(cause: str | None) -> bool:
    """Whether an incident's cause is known."""
    return (cause or "").strip().lower() not in _UNKNOWN
