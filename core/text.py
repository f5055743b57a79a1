"""Words for people, always in both languages."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

import re2

Language = Literal["zh", "en"]
_MEETING = re2.compile(r"\p{Han}[A-Za-z0-9]|[A-Za-z0-9%]\p{Han}")
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # re2 knows no halves of pairs
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # control, format, half a pair, line and paragraph separators
# The 66 places Unicode keeps empty for good; others that are empty yet may be rare characters to come.
_ENDS_OF_PLANES = "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
_NO_CHARACTER = re.compile(f"[\ufdd0-\ufdef{_ENDS_OF_PLANES}]")


def holds_unseen_characters(words: str) -> bool:
    """Whether a direction mark, an escape or what is no character would make words read otherwise than they are."""
    return any(unicodedata.category(one) in _UNSEEN for one in words) or _NO_CHARACTER.search(words) is not None


def with_line_feeds(words: str) -> str:
    """Words as they were typed: a form sends two characters for each end of a line, and very old files another one."""
    return words.replace("\r\n", "\n").replace("\r", "\n")


def fit_for_xml(words: str) -> str:
    """Words as workbooks and documents hold them: what no XML may hold becomes `�`."""
    return _NOT_IN_XML.sub("�", words)


def joined_zh(*parts: str) -> str:
    """Parts of a Chinese sentence in a row, with a space wherever Chinese meets Latin letters or figures."""
    joined = ""
    for part in parts:
        border = joined[-1:] + part[:1]
        joined += f" {part}" if _MEETING.fullmatch(border) else part
    return joined


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or name in Chinese (normative) and English (informative)."""

    zh: str
    en: str

    def said_in(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en

    def as_json(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}

    def filled(self, **words: object) -> Text:
        """The same sentence with `{name}` places filled in both languages; a word that is a `Text` by its own."""
        zh = {name: word.zh if isinstance(word, Text) else word for name, word in words.items()}
        en = {name: word.en if isinstance(word, Text) else word for name, word in words.items()}
        return Text(zh=self.zh.format(**zh), en=self.en.format(**en))
