"""What pages call the severity and state of a finding."""

from __future__ import annotations

from assessment.models import FindingState, Severity
from core.text import Text

SEVERITIES: dict[str, Text] = {
    Severity.MAJOR: Text(zh="严重不符合项", en="major nonconformity"),
    Severity.MINOR: Text(zh="一般不符合项", en="minor nonconformity"),
    Severity.OBSERVATION: Text(zh="观察项", en="observation"),
}
STATES: dict[str, Text] = {
    FindingState.OPEN: Text(zh="待答复", en="open"),
    FindingState.ANSWERED: Text(zh="已答复", en="answered"),
    FindingState.ACCEPTED: Text(zh="纠正措施已接受", en="corrective action accepted"),
    FindingState.CLOSED: Text(zh="已关闭", en="closed"),
    FindingState.RETRACTED: Text(zh="已撤回", en="retracted"),
}
