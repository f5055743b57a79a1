"""What an act is called once it was done, where a button says what to do: “submitted” for “submit”."""

from __future__ import annotations

from assessment.services.chain.table import TITLES
from core.text import Text

# Chinese has one word for both.
_DONE = {
    "open": "application",
    "submit": "submitted",
    "take_up": "application taken up for review",
    "return": "returned",
    "accept": "accepted",
    "decline": "declined",
    "begin": "evaluation begun",
    "evaluate": "evaluated",
    "review": "reviewed",
    "state": "statement issued",
    "send_back": "sent back",
    "concur": "concurred",
    "certify": "certified",
    "refuse": "refused",
    "ask_again": "returned to review",
    "take_effect": "took effect",
    "reconsider": "reopened",
    "discontinue": "application withdrawn",
    "survey": "surveillance recorded",
    "suspend": "suspended",
    "suspend_late": "suspended: surveillance overdue",
    "restore": "reinstated",
    "withdraw": "withdrawn",
    "warn": "notice of the withdrawal given",
    "withdraw_late": "withdrawn: suspended too long",
    "terminate": "cancelled",
    "replace": "replaced by a renewed one",
    "expire": "expired",
    "answer": "answered",
    "reject_answer": "answer rejected",
    "accept_answer": "corrective action accepted",
    "fail_check": "found not effective",
    "close": "found effective and closed",
    "retract": "retracted",
    "acknowledge": "acknowledged",
    "uphold": "upheld",
    "dismiss": "dismissed",
    "accept_figure": "figure accepted",
    "dispute_figure": "figure disputed",
    "rule_out": "marked not applicable",
    "judge": "level judged",
    "take_back": "taken back",
    "approve_reason": "reason approved",
    "refuse_reason": "reason refused",
    "propose": "level proposed",
    "agree": "level agreed to",
    "adjudicate": "adjudicated",
}


def done_title(act: str) -> Text:
    """The act in the past; an act that is none of the table's is called as an application."""
    known = act if act in TITLES else "open"
    return Text(zh=TITLES[known].zh, en=_DONE[known])
