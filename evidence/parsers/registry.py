"""Every parser there is, and which one a file belongs to.

The type is decided from content and name by one function, used at every door.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import ParseError
from core.text import Text
from evidence.parsers.archives.packed import FORMAT as ARCHIVE
from evidence.parsers.archives.packed import is_archive
from evidence.parsers.base import Parser
from evidence.parsers.content import empty_file, refuse_header_only, refuse_mismatch
from evidence.parsers.formats import (
    alarm_changes,
    ascend_dmi,
    asset_ledger,
    billing_table,
    building_points,
    card_usage_table,
    codecarbon,
    declaration,
    deepspeed,
    energy_workbook,
    fabric_manager,
    fairseq,
    fio,
    fio_text,
    flagperf_gemm,
    gemm_table,
    genai_perf,
    gpcnet,
    gpu_stream,
    grid_intensity,
    hccl_test,
    hpcc,
    hpcg,
    hpl,
    hpl_mxp,
    incidents,
    io500,
    jobs_table,
    kernel_log,
    kubernetes_events,
    kubernetes_jobs,
    link_events,
    llm_c,
    mamf_finder,
    megatron,
    meter_series,
    mindformers,
    mlperf_inference_accuracy,
    mlperf_inference_detail,
    mlperf_inference_summary,
    mlperf_power_log,
    mlperf_power_session,
    mlperf_scaling,
    mlperf_storage_epochs,
    mlperf_storage_report,
    mlperf_storage_summary,
    mlperf_system,
    mlperf_training,
    modded_nanogpt,
    nanogpt,
    nasa_tlx,
    nccl_tests,
    network_probe,
    npu_smi_info,
    nvidia_smi_capture,
    nvidia_smi_csv,
    openapi,
    openb_nodes,
    openb_pods,
    prometheus_range,
    prometheus_text,
    ptdaemon_log,
    ptdaemon_samples,
    redfish_log,
    request_windows,
    rocm_smi,
    run_card,
    runtime_column,
    scanned_document,
    sglang_bench,
    slurm_node_events,
    slurm_sacct,
    slurm_sacct_json,
    slurm_sdiag_json,
    slurm_sinfo_json,
    slurm_squeue_json,
    slurm_squeue_lines,
    step_heartbeat,
    stream,
    superbench,
    sus,
    swf,
    tickets,
    timed_trials,
    torch_all_reduce,
    trace_summary,
    training_jsonl,
    training_table,
    upptime,
    utility_bill,
    vllm_bench,
    zabbix_events,
    zabbix_series,
)
from evidence.parsers.maps import parser as maps
from evidence.parsers.text.source import Source
from evidence.parsers.unrecognised import refuse_what_is_wrong

PARSERS: tuple[Parser, ...] = (
    alarm_changes.PARSER,
    ascend_dmi.PARSER,
    asset_ledger.PARSER,
    billing_table.PARSER,
    building_points.PARSER,
    card_usage_table.PARSER,
    codecarbon.PARSER,
    declaration.PARSER,
    deepspeed.PARSER,
    energy_workbook.PARSER,
    fabric_manager.PARSER,
    fairseq.PARSER,
    fio.PARSER,
    fio_text.PARSER,
    flagperf_gemm.PARSER,
    gemm_table.PARSER,
    genai_perf.PARSER,
    gpcnet.PARSER,
    gpu_stream.PARSER,
    grid_intensity.PARSER,
    hccl_test.PARSER,
    hpcc.PARSER,
    hpcg.PARSER,
    hpl.PARSER,
    hpl_mxp.PARSER,
    incidents.PARSER,
    io500.PARSER,
    jobs_table.PARSER,
    kernel_log.PARSER,
    kubernetes_events.PARSER,
    kubernetes_jobs.PARSER,
    link_events.PARSER,
    llm_c.PARSER,
    mamf_finder.PARSER,
    megatron.PARSER,
    meter_series.PARSER,
    mindformers.PARSER,
    mlperf_inference_accuracy.PARSER,
    mlperf_inference_detail.PARSER,
    mlperf_inference_summary.PARSER,
    mlperf_power_log.PARSER,
    mlperf_power_session.PARSER,
    mlperf_scaling.PARSER,
    mlperf_storage_epochs.PARSER,
    mlperf_storage_report.PARSER,
    mlperf_storage_summary.PARSER,
    mlperf_system.PARSER,
    mlperf_training.PARSER,
    modded_nanogpt.PARSER,
    nanogpt.PARSER,
    nasa_tlx.PARSER,
    nccl_tests.PARSER,
    network_probe.PARSER,
    npu_smi_info.PARSER,
    nvidia_smi_capture.PARSER,
    nvidia_smi_csv.PARSER,
    openapi.PARSER,
    openb_nodes.PARSER,
    openb_pods.PARSER,
    prometheus_range.PARSER,
    prometheus_text.PARSER,
    ptdaemon_log.PARSER,
    ptdaemon_samples.PARSER,
    redfish_log.PARSER,
    request_windows.PARSER,
    rocm_smi.PARSER,
    run_card.PARSER,
    runtime_column.PARSER,
    scanned_document.PARSER,
    sglang_bench.PARSER,
    slurm_node_events.PARSER,
    slurm_sacct.PARSER,
    slurm_sacct_json.PARSER,
    slurm_sdiag_json.PARSER,
    slurm_sinfo_json.PARSER,
    slurm_squeue_json.PARSER,
    slurm_squeue_lines.PARSER,
    step_heartbeat.PARSER,
    stream.PARSER,
    superbench.PARSER,
    sus.PARSER,
    swf.PARSER,
    tickets.PARSER,
    timed_trials.PARSER,
    torch_all_reduce.PARSER,
    trace_summary.PARSER,
    training_jsonl.PARSER,
    training_table.PARSER,
    upptime.PARSER,
    utility_bill.PARSER,
    vllm_bench.PARSER,
    zabbix_events.PARSER,
    zabbix_series.PARSER,
)

PARSER_BY_FORMAT: dict[str, Parser] = {parser.format: parser for parser in PARSERS}
# Every word that the format of a file can be: also a table read by a map, and an archive, whose members are read.
FORMATS: tuple[str, ...] = tuple(sorted((*PARSER_BY_FORMAT, maps.FORMAT, ARCHIVE)))


def identify(source: Source, *, declared: str | None = None, column_map: Mapping[str, Any] | None = None) -> Parser:
    """The one parser a file belongs to; the uploader may name the format, or a column map for a table of one's own.

    Raises:
        ParseError: `empty_file`, `no_rows` (a header and nothing else), what `refuse_mismatch` raises, `archive`,
            `unknown_format` (also for a declared format that does not exist), in its place what
            `refuse_what_is_wrong` raises, or `ambiguous_format` naming every claimant.
        MapError: the column map is no valid one.
    """
    if not source.head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise empty_file()
    refuse_mismatch(source)
    if is_archive(source):  # before a parser finds its words in a member that was stored as it is
        raise _archive(source)
    refuse_header_only(source)
    if column_map is not None:
        return maps.parser_of(column_map)
    if declared is not None:
        return _declared(declared)
    claimants = [parser for parser in PARSERS if parser.recognises(source)]
    match claimants:
        case [parser]:
            return parser
        case []:
            refuse_what_is_wrong(source)
            raise ParseError(
                "unknown_format",
                Text(zh=f"无法识别“{source.name}”的格式。", en=f"The format of “{source.name}” is not recognised."),
                hint=Text(
                    zh=f"请在上传时选择格式，或使用我们的模板；自己的表可选“{maps.FORMAT}”，再指定各列的含义。",
                    en="Name the format when uploading, or use a template; a table of your own is handed in as "
                    f"`{maps.FORMAT}` and its columns mapped.",
                ),
            )
    names = ", ".join(parser.format for parser in claimants)
    raise ParseError(
        "ambiguous_format",
        Text(zh=f"该文件同时符合多种格式：{names}。", en=f"The file fits several formats: {names}."),
        hint=Text(zh="请在上传时选择格式。", en="Name the format when uploading."),
    )


def _archive(source: Source) -> ParseError:
    return ParseError(
        "archive",
        Text(zh=f"“{source.name}”是压缩包。", en=f"“{source.name}” is an archive."),
        hint=Text(
            zh="请解开后逐个读取；整包上传时，其中每个文件各自成为证据。",
            en="Unpack it and read its files; handed in whole, each of them becomes evidence of its own.",
        ),
    )


def _declared(name: str) -> Parser:
    if name in PARSER_BY_FORMAT:
        return PARSER_BY_FORMAT[name]
    if name == maps.FORMAT:
        return maps.UnmappedTable()
    raise ParseError(
        "unknown_format",
        Text(zh=f"没有名为“{name}”的格式。", en=f"There is no format called “{name}”."),
        hint=Text(
            zh="可用格式：" + "、".join(sorted(PARSER_BY_FORMAT)), en="Formats: " + ", ".join(sorted(PARSER_BY_FORMAT))
        ),
    )


def kinds_of(format_: str, *, column_map: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """The observations a file of this format carries, or would have carried; none of a format nobody knows."""
    if column_map is not None:
        return (str(column_map.get("kind", "")),)
    parser = PARSER_BY_FORMAT.get(format_)
    return parser.kinds if parser else ()
