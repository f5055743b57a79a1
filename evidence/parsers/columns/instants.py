"""Instants as files write them: ISO 8601 with an offset, or local time in the zone declared at upload.

A time without a zone is never guessed: without a declared zone it is the error `no_time_zone`, and a file
that mixes both forms is refused. Everything is kept in UTC with milliseconds; finer digits are cut off.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import re2

from core.errors import ParseError
from core.period import instant
from core.provenance import Where
from core.text import Text
from core.zones import zone_names
from evidence.observations.schema import INSTANT
from evidence.parsers.base import Issues, Severity
from evidence.parsers.columns.quick_columns import are_instants, trimmed
from evidence.parsers.columns.repeating import by_words, spread

Mask = npt.NDArray[np.bool_]
Place = Callable[[int], Where]

_LOCAL = pa.timestamp("ms")
_CLOCK = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,3})?)?"
_YEAR = "(19[7-9][0-9]|2[01][0-9]{2})"  # those between the earliest and the latest below
_OFFSET = r"(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)"
_ZONED_PATTERN = "^" + _YEAR + r"-[0-9]{2}-[0-9]{2}[T ]" + _CLOCK + _OFFSET + "$"
_BARE_PATTERN = "^" + _YEAR + r"-[0-9]{2}-[0-9]{2}[T ]" + _CLOCK + "$"
# Days and hours that every calendar has; what else may be one is looked at by itself.
_SURE = "^" + _YEAR + r"-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])[T ]([01][0-9]|2[0-3]):[0-5][0-9]"
_SURE += r"(:[0-5][0-9](\.[0-9]{1,3})?)?"
_SURE_ZONED, _SURE_BARE = _SURE + _OFFSET + "$", _SURE + "$"
_NO_TEXT = pa.scalar(None, pa.string())
_ONE = re2.compile(
    r"([0-9]{4})(?:[-/.年])([0-9]{1,2})(?:[-/.月])([0-9]{1,2})日?[T ]+"
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)? ?(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_EARLIEST, _LATEST = 1970, 2199


def declared_zone(name: str | None) -> ZoneInfo | None:
    """The zone the uploader declared.

    Raises:
        ParseError: `unknown_time_zone`.
    """
    if name is None:
        return None
    if name not in zone_names():
        raise ParseError(
            "unknown_time_zone",
            Text(zh=f"没有名为“{name}”的时区。", en=f"There is no time zone called “{name}”."),
            hint=Text(zh="请使用 IANA 名称，例如 Asia/Shanghai。", en="Use an IANA name such as Asia/Shanghai."),
        )
    return ZoneInfo(name)


def iso_of_ms(milliseconds: int) -> str:
    """An instant in ms since 1970 UTC as files and facts write it."""
    return instant(dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(milliseconds=milliseconds))


class Clock:
    """Reads the instants of one file and keeps what must hold for the file as a whole.

    Call `close` after the last one: it adds the issues about zones, one per kind with first place and count.
    """

    def __init__(self, timezone: str | None, issues: Issues) -> None:
        self.zone = declared_zone(timezone)
        self._issues = issues
        self._tallies: dict[str, _Tally] = {}

    def read(self, column: pa.Array, lines: pa.Array, *, place: Place | None = None) -> tuple[pa.Array, Mask]:
        """A column of text as UTC instants.

        Args:
            column: N texts; empty or null means no instant.
            lines: N line numbers, for issues.
            place: of the n-th text, where it has more of a place than its line.

        Returns:
            N instants, null where empty or unreadable, and a mask of the unreadable ones.
        """
        place = place or (lambda index: Where(line=lines[index].as_py()))
        texts = trimmed(column)
        read = self.read_regular(texts, place=place)
        if read is None:
            read = self._all_zoned(texts, place)
        if read is None:
            read = self._all_bare(texts, place)
        if read is not None:
            return read, np.zeros(len(column), dtype=bool)
        return self._mixed(texts, place)

    def read_regular(self, column: pa.Array, *, place: Place) -> pa.Array | None:
        """The same of texts that are all instants of one form and zone, without blanks; null of others.

        Those that come as a dictionary may be of the declared zone, too.
        """
        texts = by_words(column)
        if are_instants(texts, zoned=True):
            form, read = "zoned", _cast(texts)
        elif texts is not column and self.zone is not None and are_instants(texts, zoned=False):
            form, read = "bare", self._local(texts)
        else:
            return None
        if read is None:
            return None
        self._count(form, column, place)
        return spread(read, column)

    def close(self) -> None:
        for code, tally in self._tallies.items():
            self._tell(code, tally)
        zoned, bare = self._tallies.get("zoned"), self._tallies.get("bare")
        if zoned and bare:
            self._issues.add(
                "mixed_time_zones",
                Text(
                    zh="同一文件中既有带时区的时间，也有不带时区的时间。",
                    en="Times with a zone and times without one stand in the same file.",
                ),
                where=bare.where,
                severity=Severity.ERROR,
                hint=Text(zh="请统一写成带时区偏移的 ISO 8601。", en="Write all of them as ISO 8601 with an offset."),
                times=min(zoned.count, bare.count),
            )

    def _all_zoned(self, texts: pa.Array, place: Place) -> pa.Array | None:
        if not _all_match(texts, _ZONED_PATTERN) or (read := _cast(texts)) is None:
            return None
        self._count("zoned", texts, place)
        return read

    def _all_bare(self, texts: pa.Array, place: Place) -> pa.Array | None:
        if self.zone is None or not (are_instants(texts, zoned=False) or _all_match(texts, _BARE_PATTERN)):
            return None
        if (read := self._local(texts)) is not None:
            self._count("bare", texts, place)
        return read

    def _local(self, texts: pa.Array) -> pa.Array | None:
        """Texts without a zone as instants of the declared one; null where one of them occurs twice or never."""
        zone = self.zone.key if self.zone else "UTC"
        try:
            local = texts.cast(_LOCAL)
            return pc.assume_timezone(local, zone, ambiguous="raise", nonexistent="raise").cast(INSTANT)
        except (pa.ArrowInvalid, ValueError):
            return None

    def _mixed(self, texts: pa.Array, place: Place) -> tuple[pa.Array, Mask]:
        """What is surely an instant in one go, everything else text by text."""
        zoned = _matching(texts, _SURE_ZONED)
        instants = pc.if_else(zoned, texts, _NO_TEXT).cast(INSTANT)
        bare = pc.and_(_matching(texts, _SURE_BARE), pa.scalar(self.zone is not None))
        if self.zone is not None and pc.any(bare).as_py():
            local = pc.if_else(bare, texts, _NO_TEXT).cast(_LOCAL)
            first, last = (
                pc.assume_timezone(local, self.zone.key, ambiguous=side, nonexistent=side).cast(INSTANT)
                for side in ("earliest", "latest")
            )
            bare = pc.fill_null(pc.equal(first, last), fill_value=False)  # else it comes twice, or never
            instants = pc.if_else(bare, first, instants)
        odd = pc.and_(texts.is_valid(), pc.invert(pc.or_(zoned, bare))).to_numpy(zero_copy_only=False)
        told = [*_opening("zoned", zoned), *_opening("bare", bare)]
        places = np.flatnonzero(odd)
        moments: list[dt.datetime | None] = []
        for index, text in zip(places.tolist(), texts.take(pa.array(places)).to_pylist(), strict=True):
            moment, codes = self._moment(text)
            moments.append(moment)
            told += [(index, code, 1, text if code == codes[-1] else "") for code in codes]
        for index, code, times, text in sorted(told, key=lambda entry: entry[0]):
            self._tally(code, place(index), text, times=times)
        bad = np.zeros(len(texts), dtype=bool)
        bad[places] = [moment is None for moment in moments]
        return pc.replace_with_mask(instants, pa.array(odd), pa.array(moments, INSTANT)), bad

    def _moment(self, text: str) -> tuple[dt.datetime | None, list[str]]:
        """The instant in UTC and what is to be told of it: whether it has a zone, and what is wrong with it.

        `midnight_24` comes with an instant.
        """
        match = _ONE.fullmatch(text.strip()) if len(text) <= 64 else None
        if match is None:
            return None, ["bad_instant"]
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        fraction, offset = match.group(7), match.group(8)
        rolled = hour == 24
        if not _EARLIEST <= year <= _LATEST or (rolled and (minute or second or int(fraction or 0))):
            return None, ["bad_instant"]
        try:
            local = dt.datetime(year, month, day, 0 if rolled else hour, minute, second)  # noqa: DTZ001 – zone below
        except ValueError:
            return None, ["bad_instant"]
        local += dt.timedelta(days=1 if rolled else 0, milliseconds=int(f"{fraction or '0':0<3}"[:3]))
        form = "zoned" if offset else "bare"
        moment, fault = self._in_utc(local, offset)
        if fault is None and rolled:
            fault = "midnight_24"
        return moment, [form] if fault is None else [form, fault]

    def _in_utc(self, local: dt.datetime, offset: str | None) -> tuple[dt.datetime | None, str | None]:
        if offset is not None:
            shift = _offset(offset)
            return (None, "bad_instant") if shift is None else (local.replace(tzinfo=dt.UTC) - shift, None)
        if self.zone is None:
            return None, "no_time_zone"
        earlier, later = (local.replace(tzinfo=self.zone, fold=fold) for fold in (0, 1))
        before, after = earlier.utcoffset(), later.utcoffset()
        if before is not None and after is not None and before != after:
            return None, "ambiguous_time" if before > after else "nonexistent_time"
        return earlier.astimezone(dt.UTC), None

    def _count(self, code: str, texts: pa.Array, place: Place) -> None:
        present = len(texts) - texts.null_count
        if present:
            self._tally(code, place(pc.index(texts.is_valid(), value=True).as_py()), times=present)

    def _tally(self, code: str, where: Where, text: str = "", *, times: int = 1) -> None:
        tally = self._tallies.setdefault(code, _Tally(where, text))
        tally.count += times

    def _tell(self, code: str, tally: _Tally) -> None:
        if code not in _WORDS:
            return
        severity, message, hint = _WORDS[code]
        self._issues.add(
            code,
            message.filled(text=tally.text[:40], count=tally.count, zone=self.zone.key if self.zone else "–"),
            where=tally.where,
            severity=severity,
            hint=hint,
            times=tally.count,
        )


class _Tally:
    def __init__(self, where: Where, text: str) -> None:
        self.where = where
        self.text = text
        self.count = 0


def _cast(texts: pa.Array) -> pa.Array | None:
    """Texts with a zone as instants; null where one of them is in no calendar."""
    try:
        return texts.cast(INSTANT)
    except pa.ArrowInvalid:
        return None


def _matching(texts: pa.Array, pattern: str) -> pa.Array:
    return pc.fill_null(pc.match_substring_regex(texts, pattern), fill_value=False)


def _opening(code: str, mask: pa.Array) -> Iterator[tuple[int, str, int, str]]:
    """One entry for all texts of a mask, at the first of them."""
    if number := pc.sum(mask).as_py():
        yield pc.index(mask, value=True).as_py(), code, number, ""


def _all_match(texts: pa.Array, pattern: str) -> bool:
    return pc.all(pc.match_substring_regex(texts, pattern), min_count=0).as_py() is not False


def _offset(text: str) -> dt.timedelta | None:
    if text == "Z":
        return dt.timedelta(0)
    digits = text[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 14 or minutes > 59:
        return None
    shift = dt.timedelta(hours=hours, minutes=minutes)
    return -shift if text[0] == "-" else shift


_WORDS: dict[str, tuple[Severity, Text, Text | None]] = {
    "bad_instant": (
        Severity.WARNING,
        Text(
            zh="有 {count} 个时间无法识别，首个为“{text}”。",
            en="{count} times cannot be read, the first of them “{text}”.",
        ),
        Text(
            zh="请写成 ISO 8601，例如 2025-04-01T00:15:00+08:00。",
            en="Write ISO 8601, such as 2025-04-01T00:15:00+08:00.",
        ),
    ),
    "no_time_zone": (
        Severity.ERROR,
        Text(
            zh="有 {count} 个时间没有时区，上传时也未声明时区；首个为“{text}”。",
            en="{count} times have no zone and none was declared at upload; the first is “{text}”.",
        ),
        Text(
            zh="请在上传时选择时区（例如 Asia/Shanghai），或在时间后写明偏移（例如 +08:00）。",
            en="Declare the zone when uploading (such as Asia/Shanghai), or write the offset (such as +08:00).",
        ),
    ),
    "ambiguous_time": (
        Severity.WARNING,
        Text(
            zh="有 {count} 个时间在时区 {zone} 出现两次（夏令时结束），首个为“{text}”。",
            en="{count} times occur twice in the zone {zone} (end of summer time), the first is “{text}”.",
        ),
        Text(zh="请写明时区偏移。", en="Write the offset."),
    ),
    "nonexistent_time": (
        Severity.WARNING,
        Text(
            zh="有 {count} 个时间在时区 {zone} 不存在（夏令时开始），首个为“{text}”。",
            en="{count} times do not exist in the zone {zone} (start of summer time), the first is “{text}”.",
        ),
        Text(zh="请写明时区偏移。", en="Write the offset."),
    ),
    "midnight_24": (
        Severity.INFO,
        Text(
            zh="有 {count} 个时间写成 24:00，按次日 00:00 读取；首个为“{text}”。",
            en="{count} times are written 24:00 and read as 00:00 of the next day, the first is “{text}”.",
        ),
        None,
    ),
}
