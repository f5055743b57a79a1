"""States and severities of evidence as pages say them: shape, word, tone, and what it means for the uploader."""

from __future__ import annotations

from dataclasses import dataclass

from core.text import Text
from evidence.models import EvidenceState
from evidence.parsers.base import Severity


@dataclass(frozen=True, slots=True)
class Sign:
    """Shape and tone are told apart without colour; `meaning` says what follows from the state."""

    words: Text
    tone: str  # good | caution | bad | quiet
    shape: str  # full | half | empty | dash | cross
    meaning: Text | None = None


STATES = {
    EvidenceState.RECEIVED: Sign(Text(zh="已接收", en="received"), "quiet", "empty"),
    EvidenceState.PARSING: Sign(Text(zh="解析中", en="being read"), "quiet", "half"),
    EvidenceState.ACCEPTED: Sign(
        Text(zh="已采纳", en="accepted"),
        "good",
        "full",
        Text(zh="其观测值计入本中心的评价。", en="Its observations count in the centre's assessment."),
    ),
    EvidenceState.REJECTED: Sign(
        Text(zh="已退回", en="rejected"),
        "bad",
        "cross",
        Text(
            zh="文件中有错误，未计入评价。表格请按所列问题改正后重新提交；工具输出的日志请提交原样文件，或重新运行。",
            en="The file has errors and does not count. Mend a form as its issues say; hand in a log exactly as its "
            "tool wrote it, or that of another run.",
        ),
    ),
    EvidenceState.UNREADABLE: Sign(
        Text(zh="无法读取", en="unreadable"),
        "bad",
        "cross",
        Text(zh="未能从文件中读出任何内容。", en="Nothing could be read from the file."),
    ),
    EvidenceState.WITHDRAWN: Sign(Text(zh="已撤回", en="withdrawn"), "quiet", "dash"),
    EvidenceState.SUPERSEDED: Sign(Text(zh="已被替代", en="superseded"), "quiet", "dash"),
}

SEVERITIES = {
    Severity.ERROR: Sign(Text(zh="错误", en="error"), "bad", "cross"),
    Severity.WARNING: Sign(Text(zh="警告", en="warning"), "caution", "half"),
    Severity.INFO: Sign(Text(zh="提示", en="note"), "quiet", "empty"),
}

WAITING = Text(zh="等待处理", en="Waiting for a worker")
READING = Text(zh="正在读取文件", en="Reading the file")

# Where it is known which of the two a rejected file is, only its own sentence stands there.
REJECTED_LOG_MEANS = Text(
    zh="文件中有错误，未计入评价。请提交工具原样输出的文件，或重新运行后提交其输出。",
    en="The file has errors and does not count. Hand in the log exactly as its tool wrote it, or that of another run.",
)
REJECTED_TABLE_MEANS = Text(
    zh="文件中有错误，未计入评价。请按所列问题改正后重新提交。",
    en="The file has errors and does not count. Mend it as its issues say and hand it in again.",
)
ARCHIVE_MEANS = Text(
    zh="其中识别出的文件各自计入本中心的评价。",
    en="The files recognised in it count in the centre's assessment, each on its own.",
)
