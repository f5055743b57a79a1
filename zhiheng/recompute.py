"""`zhiheng recompute BUNDLE…`: rebuild results from their bundles and compare them to the byte."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from assessment.scoring.recompute.bundle import CONTRACT, EDITIONS, read_bundle
from assessment.scoring.recompute.rebuild import Recomputed, Status, recompute
from assessment.scoring.recompute.remeasure import files_by_digest, remeasure, source_of
from core.text import Language, Text
from evidence.parsers.text.source import Source
from zhiheng.output import no_such_file, print_json, printable

_STATUS = {
    Status.SAME: Text(zh="逐字节相同", en="the same to the byte"),
    Status.UNCONFIRMED: Text(zh="结果相同，测算未能核实", en="the same result, its measurements unconfirmed"),
    Status.DIFFERENT: Text(zh="不同", en="different"),
}
_CHECKS = {
    "edition": Text(zh="版本摘要", en="edition digest"),
    "inputs": Text(zh="输入摘要", en="inputs digest"),
    "semantics": Text(zh="计分语义", en="scoring semantics"),
    "score": Text(zh="重新计分", en="scoring again"),
    "result": Text(zh="结果摘要", en="result digest"),
    "bytes": Text(zh="规范 JSON", en="canonical JSON"),
    "evidence": Text(zh="证据文件", en="evidence files"),
    "profile": Text(zh="设施档案", en="facility profile"),
    "versions": Text(zh="解析器、度量和参考表的版本", en="versions of parsers, measures and tables"),
    "measurements": Text(zh="度量", en="measurements"),
}
_SIGNS = {True: "✓", False: "✗", None: "?"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "bundles", nargs="+", metavar="BUNDLE", help="结果包或含结果包的文件夹 · result bundles, or folders of them"
    )
    parser.add_argument(
        "--evidence",
        metavar="DIR",
        help="证据文件夹：按 SHA-256 找到原始文件，重新解析和测算 · folder of evidence: read and measure it again",
    )
    parser.add_argument("--json", action="store_true", help="输出 JSON（contract 1） · print JSON (contract 1)")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 when a result differs; one that another version measured is told, and is no failure."""
    paths = [path for name in arguments.bundles for path in _bundles(name)]
    files = files_by_digest(_folder(arguments.evidence)) if arguments.evidence else None
    found = [(path, _recomputed(path, files)) for path in paths]
    if arguments.json:
        print_json({"contract": CONTRACT, "bundles": [{"file": path.name} | one.as_json() for path, one in found]})
    else:
        for path, one in found:
            for line in _lines(path, one, arguments.language):
                print(printable(line))
    return 1 if any(one.status is Status.DIFFERENT for _, one in found) else 0


def _recomputed(path: Path, files: dict[str, Path] | None) -> Recomputed:
    bundle = read_bundle(path)
    if files is None:
        return recompute(bundle)

    def find(entry: Mapping[str, Any]) -> Source | None:
        at = files.get(entry["sha256"])
        return source_of(entry, opener=lambda: at.open("rb"), size=at.stat().st_size) if at else None

    return recompute(bundle, further=remeasure(bundle, find=find))


def _bundles(name: str) -> list[Path]:
    """A folder stands for the bundles in it, without the editions they share."""
    path = Path(name)
    if not path.exists():
        raise no_such_file(name)
    if path.is_file():
        return [path]
    inside = [*path.glob("*.json"), *path.glob("*.json.gz")]
    if not inside:
        raise no_such_file(f"{name}/*.json")
    return sorted(one for one in inside if one.parent.name != EDITIONS)


def _folder(name: str) -> Path:
    if not Path(name).is_dir():
        raise no_such_file(name)
    return Path(name)


def _lines(path: Path, one: Recomputed, language: Language) -> Iterator[str]:
    figures = ""
    if one.result is not None:
        score = str(one.result.score) if one.result.score is not None else "–"
        figures = f"  {score}  {one.result.grade or '–'}"
    yield f"{path.name}  {one.facility}{figures}  {one.digest}  {_STATUS[one.status].said_in(language)}"
    for check in one.checks:
        if check.ok is not True:
            said = f": {check.detail.said_in(language)}" if check.detail else ""
            yield f"  {_SIGNS[check.ok]} {_CHECKS[check.name].said_in(language)}{said}"
