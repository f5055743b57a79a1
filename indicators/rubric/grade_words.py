"""What the grades L1 to L5 are called where people read them; an edition's own titles also carry its scale."""

from __future__ import annotations

from core.text import Text

GRADES = {
    "L1": Text(zh="一级", en="Level 1"),
    "L2": Text(zh="二级", en="Level 2"),
    "L3": Text(zh="三级", en="Level 3"),
    "L4": Text(zh="四级", en="Level 4"),
    "L5": Text(zh="五级", en="Level 5"),
}


def grade_title(grade: str, *, otherwise: Text | None = None) -> Text:
    """Its name; of a grade of another scheme `otherwise`, and without that its identifier."""
    return GRADES.get(grade) or otherwise or Text(zh=grade, en=grade)
