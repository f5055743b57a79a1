"""`rocm-smi -a --json`: one snapshot of the cards of a host; every value is text, units stand in the keys.

Keys differ between releases of ROCm; a figure is found by any of its names. Facts only: a snapshot is no period.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import re2

from core.quantity import LONGEST_NUMBER, bounded_decimal
from core.text import Text
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.documents.json_arrays import unexpected_shape
from evidence.parsers.documents.json_documents import read_json_object
from evidence.parsers.logs.results import document_result
from evidence.parsers.text.log_lines import words
from evidence.parsers.text.source import Source

LARGEST = 16 * 1024 * 1024
_CARD = re2.compile(r"card[0-9]{1,4}")
_HEAD = re2.compile(rb'^(?:\xef\xbb\xbf)?\s*\{\s*"(?:card[0-9]{1,4}|system)"\s*:\s*\{')
_FIGURES = {
    "power_w": ("Average Graphics Package Power (W)", "Current Socket Graphics Package Power (W)"),
    "power_limit_w": ("Max Graphics Package Power (W)",),
    "util_percent": ("GPU use (%)",),
    "memory_percent": ("GPU memory use (%)", "GPU Memory Allocated (VRAM%)"),
    "memory_used_bytes": ("VRAM Total Used Memory (B)",),
    "memory_total_bytes": ("VRAM Total Memory (B)",),
    "temperature_junction_c": ("Temperature (Sensor junction) (C)",),
}
_NONE = ("", "n/a", "none", "not supported", "unsupported", "unknown")
_TEXTS = {
    "unique_id": ("Unique ID",),
    "series": ("Card series", "Card Series"),
    "model": ("Card model", "Card Model"),
    "bus": ("PCI Bus",),
}


class RocmSmi:
    format = "rocm_smi"
    version = "3"
    title = Text(zh="rocm-smi 快照（JSON）", en="rocm-smi snapshot (JSON)")
    kinds: tuple[str, ...] = ()

    def recognises(self, source: Source) -> bool:
        return _HEAD.search(source.head_in_utf8) is not None and b"(W)" in source.head_in_utf8

    def parse(self, source: Source) -> ParseResult:
        document = read_json_object(source, largest=LARGEST)
        cards = {name: card for name, card in document.items() if _CARD.fullmatch(name) and isinstance(card, Mapping)}
        if not cards:
            raise unexpected_shape(Text(zh="没有任何加速卡（card0 …）", en="there is no card (card0 …)"))
        system = document.get("system")
        driver = system.get("Driver version") if isinstance(system, Mapping) else None
        issues = Issues()
        issues.add(
            "snapshot_only",
            Text(
                zh="该文件是一次快照，不能说明一段时期。",
                en="The file is one snapshot, which says nothing about a period.",
            ),
            severity=Severity.INFO,
            hint=Text(zh="请导出监控系统中评价期的序列。", en="Export the series of the period from the monitoring."),
        )
        facts: dict[str, Any] = {"cards": [{"card": name, **_card(name, card, issues)} for name, card in cards.items()]}
        if isinstance(driver, str):
            facts["driver_version"] = words(driver)
        return document_result(source, tables={}, facts=[facts], issues=issues)


def _card(card_name: str, card: Mapping[str, Any], issues: Issues) -> dict[str, Any]:
    figures = {name: _figure(card_name, card, keys, issues) for name, keys in _FIGURES.items()}
    texts = {name: _first(card, keys) for name, keys in _TEXTS.items()}
    return (
        {"keys": len(card)}
        | {name: words(text) for name, text in texts.items() if text is not None}
        | {name: value for name, value in figures.items() if value is not None}
    )


def _first(card: Mapping[str, Any], keys: tuple[str, ...]) -> str | None:
    return next((card[key] for key in keys if isinstance(card.get(key), str)), None)


def _figure(card_name: str, card: Mapping[str, Any], keys: tuple[str, ...], issues: Issues) -> Decimal | None:
    """A figure under any of its names; none where the tool says so, or, which is told, where it cannot be read."""
    key = next((key for key in keys if key in card), None)
    if key is None or str(card[key]).strip().casefold() in _NONE:
        return None
    value = card[key]
    found = bounded_decimal(str(value)) if isinstance(value, str | int | Decimal) else None
    if found is None or isinstance(value, bool):
        shown = words(str(value))[:LONGEST_NUMBER]
        issues.add(
            "unreadable_value",
            Text(
                zh=f"{card_name} 的“{words(key)}”为“{shown}”，无法识别，未读取。",
                en=f"“{words(key)}” of {card_name} is “{shown}”, which cannot be read.",
            ),
            hint=Text(zh="请上传 rocm-smi 原样输出的 JSON。", en="Upload the JSON as rocm-smi wrote it."),
        )
        return None
    return found


PARSER = RocmSmi()
