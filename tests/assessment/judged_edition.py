"""The small edition with three indicators an assessor judges, each with the same six levels."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from django.utils import timezone

from indicators.models import Edition, EditionState
from indicators.rubric.digest import seal
from indicators.rubric.loader import edition_of_content, load_edition
from tests.editions import zhisuan

JUDGED = {
    "operations_assurance": "cluster_stability/fault_handling_and_operations/operations_assurance.yaml",
    "sla_completeness": "service_usability/support_and_satisfaction/sla_completeness.yaml",
    "security_and_isolation": "service_usability/security_and_compliance/security_and_isolation.yaml",
}
CODES = ("ST-3.6", "US-4.2", "US-6.1")
_LEVELS = (
    ("没有任何安排", "nothing is arranged"),
    ("有口头约定", "agreed by word of mouth"),
    ("有书面规定，执行不全", "written down, followed in part"),
    ("有书面规定并执行", "written down and followed"),
    ("执行情况有记录并定期检查", "followed, recorded and reviewed"),
    ("持续改进，可供同行借鉴", "improved all the time, an example to others"),
)


def judged_content() -> dict[str, Any]:
    """Of its files, by their names."""
    content: dict[str, Any] = copy.deepcopy(dict(zhisuan().content))
    for measure, file in JUDGED.items():
        levels = [
            {"level": str(number), "points": str(20 * number), "title": {"zh": zh, "en": en}}
            for number, (zh, en) in enumerate(_LEVELS)
        ]
        content[file] = {key: value for key, value in content[file].items() if key != "minimum"}
        content[file]["curve"] = {"kind": "judged", "levels": levels}
        declared = content["rubric.yaml"]["measures"][measure]
        content["rubric.yaml"]["measures"][measure] = {
            "title": declared["title"], "unit": "level", "direction": "higher",
        }  # fmt: skip
    return content


def judged_edition() -> Edition:
    """Kept as published, beside the edition it is made from."""
    content = judged_content()
    read = edition_of_content(content)
    return Edition.objects.create(
        rubric=read.rubric, edition=f"{read.edition}-judged", digest=read.digest, content=content,
        standing_zh=read.standing.zh, standing_en=read.standing.en, state=EditionState.PUBLISHED, sealed=True,
        published_at=timezone.now(),
    )  # fmt: skip


def write_judged(folder: Path, *, rubric: str = "zhisuan") -> Path:
    """The same as sealed files, which `load_rubric` takes; its YAML happens to be JSON."""
    content = judged_content()
    content["rubric.yaml"]["rubric"] = rubric
    for name, found in content.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    seal(folder, load_edition(folder).digest)
    return folder
