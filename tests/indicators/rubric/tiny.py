"""A tiny correct rubric as text, for tests to spoil."""

from __future__ import annotations

from pathlib import Path

from core.errors import RubricError
from core.provenance import Where
from indicators.rubric.loader import load_edition

RUBRIC = """\
schema: 1
rubric: "tiny"
edition: "2026.10"
title: {zh: "小", en: "tiny"}
standing: {zh: "示例", en: "example"}
measures:
  speed: {title: {zh: "速度", en: "speed"}, unit: "m/s", direction: higher}
children:
  - id: "pace"
    code: "P-1"
    title: {zh: "速度", en: "pace"}
    weight: "0.4"
    measure: speed
    curve: {kind: linear, points: [["0", "0"], ["10", "100"]]}
    missing: zero
"""


def folder_with(tmp_path: Path, text: str = RUBRIC, **files: str) -> Path:
    (tmp_path / "rubric.yaml").write_text(text, encoding="utf-8")
    for name, content in files.items():
        path = tmp_path / name.replace("__", "/")
        path.with_suffix(".yaml").parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".yaml").write_text(content, encoding="utf-8")
    return tmp_path


def faults_of(folder: Path) -> list[tuple[str, str | None, int | None]]:
    """Code, file and line of every fault; empty for a sound rubric."""
    try:
        load_edition(folder)
    except RubricError as error:
        for fault in error.faults:
            assert fault.message.zh
            assert fault.message.en
        places = [(f.code, f.where or Where()) for f in error.faults]
        return [(code, where.file, where.line) for code, where in places]
    return []


def codes_of(folder: Path) -> list[str]:
    return [code for code, _, _ in faults_of(folder)]


CASES = """\
cases:
  - {name: "at rest", facts: {speed: "0"}, expect: {nodes: {P-1: "0.00"}}}
  - {name: "at full speed", facts: {speed: "10"}, expect: {nodes: {P-1: "100.00"}, score: "100.00"}}
"""
