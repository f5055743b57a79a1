"""Jobs of Kubernetes, Volcano and the training operator, as `kubectl get … -o json` prints them.

Kubernetes forgets finished jobs after their time to live: a list covers a period only where something kept them. A
job's cards are those its pods ask for at the same time; parts of cards are told and not counted. It holds them from
when it first ran: `startTime` is when a controller took the job up, whose pods may wait for cards long after.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.provenance import Where
from core.text import Text
from evidence.observations.jobs import JOBS
from evidence.parsers.base import Coverage, Issues, ParseResult
from evidence.parsers.schedulers.card_resources import Allotted, Untold, together
from evidence.parsers.schedulers.job_facts import job_facts
from evidence.parsers.schedulers.kubernetes import (
    LARGEST_QUANTITY,
    allotted_in_template,
    is_list_of,
    moment_of,
    read_items,
    replicas,
    text,
)
from evidence.parsers.schedulers.slurm_json import OddValue, mapping, tell_odd
from evidence.parsers.tables.scheduler_states import STATES as SLURM_STATES
from evidence.parsers.tables.scheduler_states import tell_unknown_state
from evidence.parsers.text.log_lines import words
from evidence.parsers.text.source import Source

# The words of the three platforms for Slurm's states.
STATES = {
    "Complete": "COMPLETED",
    "Completed": "COMPLETED",
    "Succeeded": "COMPLETED",
    "Failed": "FAILED",
    "Aborted": "CANCELLED",
    "Terminated": "CANCELLED",
    "Running": "RUNNING",
    "Suspended": "SUSPENDED",
    "Pending": "PENDING",
    "Created": "PENDING",
    "Restarting": "RUNNING",
    "Completing": "COMPLETING",
    "Aborting": "COMPLETING",
    "Terminating": "COMPLETING",
}
# How Kubernetes says that a job failed (`BackoffLimitExceeded`, `PyTorchJobFailed` …) is no cause, but for this reason:
# the job took longer than its user allowed.
OVER_TIME = "DeadlineExceeded"
ENDED = frozenset(("COMPLETED", "FAILED", "CANCELLED"))

_KINDS = (rb"Job", rb"(?:PyTorch|MPI|TF|XGBoost|Paddle|JAX|MS|Ascend)Job")
_JOB = Text(zh="作业", en="job")
_COLUMNS = ("job", "submit_at", "start_at", "end_at", "elapsed_s", "cards", "state", "cause", "line")


class KubernetesJobs:
    format = "kubernetes_jobs"
    version = "3"
    title = Text(zh="Kubernetes、Volcano 作业（JSON）", en="Jobs of Kubernetes and Volcano (JSON)")
    kinds = (JOBS.name,)

    def recognises(self, source: Source) -> bool:
        # Events name the jobs they speak of.
        return is_list_of(source, *_KINDS) and not is_list_of(source, rb"Event")

    def parse(self, source: Source) -> ParseResult:
        document = read_items(source)
        issues, untold, rows, sharing = Issues(), Untold(), list[dict[str, Any]](), 0
        restarted, untimed = list[tuple[int, int]](), list[int]()
        for element in document.elements:
            try:
                job = _Job(element.value)
                row = job.row()
            except OddValue as odd:
                tell_odd(issues, "unreadable_job", _JOB, str(odd), element.line)
                continue
            if row["state"] not in SLURM_STATES:
                tell_unknown_state(issues, row["state"], element.line)
            untold.add(job.given, element.line)
            sharing += bool(job.given.parts)
            if not job.given.only_parts:
                rows.append({**row, "line": element.line})
                if row["start_at"] and row["cards"] and not row["submit_at"]:
                    untimed.append(element.line)
            if job.restarts and row["state"] != "FAILED":
                restarted.append((element.line, job.restarts))
        untold.tell(issues)
        _tell_restarted(issues, restarted)
        _tell_untimed(issues, untimed)
        table = JOBS.table({name: [row[name] for row in rows] for name in _COLUMNS})
        read = len(document.elements)
        return ParseResult(
            facts={**job_facts(table), "jobs_sharing_cards": sharing},
            tables={JOBS.name: table},
            coverage=Coverage(read, len(rows), read - len(rows)),
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding=source.text_encoding,
        )


class _Job:
    """One job of any of the three platforms.

    Raises:
        OddValue: at any field that cannot be read.
    """

    def __init__(self, value: Any) -> None:
        job = mapping(value, "item")
        self._about = mapping(job.get("metadata"), "metadata")
        self._spec = mapping(job.get("spec"), "spec")
        status = job.get("status")
        self._status: Mapping[str, Any] = status if isinstance(status, Mapping) else {}
        self.given = self._read_given()

    def row(self) -> dict[str, Any]:
        state, since, reason = self._state()
        submitted = moment_of(self._about.get("creationTimestamp"), "metadata.creationTimestamp")
        ended = moment_of(self._status.get("completionTime"), "status.completionTime") or since
        ended = ended if state in ENDED else None
        taken_up = moment_of(self._status.get("startTime"), "status.startTime")
        started = self._ran_from(ended) or taken_up
        knows_wait = started is not taken_up or self._was_suspended
        if started and ended and ended < started:
            raise OddValue("status.completionTime")
        namespace = self._about.get("namespace")
        name = text(self._about.get("name"), "metadata.name")
        uid = self._about.get("uid")
        return {
            "job": words(uid if isinstance(uid, str) and uid else f"{namespace or 'default'}/{name}"),
            "submit_at": submitted if knows_wait or not started else None,
            "start_at": started,
            "end_at": ended,
            "elapsed_s": int((ended - started).total_seconds()) if started and ended else 0,
            "cards": self.given.cards,
            "state": state,
            "cause": reason if state == "FAILED" and reason == OVER_TIME else None,
        }

    @property
    def restarts(self) -> int:
        """How often pods failed, or Volcano started the job again, as far as the status says."""
        told = (self._status.get(name) for name in ("failed", "retryCount"))
        return sum(number for number in told if type(number) is int and 0 < number <= LARGEST_QUANTITY)

    def _read_given(self) -> Allotted:
        """What all pods that run at the same time ask for."""
        pods = [(allotted_in_template(template), number) for template, number in self._read_templates()]
        given = together(replace(one, cards=one.cards * number) for one, number in pods)
        if given.cards > LARGEST_QUANTITY:
            raise OddValue("resources")
        return given

    def _read_templates(self) -> list[tuple[Any, int]]:
        """The pods of a job: their template, and how many run at the same time."""
        if isinstance(tasks := self._spec.get("tasks"), list):
            tasks = [mapping(task, "spec.tasks") for task in tasks]
            return [(task.get("template"), replicas(task.get("replicas"), "spec.tasks.replicas")) for task in tasks]
        for name, specs in self._spec.items():
            if name.endswith("ReplicaSpecs") or name == "replicaSpecs":
                roles = [mapping(role, name) for role in mapping(specs, name).values()]
                return [(role.get("template"), replicas(role.get("replicas"), f"{name}.replicas")) for role in roles]
        together = replicas(self._spec.get("parallelism"), "spec.parallelism")
        needed = replicas(self._spec.get("completions"), "spec.completions", otherwise=together)
        return [(self._spec.get("template"), min(together, needed) if needed else together)]

    def _state(self) -> tuple[str, dt.datetime | None, Any]:
        """The state, since when, and the reason given; the last true condition, or Volcano's own word."""
        own = self._status.get("state")
        if isinstance(own, Mapping):
            phase = text(own.get("phase"), "status.state.phase")
            since = moment_of(own.get("lastTransitionTime"), "status.state.lastTransitionTime")
            return STATES.get(phase, phase.upper()[:40]), since, own.get("reason")
        for condition in reversed(self._conditions()):
            state = STATES.get(str(condition.get("type")))
            if state is not None and condition.get("status") == "True":
                since = moment_of(condition.get("lastTransitionTime"), "status.conditions.lastTransitionTime")
                return state, since, condition.get("reason")
        return ("RUNNING" if self._status.get("active") else "PENDING"), None, None

    def _ran_from(self, ended: dt.datetime | None) -> dt.datetime | None:
        """Since when its pods ran. Of Volcano the condition is named by `status`; of an ended job it is no longer true.

        A condition that changed when the job ended, or was suspended, tells that and not the start.
        """
        for condition in self._conditions():
            if "Running" not in (condition.get("status"), condition.get("type")):
                continue
            since = moment_of(condition.get("lastTransitionTime"), "status.conditions.lastTransitionTime")
            if condition.get("status") != "False" or (since and ended and since < ended):
                return since
        return None

    @property
    def _was_suspended(self) -> bool:
        """Whether a queue held it back: `startTime` is set anew when it lets the job go, with cards for its pods."""
        return any(condition.get("type") == "Suspended" for condition in self._conditions())

    def _conditions(self) -> list[Mapping[str, Any]]:
        conditions = self._status.get("conditions")
        return [mapping(each, "status.conditions") for each in conditions] if isinstance(conditions, list) else []


def _tell_restarted(issues: Issues, restarted: list[tuple[int, int]]) -> None:
    if not restarted:
        return
    times = sum(number for _, number in restarted)
    issues.add(
        "restarts_without_record",
        Text(
            zh=f"{len(restarted)} 个作业的 Pod 共失败 {times} 次后重新启动，每次中断没有单独的记录。",
            en=f"{len(restarted)} jobs had {times} failures after which pods were started again; the list has no "
            "record of each.",
        ),
        where=Where(line=restarted[0][0]),
        times=times,
        hint=Text(
            zh="请以作业列表（jobs_table）提交每次运行各一行，写明状态与原因。",
            en="Hand these jobs in as a table (jobs_table) with a row for each run, its state and its cause.",
        ),
    )


def _tell_untimed(issues: Issues, lines: list[int]) -> None:
    if not lines:
        return
    issues.add(
        "start_not_told",
        Text(
            zh=f"{len(lines)} 个作业没有说明何时得到加速卡：status.startTime 是控制器接手作业的时间，此后 Pod 仍可能"
            "等待。这些作业不计排队时间，占卡时间自接手起算。",
            en=f"{len(lines)} jobs do not tell when they were given their cards: status.startTime is when the "
            "controller took them up, and pods may wait after it. No queueing time is read of them; cards count from "
            "there on.",
        ),
        where=Where(line=lines[0]),
        times=len(lines),
        hint=Text(
            zh="请以作业列表（jobs_table）提交这些作业，开始时间取其全部 Pod 的 PodScheduled 时间中最晚的一个；"
            "或使用会挂起作业的队列（如 Kueue）。",
            en="Hand these jobs in as a table (jobs_table), started when the last of their pods was scheduled "
            "(PodScheduled); or let a queue that suspends jobs, such as Kueue, admit them.",
        ),
    )


PARSER = KubernetesJobs()
