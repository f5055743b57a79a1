"""What samples are drawn from, in words."""

from __future__ import annotations

from core.text import Text

SUBJECTS: dict[str, Text] = {
    "cards": Text(zh="加速卡", en="cards"),
    "nodes": Text(zh="节点", en="nodes"),
    "jobs": Text(zh="作业", en="jobs"),
}
