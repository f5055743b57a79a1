"""The list of everything wrong with a rubric, each fault with file and line, in both languages."""

from __future__ import annotations

from core.errors import RUBRIC_IS_WRITTEN, RubricError
from core.provenance import Where
from core.text import Text

SHOWN_FAULTS = 200


class Faults:
    """Collects faults while reading, so that an author sees all of them at once."""

    def __init__(self) -> None:
        self._found: list[RubricError] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def add(self, code: str, where: Where, *, zh: str, en: str, hint: Text | None = None) -> None:
        told = hint or RUBRIC_IS_WRITTEN
        self._found.append(RubricError(code, Text(zh=zh, en=en), where=where, hint=told))

    def take(self, faults: tuple[RubricError, ...]) -> None:
        self._found.extend(faults)

    def listed(self) -> tuple[RubricError, ...]:
        """In the order of files and lines."""
        return tuple(sorted(self._found, key=_place))

    def raise_if_any(self) -> None:
        """Raises:
        RubricError: code of the first fault, with all of them in `faults`.
        """
        if not self._found:
            return
        faults = self.listed()
        first = faults[0]
        if len(faults) == 1:
            message = first.message
        else:
            message = Text(
                zh=f"评价指标体系有 {len(faults)} 处错误；第一处：{first.message.zh}",
                en=f"The rubric has {len(faults)} faults; the first: {first.message.en}",
            )
        raise RubricError(
            first.code,
            message,
            where=first.where,
            hint=first.hint,
            faults=faults[:SHOWN_FAULTS],
            found=len(faults),
        )


def _place(fault: RubricError) -> tuple[str, int]:
    where = fault.where or Where()
    return (where.file or "", where.line or 0)
