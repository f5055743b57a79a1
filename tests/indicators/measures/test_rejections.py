"""A file that was rejected is named where its rows are lacking: “was not handed in” would not be true."""

from __future__ import annotations

from typing import Any

import pytest

from core.outcome import Outcome, Reason
from core.provenance import Where
from core.text import Text
from evidence.parsers.registry import PARSERS
from indicators.measures.base import CentreEvidence, Measurement, RejectedFile
from indicators.measures.findings import files_for
from indicators.measures.registry import MEASURE_BY_NAME
from tests.indicators.measures.evidence import centre, code, measured, profile, table

CONTRADICTORY = Reason("contradictory_log", Text(zh="第 7 行互相矛盾。", en="Line 7 contradicts itself."))


def rejected(name: str = "train.log", *kinds: str, **more: Any) -> RejectedFile:
    return RejectedFile(f"sha256:{name}", name, kinds or ("training_steps",), CONTRADICTORY, Where(line=7), **more)


def centre_of(*files: RejectedFile, tables: dict[str, Any] | None = None) -> CentreEvidence:
    accepted = [(f"sha256:{kind}", {kind: table(kind, rows)}) for kind, rows in (tables or {}).items()]
    return CentreEvidence.pooled(profile(), accepted, rejected=files)


CARD = {
    "log": "sha256:train.log", "workload": "operator_job", "model": "m", "params": 1, "params_active": 1,
    "sequence_length": 1, "objective": "pretrain", "accelerator": "NVIDIA H800 SXM", "accelerators": 8,
    "precision": "bf16",
}  # fmt: skip


def test_a_rejected_log_is_named_with_the_words_of_its_first_error() -> None:
    found = measured("model_flops_utilisation", centre_of(rejected(), tables={"run_cards": [CARD]}))
    assert (found.outcome, code(found)) == (Outcome.NO_EVIDENCE, "evidence_rejected")
    assert found.reason is not None
    assert found.reason.message == Text(
        zh="未采用所需证据。已提交的文件“train.log”被退回：第 7 行互相矛盾。请提交工具原样输出的日志，或重新运行。",
        en="The evidence this needs is not in use. "
        "The file “train.log” was handed in but rejected: Line 7 contradicts itself. "
        "Hand in the log exactly as the tool wrote it, or that of another run.",
    )


def test_the_rejected_file_stands_among_what_the_result_rests_on_at_the_line_of_its_error() -> None:
    (support,) = measured("model_flops_utilisation", centre_of(rejected())).rests_on
    assert (support.evidence, support.kind, support.rows, support.lines) == (
        "sha256:train.log",
        "training_steps",
        0,
        (7,),
    )


def test_what_has_to_come_with_a_rejected_file_is_asked_for_unless_it_was_handed_in() -> None:
    alone = measured("model_flops_utilisation", centre_of(rejected()))
    assert alone.reason is not None
    assert alone.reason.message.en.endswith(
        "exactly as the tool wrote it, or that of another run, and add a run card (YAML)."
    )
    assert alone.reason.message.zh.endswith("请提交工具原样输出的日志，或重新运行，并提交运行卡（YAML）。")


def test_a_rejected_run_card_is_named_by_the_measure_that_lacks_it() -> None:
    steps = [{"step": n, "iteration_ms": 1, "global_batch_size": 8, "dialect": "megatron"} for n in (1, 2, 3)]
    found = measured(
        "model_flops_utilisation", centre_of(rejected("card.yaml", "run_cards"), tables={"training_steps": steps})
    )
    assert (found.outcome, code(found)) == (Outcome.NOT_ASSESSABLE, "evidence_rejected")
    assert found.reason is not None
    assert "No run card speaks of the training log" in found.reason.message.en
    assert "“card.yaml”" in found.reason.message.en


def test_a_rejected_form_is_to_be_mended() -> None:
    found = measured("sus_mean", centre_of(rejected("survey.csv", "survey_responses")))
    assert found.reason is not None
    assert found.reason.message.en.endswith("Mend it and hand it in again.")
    assert found.reason.message.zh.endswith("请改正后重新提交。")


def test_a_rejected_file_of_another_kind_changes_nothing() -> None:
    bare = measured("sus_mean", centre())
    assert measured("sus_mean", centre_of(rejected())) == bare
    assert code(bare) == "no_evidence"


def test_where_rows_are_there_but_too_few_the_rejected_file_is_a_note() -> None:
    answers = [{"respondent": "a", **{f"q{n}": 3 for n in range(1, 11)}, "sus": 50}]
    evidence = centre_of(rejected("more.csv", "survey_responses"), tables={"survey_responses": answers})
    found = measured("sus_mean", evidence)
    assert code(found) == "too_few_answers"
    (said,) = found.notes
    assert said.code == "evidence_rejected"
    assert said.message.zh.startswith("已提交的文件“more.csv”被退回")


def test_bytes_that_were_accepted_in_another_try_are_not_rejected() -> None:
    answers = [{"respondent": "a", **{f"q{n}": 3 for n in range(1, 11)}, "sus": 50}]
    accepted = ("sha256:survey.csv", {"survey_responses": table("survey_responses", answers)})
    pooled = CentreEvidence.pooled(profile(), [accepted], rejected=[rejected("survey.csv", "survey_responses")])
    assert pooled.rejected == ()


def test_of_many_rejected_files_the_first_are_named_and_the_rest_counted() -> None:
    files = [rejected(f"{letter}.log") for letter in "edcba"]
    found = measured("model_flops_utilisation", centre_of(*files))
    assert found.reason is not None
    assert all(f"“{letter}.log”" in found.reason.message.zh for letter in "abc")
    assert "另有 2 个文件被退回。" in found.reason.message.zh
    assert "2 more rejected." in found.reason.message.en


def test_a_name_with_braces_is_said_as_it_is() -> None:
    found = measured("model_flops_utilisation", centre_of(rejected("{0}{line}.log")))
    assert found.reason is not None
    assert "“{0}{line}.log”" in found.reason.message.en


def test_a_measurement_that_names_a_rejected_file_survives_its_own_json() -> None:
    found = measured("model_flops_utilisation", centre_of(rejected()))
    assert Measurement.from_json(found.as_json()) == found


def test_files_needed_together_are_joined_by_and_and_ways_by_or() -> None:
    said = files_for(("tickets", "run_cards"), ("benchmark_runs", "declaration"))
    assert said.en == (
        "ticket records (CSV or xlsx) and a run card (YAML), "
        "or MLPerf Training logs (result_*.txt) and a declaration (YAML; Scanned documents, keyed twice)"
    )
    assert said.zh == (
        "工单记录（CSV 或 xlsx）和运行卡（YAML），"
        "或 MLPerf 训练日志（result_*.txt）和声明文件（YAML、扫描件双人录入表）"
    )


@pytest.mark.parametrize("kind", ["jobs", "inventory", "energy_readings", "serving_runs"])
def test_every_format_that_carries_a_kind_is_named_where_it_is_asked_for(kind: str) -> None:
    said = files_for((kind,))
    for parser in PARSERS:
        if kind in parser.kinds:
            assert parser.title.zh.split("（")[0] in said.zh
            assert parser.title.en.split(" (")[0] in said.en


def test_of_many_formats_the_first_are_named_and_that_there_are_others() -> None:
    said = files_for(("training_steps",))
    assert said.en.endswith("; and others)")
    assert said.en.lower().count("training log") == 1
    assert said.zh.endswith("等）")


@pytest.mark.parametrize("name", ["model_flops_utilisation", "scaling_efficiency_per_doubling"])
def test_a_measure_asks_only_for_kinds_it_declares(name: str) -> None:
    found = measured(name, centre())
    assert found.reason is not None
    assert "a run card (YAML), or MLPerf Training logs" in found.reason.message.en
    assert {"training_steps", "run_cards", "benchmark_runs", "inventory"} <= set(MEASURE_BY_NAME[name].kinds)
