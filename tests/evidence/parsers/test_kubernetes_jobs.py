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
    assert result.issue_counts == {"unreadable_job": 1, "shared_cards": 1}
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
    assert read(PARSER, OTHERS).issue_counts == {"unknown_state": 1}


def test_a_volcano_job_starts_when_it_first_ran_and_a_waiting_one_has_no_start() -> None:
    found = rows(OTHERS)
    assert (found["uid-v-done"]["start_at"].hour, found["uid-v-done"]["elapsed_s"]) == (2, 3 * 3600)
    assert found["uid-v-abort"]["end_at"].hour == 3
    assert found["uid-v-wait"]["start_at"] is found["uid-v-wait"]["end_at"] is None


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
