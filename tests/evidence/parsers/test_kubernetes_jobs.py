"""Jobs of Kubernetes, Volcano and the training operator: cards held at the same time, states, odd times."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.errors import ParseError
from evidence.parsers.formats.kubernetes_jobs import PARSER
from tests.evidence.parsers.properties import outcome, read, survives_anything
from tests.golden import FOLDER

BATCH = (FOLDER / "kubernetes_jobs" / "batch_with_odd_time.json").read_bytes()
OTHERS = (FOLDER / "kubernetes_jobs" / "volcano_and_training_operator.json").read_bytes()


def rows(content: bytes) -> dict[str, dict[str, Any]]:
    return {row["job"]: row for row in read(PARSER, content).tables["jobs"].to_pylist()}


def with_resources(**resources: Any) -> bytes:
    """One job of one pod with these resources."""
    pod = {"spec": {"containers": [{"resources": resources}, {"name": "sidecar"}]}}
    job = {"kind": "Job", "metadata": {"name": "j"}, "spec": {"template": pod}, "status": {}}
    return json.dumps({"items": [job]}).encode()


def test_cards_are_those_of_the_pods_that_run_at_the_same_time() -> None:
    cards = {name: row["cards"] for name, row in (rows(BATCH) | rows(OTHERS)).items()}
    assert cards["uid-done"] == 2 * 8  # four pods in all, two at a time
    assert cards["uid-broken"] == 16  # eight would be allowed, one is needed
    assert cards["uid-v-done"] == 4 * 8
    assert cards["uid-pt"] == 4 * 8


@pytest.mark.parametrize(
    ("resources", "cards"),
    [
        ({"limits": {"nvidia.com/gpu": "8"}, "requests": {"nvidia.com/gpu": "8"}}, 8),
        ({"requests": {"huawei.com/Ascend910": 4}}, 4),
        ({"limits": {"hygon.com/dcu": 2, "cpu": "64", "rdma/hca": 1}}, 2),
        ({"limits": {"nvidia.com/gpu": "8", "nvidia.com/mig-1g.10gb": 2}}, 8),
        ({"limits": {"habana.ai/gaudi": 8, "ephemeral-storage": "1Gi", "hugepages-2Mi": "4Mi"}}, 8),
        ({"limits": {"enflame.com/gcu": 4, "vpc.amazonaws.com/efa": 4}}, 4),
        ({"limits": {"google.com/tpu": 4}}, 4),
        ({"limits": {"aws.amazon.com/neuron": 16}}, 16),
        ({}, 0),
    ],
)
def test_cards_are_told_by_the_last_part_of_their_resource(resources, cards) -> None:
    (row,) = read(PARSER, with_resources(**resources)).tables["jobs"].to_pylist()
    assert row["cards"] == cards


def test_parts_of_cards_are_told_and_not_counted() -> None:
    result = read(PARSER, BATCH)
    assert result.issue_counts == {"unreadable_job": 1, "shared_cards": 1, "start_not_told": 2}
    assert result.facts["jobs_sharing_cards"] == 1


@pytest.mark.parametrize(
    "name",
    [
        "nvidia.com/gpu.shared", "nvidia.com/mig-1g.10gb", "huawei.com/npu-core", "huawei.com/Ascend910-2c",
        "aws.amazon.com/neuroncore", "volcano.sh/vgpu-number", "aliyun.com/gpu-mem", "enflame.com/shared-gcu",
    ],
)  # fmt: skip
def test_a_job_that_holds_nothing_but_parts_of_cards_is_a_row_left_out(name: str) -> None:
    result = read(PARSER, with_resources(limits={name: "4"}))
    assert (result.tables["jobs"].num_rows, result.rows_left_out) == (0, 1)
    [told] = result.issues
    assert (told.code, told.where.line) == ("shared_cards", 1)
    assert name in told.message.en


def test_a_resource_of_a_vendor_that_nobody_knows_is_told_by_its_name() -> None:
    result = read(PARSER, with_resources(limits={"newchip.cn/zpu": "4", "nvidia.com/gpu": 2, "rdma/hca": 1}))
    [told] = result.issues
    assert (told.code, "newchip.cn/zpu" in told.message.zh) == ("unknown_resource", True)
    assert told.hint is not None
    assert result.tables["jobs"].column("cards").to_pylist() == [2]


@pytest.mark.parametrize("state", ["Complete", "Running"])
def test_pods_that_failed_and_were_started_again_are_told(state: str) -> None:
    job = json.loads(with_resources(limits={"nvidia.com/gpu": 8}))
    job["items"][0]["status"] = {"failed": 3, "conditions": [{"type": state, "status": "True"}]}
    assert read(PARSER, json.dumps(job).encode()).issue_counts == {"restarts_without_record": 3}


def test_states_of_three_platforms_become_those_of_one_scheduler() -> None:
    states = {name: row["state"] for name, row in (rows(BATCH) | rows(OTHERS)).items()}
    assert states == {
        "uid-done": "COMPLETED",
        "uid-broken": "FAILED",
        "uid-v-done": "COMPLETED",
        "uid-v-abort": "CANCELLED",
        "uid-v-wait": "PENDING",
        "uid-v-new": "DREAMING",
        "uid-pt": "COMPLETED",
    }
    assert read(PARSER, OTHERS).issue_counts == {"unknown_state": 1, "start_not_told": 1}


def test_a_volcano_job_starts_when_it_first_ran_and_a_waiting_one_has_no_start() -> None:
    found = rows(OTHERS)
    assert (found["uid-v-done"]["start_at"].hour, found["uid-v-done"]["elapsed_s"]) == (2, 3 * 3600)
    assert found["uid-v-abort"]["end_at"].hour == 3
    assert found["uid-v-wait"]["start_at"] is found["uid-v-wait"]["end_at"] is None


def job_of(status: dict[str, Any], kind: str = "PyTorchJob") -> tuple[dict[str, Any], dict[str, int]]:
    """A job of eight cards submitted at midnight and taken up a second later, and the issues of its list."""
    pod = {"spec": {"containers": [{"resources": {"limits": {"nvidia.com/gpu": 8}}}]}}
    spec = {"template": pod} if kind == "Job" else {f"{kind[:-3].lower()}ReplicaSpecs": {"Worker": {"template": pod}}}
    about = {"name": "j", "uid": "u", "creationTimestamp": "2025-12-28T00:00:00Z"}
    job = {"kind": kind, "metadata": about, "spec": spec, "status": {"startTime": "2025-12-28T00:00:01Z"} | status}
    result = read(PARSER, json.dumps({"items": [job]}).encode())
    (row,) = result.tables["jobs"].to_pylist()
    return row, result.issue_counts


def condition(name: str, at: str, status: str = "True") -> dict[str, str]:
    return {"type": name, "status": status, "lastTransitionTime": f"2025-12-28T{at}:00Z"}


@pytest.mark.parametrize("kind", ["PyTorchJob", "MPIJob", "TFJob"])
@pytest.mark.parametrize("ended", [True, False])
def test_a_job_starts_when_it_ran_and_not_when_a_controller_took_it_up(kind: str, ended: bool) -> None:
    conditions = [condition("Created", "00:00"), condition("Running", "02:00", "False" if ended else "True")]
    row, issues = job_of({"conditions": [*conditions, *([condition("Succeeded", "05:00")] if ended else [])]}, kind)
    assert (row["submit_at"].hour, row["start_at"].hour, row["elapsed_s"]) == (0, 2, 3 * 3600 if ended else 0)
    assert issues == {}


@pytest.mark.parametrize(
    ("kind", "conditions"),
    [
        ("Job", [condition("Complete", "05:00")]),
        ("Job", []),
        ("PyTorchJob", [condition("Created", "00:00"), condition("Succeeded", "05:00")]),
        ("PyTorchJob", [condition("Running", "05:00", "False"), condition("Succeeded", "05:00")]),  # when it stopped
        ("PyTorchJob", [condition("Running", "03:00", "False"), condition("Created", "00:00")]),  # no end, no running
    ],
)
def test_where_nothing_tells_the_start_no_wait_is_read_and_it_is_told(kind: str, conditions: Any) -> None:
    row, issues = job_of({"conditions": conditions}, kind)
    assert (row["submit_at"], row["start_at"].second) == (None, 1)
    assert issues == {"start_not_told": 1}


def test_a_batch_job_its_queue_let_go_has_waited_until_then() -> None:
    resumed = [condition("Suspended", "02:00", "False"), condition("Complete", "05:00")]
    row, issues = job_of({"startTime": "2025-12-28T02:00:00Z", "conditions": resumed}, "Job")
    assert (row["submit_at"].hour, row["start_at"].hour, row["elapsed_s"], issues) == (0, 2, 3 * 3600, {})


def test_a_job_nobody_took_up_keeps_when_it_was_submitted() -> None:
    row, issues = job_of({"startTime": None}, "Job")
    assert (row["submit_at"].hour, row["start_at"], issues) == (0, None, {})


def test_how_kubernetes_says_that_a_job_failed_is_no_cause_but_that_it_took_longer_than_its_user_allowed() -> None:
    assert rows(BATCH)["uid-broken"]["cause"] is None
    assert rows(BATCH)["uid-done"]["cause"] is None
    late = BATCH.replace(b"BackoffLimitExceeded", b"DeadlineExceeded")
    assert rows(late)["uid-broken"]["cause"] == "DeadlineExceeded"


def test_a_list_without_items_has_no_rows() -> None:
    with pytest.raises(ParseError) as refusal:
        read(PARSER, b'{"kind": "List", "items": []}')
    assert refusal.value.code == "no_rows"


@pytest.mark.torture("T19")
def test_endless_nesting_is_refused() -> None:
    error = outcome(PARSER, b'{"items": ' + b"[" * 100_000)
    assert isinstance(error, ParseError)
    assert error.code == "too_deep"


test_any_bytes_give_a_result_or_a_refusal = survives_anything(PARSER, BATCH, OTHERS)
