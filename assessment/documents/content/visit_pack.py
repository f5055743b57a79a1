"""What a visit takes along on paper, in one language: page and PDF show the same sections.

Cells without words are room to write; what is written into them is typed into the record afterwards.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assessment.sampling.subjects import SUBJECTS
from core.text import Language, Text

SPARE_LINES = 6
TITLE = Text(zh="现场评价资料包", en="Visit pack")
_PLACE, _PLACE_AND_NOTE = Text(zh="地点", en="Place"), Text(zh="位置与备注", en="Place and note")
_OPENING, _CLOSING = Text(zh="首次会议", en="Opening meeting"), Text(zh="末次会议", en="Closing meeting")
_FOUND = (Text(zh="相符", en="matches"), Text(zh="不符", en="differs"), Text(zh="缺失", en="absent"))
_AS_DECLARED = (Text(zh="是", en="yes"), Text(zh="否", en="no"))
_NAME, _PART = Text(zh="姓名", en="Full name"), Text(zh="在案件中的身份", en="Part in the case")
_TEST = Text(zh="测试", en="Test")
_NOT_DRAWN = Text(zh="尚未抽取：中心还未提交清单。", en="Not drawn yet: the inventory of the centre is still to come.")
_NO_METERS = Text(zh="设施档案中没有表计。", en="The profile names no meters.")
_SIGNING = Text(
    zh="双方确认：以上为现场所见；保留意见写在上面的栏内。",
    en="Both sides confirm that this was seen on site; reservations stand in the field above.",
)


@dataclass(frozen=True, slots=True)
class OnSite:
    """Somebody who is met: name, part in the case, and the pillars they assess."""

    name: Text
    part: Text
    pillars: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class MeterLine:
    """A meter of the profile; `last` is what the evidence read of it last and `at` when, empty where it has nothing."""

    name: str
    unit: str
    last: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class DrawnSample:
    """What is looked for: names in the order of the draw; without a seed nothing was drawn so far.

    `cards`: how many there are, where cards were drawn.
    """

    of: str
    names: Sequence[str] = ()
    population: int = 0
    seed: str = ""
    cards: Text | None = None


@dataclass(frozen=True, slots=True)
class ToWalk:
    """One visit as it is scheduled, with everything that is to be looked at."""

    centre: Text
    case: str
    place: str
    begins_on: dt.date
    ends_on: dt.date
    zone: str
    agenda: str
    plan: str
    people: Sequence[OnSite]
    meters: Sequence[MeterLine]
    samples: Sequence[DrawnSample]


@dataclass(frozen=True, slots=True)
class PackFact:
    label: str
    words: str
    is_digest: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """Words and what stands below them, boxes to tick, or room to write; `faint` words only say what to write.

    Args:
        head: of its column.
    """

    words: str = ""
    below: str = ""
    boxes: tuple[str, ...] = ()
    faint: bool = False
    head: str = ""


@dataclass(frozen=True, slots=True)
class PackTable:
    """`kind` names its column widths on paper; the first cell of a row is its head."""

    kind: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with facts, a table, a sentence, or room to write; `lines` are labels with room behind them."""

    title: str
    facts: tuple[PackFact, ...] = ()
    table: PackTable | None = None
    words: str = ""
    lines: tuple[str, ...] = ()
    has_room: bool = False


@dataclass(frozen=True, slots=True)
class VisitPack:
    language: Language
    title: str
    centre: str
    case: str
    facts: tuple[PackFact, ...]
    sections: tuple[Section, ...]
    signing: Section
    signers: tuple[str, ...]
    initials: str


def visit_pack(visit: ToWalk, *, language: Language) -> VisitPack:
    """The pack in the words of one language; names and agenda stay as they were written."""
    words = _Words(language)
    return VisitPack(
        language=language,
        title=words.of(TITLE),
        centre=words.of(visit.centre),
        case=visit.case,
        facts=tuple(words.facts(visit)),
        sections=tuple(words.sections(visit)),
        signing=Section(
            title=words.say("签字", "Signatures"),
            words=words.of(_SIGNING),
            lines=(words.say("姓名", "Name"), words.say("签字", "Signature"), words.say("日期", "Day")),
        ),
        signers=(words.say("中心", "For the centre"), words.say("评价机构", "For the assessing body")),
        initials=words.say("本页简签", "Initials"),
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """Builds each part of a pack in its language."""

    language: Language

    def of(self, text: Text) -> str:
        return text.said_in(self.language)

    def say(self, zh: str, en: str) -> str:
        return self.of(Text(zh=zh, en=en))

    def facts(self, visit: ToWalk) -> Iterator[PackFact]:
        yield PackFact(self.say("案件", "Case"), visit.case, is_digest=True)
        yield PackFact(self.of(_PLACE), visit.place)
        yield PackFact(self.say("开始日期", "First day"), visit.begins_on.isoformat())
        yield PackFact(self.say("结束日期", "Last day"), visit.ends_on.isoformat())
        yield PackFact(self.say("时区", "Time zone"), visit.zone)
        if visit.agenda:
            yield PackFact(self.say("日程", "Agenda"), visit.agenda)
        if visit.plan:
            yield PackFact(self.say("计划", "Plan"), visit.plan)

    def sections(self, visit: ToWalk) -> Iterator[Section]:
        yield Section(self.say("人员", "People"), table=self._people(visit.people))
        yield self._meeting(_OPENING)
        walk = self.say("计量器具巡查", "Meter walk")
        if visit.meters:
            yield Section(walk, table=self._meters(visit.meters))
        else:
            yield Section(walk, words=self.of(_NO_METERS))
        yield from map(self._sample, visit.samples)
        yield Section(self.say("见证测试", "Witnessed tests"), table=self._tests())
        yield self._meeting(_CLOSING)
        yield Section(self.say("未检查的内容", "Not inspected"), has_room=True)

    def _meeting(self, meeting: Text) -> Section:
        return Section(self.of(meeting), lines=(self.say("召开时间", "Held at"), self.say("会议纪要", "Minutes")))

    def _people(self, people: Sequence[OnSite]) -> PackTable:
        heads = (self.of(_NAME), self.of(_PART), self.of(_OPENING), self.of(_CLOSING))
        attended = (Cell(boxes=("",)), Cell(boxes=("",)))
        known = [(Cell(self.of(one.name)), Cell(self._part(one)), *attended) for one in people]
        spare = [(Cell(self.of(_NAME), faint=True), Cell(), *attended)] * SPARE_LINES
        return _table("people", heads, [*known, *spare])

    def _part(self, one: OnSite) -> str:
        part = self.of(one.part)
        said = part[:1].upper() + part[1:]
        return f"{said} {self.say('、', ', ').join(one.pillars)}".rstrip()

    def _meters(self, meters: Sequence[MeterLine]) -> PackTable:
        heads = (
            self.say("表计", "Meter"), self.say("证据中的最后示数", "Last in the evidence"), self.of(_PLACE),
            self.say("时间", "When"), self.say("读数", "Reading"), self.say("与申报一致", "As declared"),
        )  # fmt: skip
        declared = Cell(boxes=tuple(map(self.of, _AS_DECLARED)))
        rows = [
            (Cell(one.name, one.unit), Cell(one.last or "–", one.at), Cell(), Cell(), Cell(), declared)
            for one in meters
        ]
        return _table("meters", heads, rows)

    def _sample(self, sample: DrawnSample) -> Section:
        of = self.of(SUBJECTS[sample.of])
        title = f"{self.say('抽样：', 'Sample: ')}{of}"
        if not sample.seed:
            return Section(title, words=self.of(_NOT_DRAWN))
        found = Cell(boxes=tuple(map(self.of, _FOUND)))
        rows = [(Cell(f"{place}. {name}"), found, Cell()) for place, name in enumerate(sample.names, start=1)]
        heads = (of[:1].upper() + of[1:], self.say("核对结果", "Found"), self.of(_PLACE_AND_NOTE))
        facts = (
            PackFact(self.say("抽取", "Drawn"), f"{len(sample.names)} / {sample.population}"),
            *([PackFact(self.say("加速卡", "Cards"), self.of(sample.cards))] if sample.cards else []),
            PackFact(self.say("抽样种子", "Seed of the draw"), sample.seed, is_digest=True),
        )
        return Section(title, facts=facts, table=_table("sample", heads, rows))

    def _tests(self) -> PackTable:
        heads = (
            self.of(_TEST), self.say("节点", "Nodes"), self.say("开始时间", "Started at"),
            self.say("结束时间", "Ended at"), self.say("见证人", "Witnessed by"), self.say("偏离", "Deviations"),
        )  # fmt: skip
        rows = [
            (Cell(f"{self.of(_TEST)} {number}", faint=True), *[Cell()] * (len(heads) - 1))
            for number in range(1, SPARE_LINES + 1)
        ]
        return _table("tests", heads, rows)


def _table(kind: str, heads: tuple[str, ...], rows: Sequence[Sequence[Cell]]) -> PackTable:
    named = (tuple(replace(cell, head=head) for cell, head in zip(row, heads, strict=True)) for row in rows)
    return PackTable(kind, heads, tuple(named))
