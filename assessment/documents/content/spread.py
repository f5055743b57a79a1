"""The interval of a score and the grade lines inside it, in words that are the same on page and paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assessment.documents.content.words import grade_words, points_words
from assessment.scoring.firmness import Firmness
from core.text import Text


@dataclass(frozen=True, slots=True)
class Spread:
    """How firmly a score stands, with the sentence on what was varied."""

    firmness: Firmness
    varied: Text

    @property
    def interval(self) -> str:
        """“5–95 %: 78.12–84.90”."""
        low, high = self.firmness.score
        return f"5–95 %: {points_words(low)}–{points_words(high)}"

    @property
    def lines(self) -> Iterator[Text]:
        """One sentence for each grade line inside the interval."""
        for line in self.firmness.lines:
            name, points = grade_words(line.grade), points_words(line.at_least)
            yield Text(
                zh=f"得分在{name.zh}（{line.grade}，{points} 分）界线的不确定度之内；等级不因此改变。",
                en=f"Within uncertainty of {line.grade} ({points} points); the grade stands.",
            )
