"""Run cards joined to the files they speak of, and what is said where the two do not find each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.errors import InvalidEvidence
from core.text import Text
from indicators.measures.base import CentreEvidence
from indicators.measures.findings import NOTHING_HANDED_IN, NoEvidence, PartMissing, Ways, told

# What makes logs of one card file one set.
TOLD_ALIKE = (
    "workload",
    "model",
    "params",
    "params_active",
    "sequence_length",
    "objective",
    "accelerator",
    "accelerators",
    "precision",
    "witnessed_by",
)
_NAMED_KINDS = ("training_steps", "benchmark_runs", "serving_runs")
_SHOWN = 3


def run_cards_of(evidence: CentreEvidence) -> dict[str, dict[str, Any]]:
    """The run card of each file, whatever was run.

    A card speaks of a file when it names the digest of the bytes that were handed in or one of its content: of the
    same log compressed, in another encoding or with other line ends.

    Raises:
        InvalidEvidence: `contradicting_run_cards` when two cards tell one log differently.
    """
    files = _files_of_content(evidence)
    cards: dict[str, dict[str, Any]] = {}
    for row in evidence.rows("run_cards").to_pylist():
        for log in (row["log"], *files.get(row["log"], ())):
            known = cards.setdefault(log, row)
            if any(known[name] != row[name] for name in TOLD_ALIKE):
                raise contradicting(log)
    return cards


def card_rows(evidence: CentreEvidence, logs: Collection[str]) -> pa.Table:
    """The rows of run cards that speak of any of these files."""
    digests = evidence.rows("content_digests")
    own = digests.filter(pc.is_in(digests.column("evidence"), value_set=pa.array(logs, pa.string())))
    names = pa.array([*logs, *own.column("digest").to_pylist()], pa.string())
    cards = evidence.rows("run_cards")
    return cards.filter(pc.is_in(cards.column("log"), value_set=names))


def contradicting(log: str) -> InvalidEvidence:
    return InvalidEvidence(
        "contradicting_run_cards",
        Text(
            zh=f"两张运行卡对同一日志（{log[:19]}…）的说法不同。",
            en=f"Two run cards tell different things of one log ({log[:19]}…).",
        ),
        hint=Text(zh="请撤回其中一张。", en="Withdraw one of them."),
    )


def cards_without_file(evidence: CentreEvidence, *, objectives: Collection[str]) -> list[dict[str, Any]]:
    """The rows of run cards whose file is not among the accepted evidence, of runs for one of these purposes."""
    files = _files_of_content(evidence)
    known = {digest for kind in _NAMED_KINDS for digest, _ in evidence.files(kind)}
    rows = evidence.rows("run_cards").sort_by("log").to_pylist()
    return [
        row for row in rows if row["objective"] in objectives and row["log"] not in known and row["log"] not in files
    ]


def logs_without_card(evidence: CentreEvidence) -> list[str]:
    """The training logs no card speaks of, by digest."""
    return sorted({log for log, _ in evidence.files("training_steps")} - run_cards_of(evidence).keys())


def log_not_in_package(cards: Collection[Mapping[str, Any]], *, others: Collection[str] = ()) -> PartMissing:
    """That run cards name logs which were not handed in, or not accepted.

    Args:
        others: the training logs that are there, of which no card speaks.
    """
    named, there = _shown([str(card["log"]) for card in cards]), _shown(others)
    return PartMissing(
        "named_log_missing",
        Text(
            zh=f"运行卡所指的训练日志（{named}）不在已采用的证据中"
            + (f"，而已提交的日志（{there}）没有运行卡。" if there else "。"),
            en=f"The training log that the run card names ({named}) is not among the accepted evidence"
            + (f", and of the log handed in ({there}) no card speaks." if there else "."),
        ),
        hint=Text(
            zh="请提交该日志；如已提交，请将运行卡的 evidence 改为其 SHA-256（对解压后的原始日志执行 sha256sum）。",
            en="Hand in that log; if it was, put its SHA-256 into `evidence` of the run card "
            "(`sha256sum` of the log as it was written, unpacked).",
        ),
        ways=(("training_steps",),),
    )


def only_a_card(cards: Collection[Mapping[str, Any]], *, ways: Ways) -> NoEvidence:
    """The same where nothing but run cards was handed in of all that feeds a measure."""
    missing = log_not_in_package(cards)
    return NoEvidence(NOTHING_HANDED_IN, told(missing), ways=ways)


def card_not_in_package(logs: Collection[str]) -> PartMissing:
    """That no run card speaks of training logs."""
    named = _shown(logs)
    return PartMissing(
        "run_card_missing",
        Text(
            zh=f"训练日志（{named}）没有对应的运行卡，无法得知模型、卡数与精度。",
            en=f"No run card speaks of the training log ({named}); model, cards and precision are unknown.",
        ),
        hint=Text(
            zh="请提交写明日志 SHA-256 的运行卡（YAML）。",
            en="Hand in a run card naming the SHA-256 of the log.",
        ),
        ways=(("run_cards",),),
    )


def _files_of_content(evidence: CentreEvidence) -> dict[str, list[str]]:
    """The files in which a content stands, by the digest of that content."""
    files: dict[str, list[str]] = {}
    for row in evidence.rows("content_digests").select(["digest", "evidence"]).to_pylist():
        files.setdefault(row["digest"], []).append(row["evidence"])
    return files


def _shown(digests: Collection[str]) -> str:
    unique = sorted(set(digests))
    more = f" +{len(unique) - _SHOWN}" if len(unique) > _SHOWN else ""
    return ", ".join(f"{digest[:19]}…" for digest in unique[:_SHOWN]) + more
