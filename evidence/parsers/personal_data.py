"""Personal data in evidence: named with its line, and never shown but masked.

Told by form alone: e-mail addresses, Chinese identity numbers (with their check digit), card numbers of UnionPay (with
theirs), mobile numbers where words or quotation say that a figure is one; and headings that name people.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import numpy as np
import numpy.typing as npt
import re2

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.parsers.base import ParseIssue, Severity
from evidence.parsers.text.line_ends import lines_in, whole_lines
from evidence.parsers.text.source import CHUNK, LONGEST_LINE, Source, unharmed

CODE = "personal_data"
HEADER_WITHIN = 10


class PersonalKind(StrEnum):
    EMAIL = "email"
    MOBILE = "mobile"
    IDENTITY = "identity_number"
    CARD = "bank_card"
    COLUMN = "column"

    @property
    def words(self) -> Text:
        return _WORDS[self]


@dataclass(frozen=True, slots=True)
class Personal:
    """One piece of personal data in a text: what it is, from where to where."""

    kind: PersonalKind
    start: int
    end: int


def personal_data(text: str) -> list[Personal]:
    """What of a text is personal data, from left to right."""
    if not _ANY.search(text):
        return []
    text = text.translate(_HALF_WIDTH)  # sign by sign, so that places stay
    found = [
        Personal(PersonalKind.EMAIL, *match.span())
        for match in _EMAIL.finditer(text)
        if not match.group().partition("@")[2].startswith(_ANNOTATIONS)
    ]
    for match in _DIGITS.finditer(text):
        digits = match.group(1)
        kind = _kind_of(digits, before=text[max(0, match.start(1) - 12) : match.start(1)])
        if kind is not None:
            found.append(Personal(kind, *match.span(1)))
    for match in _SPACED.finditer(text):
        if _is_spaced_mobile(match.group(1), before=text[max(0, match.start(1) - 12) : match.start(1)]):
            found.append(Personal(PersonalKind.MOBILE, *match.span(1)))
    return sorted(found, key=lambda one: one.start)


def masked(text: str) -> str:
    """The text with its personal data made out only in outline: `138****5678`, `z***@example.com`."""
    shown, end = [], 0
    for one in personal_data(text):
        if one.start >= end:
            shown += [text[end : one.start], _outline(text[one.start : one.end], one.kind)]
            end = one.end
    return "".join([*shown, text[end:]])


def personal_issues(source: Source) -> tuple[tuple[ParseIssue, ...], dict[str, int]]:
    """One issue per kind, at its first line, with a masked example; and how many lines there are of all."""
    first: dict[PersonalKind, tuple[int, str]] = {}
    counts: dict[PersonalKind, int] = {}
    for number, heading in enumerate(source.head_lines()[:HEADER_WITHIN], start=1):
        named = next((cell for cell in _CELL.split(heading) if names_people(cell)), None)
        if named is not None:
            first[PersonalKind.COLUMN], counts[PersonalKind.COLUMN] = (number, named.strip().strip('"')), 1
            break
    for number, line in _suspicious(source):
        for one in {one.kind: one for one in reversed(personal_data(line))}.values():
            first.setdefault(one.kind, (number, _outline(line[one.start : one.end], one.kind)))
            counts[one.kind] = counts.get(one.kind, 0) + 1
    issues = tuple(_issue(kind, *first[kind], count=counts[kind]) for kind in PersonalKind if kind in first)
    return issues, {CODE: sum(counts.values())} if counts else {}


def names_people(heading: str) -> bool:
    """Whether the heading of a column says that people stand in it."""
    return unicodedata.normalize("NFKC", heading).strip().strip('"').casefold() in _PEOPLE


def _suspicious(source: Source) -> Iterator[tuple[int, str]]:
    """The lines that may hold something, told from whole blocks; workbooks and what is damaged have no lines."""
    if source.head.startswith(b"PK\x03\x04"):
        return
    try:
        for first, block in _blocks(source):
            if not (b"@" in block or _may_hold_number(block) or _may_hold_full_width(block)):
                continue
            seen, number = 0, first
            for match in _MAYBE.finditer(block):
                last = match.end() - 1  # which may be the end of its line, but is in no other
                start = block.rfind(b"\n", 0, last) + 1
                if start < seen:
                    continue
                end = block.find(b"\n", last)
                end = len(block) if end < 0 else end
                number += block.count(b"\n", seen, start)
                yield number, block[start:end].decode("utf-8", "replace")
                number, seen = number + 1, end + 1
    except ParseError:
        return


def _blocks(source: Source) -> Iterator[tuple[int, bytes]]:
    """Whole lines, about 1 MiB at a time, with the number of the first; a line without end is cut."""
    if source.head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield from ((number, block.encode()) for number, block in source.text_blocks())
        return
    with source.open() as stream:
        number, rest = 1, b""
        while chunk := unharmed(partial(stream.read, CHUNK)):
            block, rest = whole_lines(rest, chunk)
            if len(rest) > LONGEST_LINE:
                block, rest = block + rest, b""
            if block:
                yield number, block
                number += lines_in(block)
        yield number, rest


def _may_hold_number(block: bytes) -> bool:
    """Whether eleven digits stand in a row, neither less nor more, or sixteen at least, or a mobile number in groups;
    far quicker than a pattern.
    """
    runs = _Runs(np.frombuffer(block, np.uint8) - np.uint8(ord("0")) < 10)
    return _in_groups(runs, block) or (runs.has_eleven() and (runs.has_number() or b"+861" in block))


def _may_hold_full_width(block: bytes) -> bool:
    """Whether a full-width 1 stands there, which hardly a number of people is without."""
    return b"\xef" in block and "１".encode() in block


class _Runs:
    """Digits in a row, told sixty-four places at a time, each by its bit: at each place whether so many follow."""

    def __init__(self, are: npt.NDArray[np.bool_]) -> None:
        bits = np.packbits(are, bitorder="little")
        self.one = np.zeros(len(bits) // 8 + 2, dtype="<u8")  # with nothing behind the last
        self.one.view(np.uint8)[: len(bits)] = bits
        two = self.one & _later(self.one, 1)
        self.four = two & _later(two, 2)

    def has_eleven(self) -> bool:
        return bool(self._eleven().any())

    def has_number(self) -> bool:
        """Whether eleven digits stand between signs that are none, or sixteen and more in a row."""
        eight = self.four & _later(self.four, 4)
        if (eight & _later(eight, 8)).any():
            return True
        return bool((self._eleven() & ~_earlier(self.one) & ~_later(self.one, 11)).any())

    def _eleven(self) -> npt.NDArray[np.uint64]:
        return self.four & _later(self.four, 4) & _later(self.four, 7)

    def four_and_four(self) -> npt.NDArray[np.intp]:
        """Where four digits stand, and behind one sign that is none, four more."""
        both = self.four & _later(self.four, 5)
        if not both.any():
            return _NOWHERE
        both &= ~_later(self.one, 4)
        return np.flatnonzero(np.unpackbits(both.view(np.uint8), bitorder="little"))


def _in_groups(runs: _Runs, block: bytes) -> bool:
    """Whether digits in groups of three, four and four begin with 1, with a hyphen or a blank between them."""
    at = runs.four_and_four()
    at = at[at >= 4]
    if not len(at):
        return False
    signs = np.frombuffer(block, np.uint8)
    between = signs[at - 1]
    return bool(((signs[at - 4] == ord("1")) & (between == signs[at + 4]) & np.isin(between, _BETWEEN)).any())


def _earlier(bits: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """At each place what stands one place before it."""
    moved = bits << np.uint64(1)
    moved[1:] |= bits[:-1] >> np.uint64(63)
    return moved


def _later(bits: npt.NDArray[np.uint64], places: int) -> npt.NDArray[np.uint64]:
    """At each place what stands so many places behind it."""
    moved = bits >> np.uint64(places)
    moved[:-1] |= bits[1:] << np.uint64(64 - places)
    return moved


def _kind_of(digits: str, *, before: str) -> PersonalKind | None:
    if len(digits) == 18 and _is_identity(digits):
        return PersonalKind.IDENTITY
    if 16 <= len(digits) <= 19 and digits.startswith("62") and digits.isdigit() and _is_card(digits):
        return PersonalKind.CARD
    if len(digits) == 11 and _MOBILE.fullmatch(digits) and _CALLED.search(before):
        return PersonalKind.MOBILE
    return None


def _is_spaced_mobile(text: str, *, before: str) -> bool:
    """Whether digits in groups are a mobile number; blanks between them may be those of a table of figures."""
    digits = re2.sub(r"[^0-9]", "", text)
    told = text.startswith("+") or "-" in text or _CALLED.search(before) is not None
    return told and _MOBILE.fullmatch(digits[-11:]) is not None


def _is_identity(digits: str) -> bool:
    """GB 11643: six digits of a place, a date of birth, three of order, and a check digit of ISO 7064 mod 11-2."""
    if not _IDENTITY.fullmatch(digits):
        return False
    total = sum(int(digit) * (2 ** (17 - at) % 11) for at, digit in enumerate(digits[:17]))
    return digits[17].upper() == "10X98765432"[total % 11]


def _is_card(digits: str) -> bool:
    """Luhn's check digit (ISO/IEC 7812-1)."""
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _outline(text: str, kind: PersonalKind) -> str:
    if kind is PersonalKind.EMAIL:
        name, _, domain = text.partition("@")
        return f"{name[:1]}***@{domain}"
    kept = {PersonalKind.MOBILE: (3, 4), PersonalKind.IDENTITY: (3, 1), PersonalKind.CARD: (2, 4)}[kind]
    return text[: kept[0]] + "*" * (len(text) - sum(kept)) + text[-kept[1] :]


def _issue(kind: PersonalKind, line: int, example: str, *, count: int) -> ParseIssue:
    return ParseIssue(
        CODE,
        Severity.WARNING,
        Text(
            zh=f"文件含有个人信息（{kind.words.zh}，共 {count} 行，例如 {example}）。",
            en=f"The file holds personal data ({kind.words.en}, in {count} lines, such as {example}).",
        ),
        Where(line=line),
        Text(
            zh="评价不需要个人信息：请用 zhiheng anonymise 处理，或删除该列后重新上传。",
            en="Nothing here needs it: treat the file with zhiheng anonymise, or hand it in again without the column.",
        ),
    )


_WORDS = {
    PersonalKind.EMAIL: Text(zh="电子邮箱", en="e-mail addresses"),
    PersonalKind.MOBILE: Text(zh="手机号", en="mobile numbers"),
    PersonalKind.IDENTITY: Text(zh="身份证号", en="identity numbers"),
    PersonalKind.CARD: Text(zh="银行卡号", en="bank card numbers"),
    PersonalKind.COLUMN: Text(zh="人员信息列", en="a column that names people"),
}
_EMAIL = re2.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,18}\b")
_ANNOTATIONS = ("odata.", "Redfish.", "Message.")  # `Members@odata.count` of Redfish documents
_DIGITS = re2.compile(r"(?:^|[^0-9.A-Za-z_])([0-9]{11}|[0-9]{17}[0-9Xx]|[0-9]{16,19})\b")
_BETWEEN = np.frombuffer(b"- ", np.uint8)
_NOWHERE = np.zeros(0, dtype=np.intp)
_HALF_WIDTH = str.maketrans("０１２３４５６７８９＋－\u3000Ｘ", "0123456789+- X")
_SPACED = re2.compile(
    r"(?:^|[^0-9.A-Za-z_+-])((?:(?:\+?86[- ]?)?1[3-9][0-9](?:-[0-9]{4}-| [0-9]{4} )[0-9]{4})|\+86[- ]?1[3-9][0-9]{9})"
    r"(?:[^0-9A-Za-z_-]|$)"
)
_ANY = re2.compile(r"@|[0-9]{11}|[0-9]{4}[- ][0-9]{4}|[０-９]{4}")
_MAYBE = re2.compile(
    rb"[A-Za-z0-9]@[A-Za-z0-9]|(?:^|[^0-9A-Za-z_.])(?:1[3-9][0-9]{9}|[1-8][0-9]{16}[0-9Xx]|62[0-9]{14,17}"
    rb"|(?:86[- ]?)?1[3-9][0-9](?:-[0-9]{4}-| [0-9]{4} )[0-9]{4}|861[3-9][0-9]{9})(?:[^0-9]|$)" + "|[０-９]{4}".encode()
)
_MOBILE = re2.compile(r"1(?:3[0-9]|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8[0-9]|9[0-35-9])[0-9]{8}")
_CALLED = re2.compile(r"(?i)(?:电话|手机|联系|tel|phone|mobile|cell|contact)[^0-9]{0,8}$|[\p{Han}\"“（(][ :：]?$")
_IDENTITY = re2.compile(r"[1-8][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]")
_CELL = re2.compile(r"[,;\t|]")
_PEOPLE = frozenset(
    (
        *(
            "姓名",
            "用户姓名",
            "真实姓名",
            "联系人",
            "申请人",
            "提交人",
            "提单人",
            "报修人",
            "处理人",
            "经办人",
            "负责人",
        ),
        *("填表人", "手机", "手机号", "手机号码", "电话", "联系电话", "邮箱", "电子邮箱", "身份证", "身份证号", "住址"),
        *(
            "银行卡",
            "银行卡号",
            "full name",
            "full_name",
            "fullname",
            "first name",
            "last name",
            "requester",
            "assignee",
        ),
        *("contact", "phone", "mobile", "telephone", "email", "e-mail", "mail", "id number", "real name", "real_name"),
    )
)
