"""What the parts people take in a case are called."""

from __future__ import annotations

from assessment.models import Part
from core.text import Text

PARTS: dict[str, Text] = {
    Part.APPLICANT: Text(zh="申请方", en="applicant"),
    Part.REGISTRAR: Text(zh="受理员", en="registrar"),
    Part.ASSESSOR: Text(zh="审查员", en="assessor"),
    Part.REVIEWER: Text(zh="复核人", en="reviewer"),
    Part.DECIDER: Text(zh="决定人", en="decider"),
    Part.APPEAL_HANDLER: Text(zh="申诉处理员", en="appeal handler"),
    Part.SYSTEM: Text(zh="平台", en="the platform"),
}
