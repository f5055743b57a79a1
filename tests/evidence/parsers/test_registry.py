"""Every file belongs to at most one format, decided from its content and name."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ParseError
from evidence.parsers.registry import PARSER_BY_FORMAT, PARSERS, identify
from evidence.parsers.text.source import Source
from tests import golden
from tests.samples import SAMPLES, every_sample

EXPECTED = {
    "mlperf-training": "mlperf_training",
    "mlperf-hpc": "mlperf_training",
    "mlperf-systems": "mlperf_system",
    "nccl": "nccl_tests",
}
BY_NAME = {
    "nccl/bigscience_torch_all_reduce_bench_a100_n4.txt": "torch_all_reduce",
    "training-log/pkb_docker_set-x_mlperf_resnet.txt": "mlperf_training",
    "training-log/superbench_megatron_deepspeed_tflops.log": "megatron",
    "hpc-bench/superbench_hpl_results.log": "hpl",
    "hpc-bench/superbench_stream_zen.log": "stream",
    "hpc-bench/superbench_gpu_stream.log": "gpu_stream",
    "hpc-bench/superbench_fio_disk_performance.log": "fio",
    "hpc-bench/superbench_gpcnet_network_load.log": "gpcnet",
    "hpc-bench/pkb_hpcg_results.txt": "hpcg",
    "hpc-bench/pkb_hpcc_with_embedded_hpl.txt": "hpcc",
    "hpc-bench/pkb_linpack_intelmkl.txt": "hpl",
    "hpc-bench/pkb_fio_result.json": "fio",
}
BY_ENDING = {
    "mlperf_log_summary.txt": "mlperf_inference_summary",
    "mlperf_log_detail.txt": "mlperf_inference_detail",
    "_accuracy.txt": "mlperf_inference_accuracy",
    "mlperf_storage_report.json": "mlperf_storage_report",
    "run1_summary.json": "mlperf_storage_summary",
    "per_epoch_stats.json": "mlperf_storage_epochs",
    "power_node_0.txt": "mlperf_power_log",
    "_spl.txt": "ptdaemon_samples",
    "ptd_logs.txt": "ptdaemon_log",
    "power_client.json": "mlperf_power_session",
    "power_server.json": "mlperf_power_session",
    "bert_result_0.txt": "mlperf_training",
}


def claimants(path: Path) -> list[str]:
    source = Source.of_path(path)
    return [parser.format for parser in PARSERS if parser.recognises(source)]


@pytest.mark.parametrize("path", every_sample(), ids=lambda path: str(path.relative_to(SAMPLES)))
def test_a_sample_is_claimed_by_at_most_one_parser(path: Path) -> None:
    claimed = claimants(path)
    assert len(claimed) <= 1
    expected = BY_NAME.get(str(path.relative_to(SAMPLES)), EXPECTED.get(path.parent.name))
    if path.parent.name.startswith("mlperf-") and expected is None:
        expected = next((form for ending, form in BY_ENDING.items() if path.name.endswith(ending)), None)
        assert expected or path.parent.name == "mlperf-training-sets", f"{path.name} is nobody's"
    if expected:
        assert claimed == [expected]
    if not claimed:
        with pytest.raises(ParseError) as refusal:
            identify(Source.of_path(path))
        assert refusal.value.code == "unknown_format"


@pytest.mark.parametrize("path", golden.cases(), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_golden_file_is_claimed_by_its_own_parser_only(path: Path) -> None:
    assert claimants(path) == [path.parent.name]


@pytest.mark.torture("T01", "empty file", "byte-order mark")
@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n", b"\xff\xfe"])
def test_an_empty_file_is_refused_as_empty(content: bytes) -> None:
    with pytest.raises(ParseError) as refusal:
        identify(Source.of_bytes(content, "log.txt"))
    assert refusal.value.code == "empty_file"


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", b"<html><body>busbw</body></html>", b"PK\x03\x04 not a workbook"]
)
def test_what_nobody_knows_is_refused_as_unknown(content: bytes) -> None:
    with pytest.raises(ParseError):
        identify(Source.of_bytes(content, "readings.txt"))


def test_a_format_that_does_not_exist_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ParseError, match="no format called") as refusal:
        identify(Source.of_bytes(b"x", "log.txt"), declared="tea_leaves")
    assert refusal.value.hint is not None
    assert "megatron" in refusal.value.hint.en


@pytest.mark.parametrize("path", golden.cases(), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_golden_file_carries_only_kinds_its_parser_declares(path: Path) -> None:
    parser = PARSER_BY_FORMAT[path.parent.name]
    assert set(golden.outcome(path).get("tables", {})) <= set(parser.kinds)


def test_every_declared_kind_exists_and_is_carried_by_some_golden_file() -> None:
    carried = {(case.parent.name, kind) for case in golden.cases() for kind in golden.outcome(case).get("tables", {})}
    declared = {(parser.format, kind) for parser in PARSERS for kind in parser.kinds}
    assert declared == carried


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("file", ["declaration", "run_card", "mlperf_system"])
def test_a_document_is_what_it_is_in_any_encoding(file: str, encoding: str) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    for path in sorted((golden.FOLDER / file).iterdir()):
        if path.suffix in (".yaml", ".json") and ".golden" not in path.name and ".expected" not in path.name:
            content = path.read_bytes()
            as_it_stands = identify(Source.of_bytes(content, path.name)).format
            encoded = mark + content.decode().encode(encoding)
            assert identify(Source.of_bytes(encoded, path.name)).format == as_it_stands == file
