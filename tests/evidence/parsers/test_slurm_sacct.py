"""Slurm accounting as text: records put together again, steps left out, times with a zone."""

from __future__ import annotations

import pytest

from core.errors import ParseError
from evidence.parsers.base import Severity
from evidence.parsers.formats.slurm_sacct import PARSER
from evidence.parsers.schedulers.slurm_resources import cards_in_tres, seconds_of
from evidence.parsers.text.source import Source
from tests.evidence.parsers.properties import read, survives_anything

ZONE = "Asia/Shanghai"
HEAD = "JobID|JobName|State|Submit|Start|End|ElapsedRaw|AllocTRES\n"
TIMES = "2025-04-01T08:00:00|2025-04-01T08:01:00|2025-04-01T09:01:00"


def record(job: str, *, name: str = "train", state: str = "COMPLETED", tres: str = "gres/gpu=8") -> str:
    return f"{job}|{name}|{state}|{TIMES}|3600|{tres}\n"


def jobs(text: str, *, timezone: str | None = ZONE) -> list[str]:
    return read(PARSER, text.encode(), timezone=timezone).tables["jobs"].column("job").to_pylist()


def test_allocations_are_rows_and_steps_are_not() -> None:
    text = HEAD + record("7") + record("7.batch") + record("7.0") + record("8_3") + record("8_[4-9%2]") + record("9+1")
    result = read(PARSER, text.encode(), timezone=ZONE)
    assert result.tables["jobs"].column("job").to_pylist() == ["7", "8_3", "8_[4-9%2]", "9+1"]
    assert result.facts["steps_left_out"] == 2
    assert result.facts["card_elapsed_s"] == 4 * 8 * 3600
    assert result.coverage.lines_read == 4


def test_free_text_may_hold_separators_and_line_ends() -> None:
    text = HEAD + record("1", name="a|b|c") + record("2", name="x\ny") + record("3", name="p|q\nr") + record("4")
    result = read(PARSER, text.encode(), timezone=ZONE)
    assert result.tables["jobs"].column("job").to_pylist() == ["1", "2", "3", "4"]
    assert result.tables["jobs"].column("line").to_pylist() == [2, 3, 5, 7]
    assert not result.issues


def test_a_cut_record_does_not_swallow_the_next_one() -> None:
    result = read(PARSER, (HEAD + "1|cut\n" + record("2")).encode(), timezone=ZONE)
    assert result.tables["jobs"].column("job").to_pylist() == ["2"]
    assert [(issue.code, issue.where.line) for issue in result.issues] == [("unreadable_record", 2)]
    assert (result.coverage.lines_read, result.coverage.lines_with_issue) == (2, 1)


@pytest.mark.parametrize(("lost", "cards"), [(1, 16), (2, 1), (3, 0)])
def test_an_export_cut_inside_its_last_cell_reads_like_a_whole_one_but_not_without_a_word(
    lost: int, cards: int
) -> None:
    # `gres/gpu=16` without its line end, without its 6, without both digits: what was allocated looks like less.
    cut = (HEAD + record("1") + record("2", tres="gres/gpu=16"))[:-lost].encode()
    result = read(PARSER, cut, timezone=ZONE)
    assert result.tables["jobs"].column("cards").to_pylist() == [8, cards]
    assert [(issue.code, issue.where.line, issue.severity) for issue in result.issues] == [
        ("may_be_cut", 3, Severity.WARNING)
    ]


@pytest.mark.parametrize("ended", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_export_whose_last_record_is_ended_is_not_cut(ended: str, encoding: str) -> None:
    text = (HEAD + record("1") + record("2", name="a|b\nc")).replace("\n", ended)
    assert not read(PARSER, text.encode(encoding), timezone=ZONE).issues
    [told] = read(PARSER, text.removesuffix(ended).encode(encoding), timezone=ZONE).issues
    assert (told.code, told.where.line) == ("may_be_cut", 4)


@pytest.mark.parametrize("delimiter", ["|", "\x1f", ";", ",", "^^"])
def test_the_delimiter_is_told_from_the_header(delimiter: str) -> None:
    assert jobs((HEAD + record("1") + record("2")).replace("|", delimiter)) == ["1", "2"]


def test_the_trailing_separator_of_p_is_no_column() -> None:
    assert jobs((HEAD + record("1") + record("2", name="a|b")).replace("\n", "|\n")) == ["1", "2"]


def test_a_file_without_header_is_read_in_the_documented_order() -> None:
    text = f"1|{TIMES}|3600|COMPLETED|gres/gpu=8|1|0:0\n"
    assert PARSER.recognises(Source.of_bytes(text.encode(), "sacct.txt"))
    result = read(PARSER, text.encode(), timezone=ZONE)
    assert result.facts["jobs"] == 1
    assert result.issue_counts == {"header_missing": 1}


@pytest.mark.torture("T17")
def test_local_times_need_a_zone_and_epoch_seconds_do_not() -> None:
    assert read(PARSER, (HEAD + record("1")).encode()).has_errors
    epoch = HEAD + "1|a|COMPLETED|1743465600|1743465660|1743469260|3600|gres/gpu=8\n"
    row = read(PARSER, epoch.encode()).tables["jobs"].to_pylist()[0]
    assert row["submit_at"].isoformat() == "2025-04-01T00:00:00+00:00"


def test_an_unfinished_job_has_no_end_whatever_the_export_prints() -> None:
    text = HEAD + record("1", state="RUNNING") + "2|q|PENDING|2025-04-01T08:00:00|Unknown|None|0|\n"
    rows = read(PARSER, text.encode(), timezone=ZONE).tables["jobs"].to_pylist()
    assert [(row["end_at"], row["cards"]) for row in rows] == [(None, 8), (None, 0)]


def test_states_lose_their_suffixes_and_unknown_ones_are_listed() -> None:
    text = HEAD + record("1", state="CANCELLED by 1007") + record("2", state="CANCELLED+") + record("3", state="DOZING")
    result = read(PARSER, text.encode(), timezone=ZONE)
    assert result.facts["jobs_by_state"] == {"CANCELLED": 2, "DOZING": 1}
    assert result.issue_counts == {"unknown_state": 1}


@pytest.mark.parametrize(
    ("tres", "cards"),
    [
        ("billing=9,gres/gpu=8", 8),
        ("gres/gpu:h100=8", 8),
        ("gres/gpu:h100=8,gres/gpu=8", 8),
        ("gres/gpu:h100=4,gres/gpu:a100=2", 6),
        ("gres/npu:910b=16", 16),
        ("cpu=96,mem=10G", 0),
        ("gres/gpumem=80,gres/gpu=2", 2),
    ],
)
def test_cards_are_counted_once(tres: str, cards: int) -> None:
    assert cards_in_tres(tres) == cards


@pytest.mark.parametrize(("text", "seconds"), [("1-00:00:10", 86410), ("01:02:03", 3723), ("3:04", None), ("x", None)])
def test_elapsed_time_is_read_in_seconds(text: str, seconds: int | None) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.slow
def test_blocks_with_and_without_free_text_keep_their_lines() -> None:
    body = "".join(record(str(number)) for number in range(1, 30_000)) + record("30000", name="a|b")
    result = read(PARSER, (HEAD + body).encode(), timezone=ZONE)
    assert result.facts["jobs"] == 30_000
    assert result.tables["jobs"].column("line").to_pylist() == list(range(2, 30_002))


@pytest.mark.torture("T01")
def test_a_header_alone_has_no_rows() -> None:
    with pytest.raises(ParseError) as caught:
        read(PARSER, HEAD.encode())
    assert caught.value.code == "no_rows"


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ParseError) as caught:
        read(PARSER, b"JobID|State|Elapsed\n1|COMPLETED|00:00:01\n")
    assert caught.value.code == "missing_column"
    assert "alloctres" in caught.value.message.en


test_any_bytes_give_a_result_or_a_refusal = survives_anything(
    PARSER, (HEAD + record("1") + record("2", name="a|b\nc")).encode()
)


@pytest.mark.parametrize(
    "name", ["gpu", "GPU", "npu", "ascend", "ascend910", "dcu", "mlu370", "xpu", "hpu", "gcu", "tpu"]
)
def test_cards_are_known_by_the_names_of_their_makers(name: str) -> None:
    result = read(PARSER, (HEAD + record("1", tres=f"cpu=96,gres/{name}=8,mem=1T")).encode(), timezone=ZONE)
    assert result.tables["jobs"].column("cards").to_pylist() == [8]
    assert not result.issues


def test_a_resource_nobody_knows_is_told_once_with_its_jobs_and_the_first_of_them() -> None:
    odd = "billing=8,gres/zpu=8,license/matlab=1,gres/bandwidth=4,gres/gpuutil=3"
    text = HEAD + record("1") + record("2", tres=odd) + record("3", tres=odd + ",node=2") + record("4")
    result = read(PARSER, text.encode(), timezone=ZONE)
    assert result.tables["jobs"].column("cards").to_pylist() == [8, 0, 0, 8]
    [told] = result.issues
    assert (told.code, told.where.line) == ("unknown_resource", 3)
    assert "2 jobs hold “gres/zpu”" in told.message.en
    assert "有 2 个作业占用未知的资源“gres/zpu”" in told.message.zh
    assert result.issue_counts == {"unknown_resource": 2}


def test_slices_of_mig_are_no_whole_cards_and_a_job_of_nothing_else_is_left_out() -> None:
    mixed = "gres/gpu=10,gres/gpu:a100=8,gres/gpu:a100_1g.10gb=2"
    text = HEAD + record("1", tres="gres/gpu:1g.10gb=2") + record("2", tres=mixed) + record("3", tres="gres/shard=4")
    result = read(PARSER, text.encode(), timezone=ZONE)
    assert [(row["job"], row["cards"]) for row in result.tables["jobs"].to_pylist()] == [("2", 8)]
    assert result.rows_left_out == 2
    assert result.issue_counts == {"shared_cards": 3}
    assert [issue.where.line for issue in result.issues] == [2, 3, 4]


def test_runs_that_restarts_tell_of_and_the_file_lacks_are_missing() -> None:
    # Job 1 was queued again twice and stands once; job 2 once and stands twice; job 3 never.
    head = HEAD.replace("\n", "|Restarts\n")
    rows = [record("1"), record("2", state="NODE_FAIL"), record("2"), record("3")]
    counts = ["2", "0", "1", "0"]
    text = head + "".join(row.replace("\n", f"|{n}\n") for row, n in zip(rows, counts, strict=True))
    result = read(PARSER, text.encode(), timezone=ZONE)
    assert result.issue_counts == {"repeated_job": 1, "earlier_runs_missing": 2}
    assert result.issues[-1].where.line == 2
    assert result.issues[-1].hint is not None
    assert "--duplicates" in result.issues[-1].hint.en


@pytest.mark.parametrize(
    ("number", "last", "told"),
    [(1_000, "2025-06-30", True), (1_000, "2025-06-29", False), (999, "2025-06-30", False)],
)
def test_a_long_log_without_one_requeued_job_may_lack_its_duplicates(number: int, last: str, told: bool) -> None:
    # From 1 April, 08:00, to 30 June, 09:01, are ninety days and an hour.
    rows = [record(str(n)) for n in range(1, number)] + [record("9999").replace("2025-04-01T09", f"{last}T09")]
    result = read(PARSER, (HEAD + "".join(rows)).encode(), timezone=ZONE)
    assert ("no_repeated_job" in result.issue_counts) is told
    again = read(PARSER, (HEAD + "".join([*rows, record("1", state="NODE_FAIL")])).encode(), timezone=ZONE)
    assert "no_repeated_job" not in again.issue_counts


def test_every_command_that_is_told_asks_for_duplicates() -> None:
    for text in (HEAD.replace("AllocTRES", "JobName"), "what\n"):
        with pytest.raises(ParseError) as refusal:
            read(PARSER, text.encode(), timezone=ZONE)
        assert refusal.value.hint is not None
        assert "--duplicates" in refusal.value.hint.en
