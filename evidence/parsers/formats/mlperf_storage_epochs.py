"""MLPerf Storage `per_epoch_stats.json` (DLIO): when each epoch and its blocks of steps began and ended.

Keys are epoch numbers as text, durations are text in seconds, times have no zone.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import re2

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.documents.json_documents import line_of_key, read_json_object
from evidence.parsers.logs.results import document_result, printed
from evidence.parsers.text.source import Source

LARGEST = 16 * 1024 * 1024
LISTED = 1000
_HEAD = re2.compile(rb'^(?:\xef\xbb\xbf)?\s*\{\s*"[0-9]{1,6}"\s*:\s*\{\s*"start"\s*:')
_EPOCH = re2.compile(r"[0-9]{1,6}")
_CLOSE_ENOUGH = Decimal("0.05")  # durations are printed to hundredths


class MlperfStorageEpochs:
    format = "mlperf_storage_epochs"
    version = "1"
    kinds: tuple[str, ...] = ()
    title = Text(zh="MLPerf 存储各轮统计", en="MLPerf Storage statistics per epoch")

    def recognises(self, source: Source) -> bool:
        return _HEAD.match(source.head_in_utf8) is not None

    def parse(self, source: Source) -> ParseResult:
        document, issues = read_json_object(source, largest=LARGEST), Issues()
        epochs = {name: epoch for name, epoch in document.items() if _EPOCH.fullmatch(name) and isinstance(epoch, dict)}
        if not epochs:
            raise ParseError(
                "no_rows",
                Text(zh="文件中没有训练轮。", en="The file holds no epoch."),
                hint=Text(zh="请上传 DLIO 的 per_epoch_stats.json。", en="Upload the per_epoch_stats.json of DLIO."),
            )
        durations = [duration for epoch in epochs.values() if (duration := _duration(epoch)) is not None]
        _check(epochs, source, issues)
        blocks = sum(1 for epoch in epochs.values() for part in epoch.values() if isinstance(part, dict))
        facts = {
            "epochs": len(epochs),
            "epoch_names": sorted(epochs, key=int)[:LISTED],
            "blocks": blocks,
            "duration_s": sum(durations, Decimal(0)) if durations else None,
            "epoch_min_s": min(durations, default=None),
            "epoch_max_s": max(durations, default=None),
        }
        return document_result(source, tables={}, facts=[facts], issues=issues)


def _duration(part: dict[str, Any]) -> Decimal | None:
    value = part.get("duration")
    return printed(value.strip()) if isinstance(value, str) else None


def _check(epochs: dict[str, dict[str, Any]], source: Source, issues: Issues) -> None:
    """An epoch took as long as lies between its times; one issue stands for all that did not."""
    odd = [name for name, epoch in epochs.items() if not _holds(epoch)]
    if odd:
        issues.add(
            "duration_mismatch",
            Text(
                zh=f"第 {odd[0]} 轮的时长与起止时间不符或缺失（共 {len(odd)} 轮）。",
                en=f"Epoch {odd[0]}: no duration, or one that does not follow from its times ({len(odd)} in all).",
            ),
            where=Where(line=line_of_key(source, odd[0])),
            times=len(odd),
        )


def _holds(epoch: dict[str, Any]) -> bool:
    said = _duration(epoch)
    try:
        start, end = (dt.datetime.fromisoformat(str(epoch.get(key))[:40]) for key in ("start", "end"))
        passed = Decimal((end - start) // dt.timedelta(microseconds=1)).scaleb(-6)
    except (ValueError, TypeError, OverflowError):
        return False
    return said is not None and abs(said - passed) <= _CLOSE_ENOUGH


PARSER = MlperfStorageEpochs()
