"""What is kept, what is a name and what is a list of hosts, in each format that can be made anonymous.

Closed rules: a column or key that is not listed as kept keeps only figures and instants; every other text becomes a
pseudonym. So a column nobody thought of gives nothing away.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evidence.parsers.tables.headers import Heading
from evidence.parsers.tables.simple_tables import SIMPLE_TABLES

Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class TableRule:
    """A table with a header; its columns by their folded names.

    Args:
        keep: columns left as they are.
        hosts: columns of host lists.
        names: columns that are names even where they look like figures, such as a numeric user.
        quoted: whether cells are quoted as in CSV; else a separator inside a cell cannot be told.
    """

    keep: Names
    hosts: Names = frozenset()
    names: Names = frozenset()
    quoted: bool = True


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """A JSON document, by key at any depth; `keep_under`: all text below such a key is left as it is."""

    keep: Names
    hosts: Names = frozenset()
    names: Names = frozenset()
    keep_under: Names = frozenset()


def folded(name: str) -> str:
    """A heading without case, width, blanks, `_` and `-`."""
    plain = unicodedata.normalize("NFKC", name).strip().strip("\ufeff").casefold()
    return plain.replace(" ", "").replace("_", "").replace("-", "")


def _listed(*lines: str) -> Names:
    return frozenset(word for line in lines for word in line.split())


_USERS = _listed(
    "user username uid userid owner 用户 用户名 用户id 账号 提交人 namespace 命名空间 node host hostname nodename",
    "节点 主机 主机名 requester assignee 姓名 联系人 申请人 处理人 负责人 jobname 作业名 作业名称 任务名称",
)


def _fields(headings: Iterable[Heading], *fields: str) -> Names:
    """All headings, folded, under which these fields of a simple table are known."""
    chosen = (heading for heading in headings if heading.name in fields)
    return frozenset(folded(word) for heading in chosen for word in (heading.name, *heading.also))


def _simple(name: str, *keep: str, names: tuple[str, ...] = ()) -> TableRule:
    headings = SIMPLE_TABLES[name]
    kept = _fields(headings, *keep)
    return TableRule(kept, names=(_USERS | _fields(headings, *names)) - kept)


TABLES: Mapping[str, TableRule] = {
    "slurm_sacct": TableRule(
        _listed(
            "jobid jobidraw state submit start end eligible suspended elapsed elapsedraw alloctres reqtres allocnodes",
            "nnodes ncpus alloccpus reqcpus reqnodes reqmem exitcode derivedexitcode partition qos cluster priority",
            "timelimit timelimitraw flags reason planned reserved cputime cputimeraw totalcpu",
        ),
        hosts=_listed("nodelist"),
        names=_listed("user uid group gid account jobname workdir submitline comment admincomment systemcomment"),
        quoted=False,
    ),
    "slurm_node_events": TableRule(
        _listed("cluster timestart timeend state"),
        hosts=_listed("nodename"),
        names=_listed("user reason"),
        quoted=False,
    ),
    "jobs_table": _simple("jobs_table", "state", "cause"),
    "tickets": _simple("tickets", "priority"),
    "incidents": _simple("incidents", "service", "planned", "cause"),
    "sus": _simple("sus", "role", *(f"q{number}" for number in range(1, 11)), names=("respondent",)),
    "openb_pods": TableRule(_listed("qos podphase gpuspec"), names=_listed("name")),
    "openb_nodes": TableRule(_listed("model"), names=_listed("sn")),
    "card_usage_table": TableRule(frozenset(), names=_listed("name")),
}

_SLURM = DocumentRule(
    keep=_listed(
        "state job_state current state_reason type partition cluster qos tres_alloc_str tres_req_str tres_per_node",
        "tres_fmt_used tres_used gres gres_used gres_drained release status return_code",
    ),
    hosts=_listed("nodes node_list alloc_nodes allocated_nodes hostname hostnames address addresses"),
    names=_listed(
        "user user_name user_id group group_name group_id account working_directory submit_line command comment",
        "mail_user standard_output standard_error standard_input wckey script container batch_host",
    ),
    keep_under=_listed("tres meta state reason flags"),
)
DOCUMENTS: Mapping[str, DocumentRule] = {
    "slurm_sacct_json": _SLURM,
    "slurm_squeue_json": _SLURM,
    "slurm_sinfo_json": _SLURM,
    "kubernetes_jobs": DocumentRule(
        keep=_listed(
            "apiVersion kind type status phase reason state restartPolicy cleanPodPolicy action event",
            "schedulerName completionMode",
        ),
        names=_listed("name namespace uid nodeName hostname serviceAccountName user"),
        keep_under=_listed("resources replicaStatuses"),
    ),
}
TREATED = tuple(sorted((*TABLES, *DOCUMENTS)))
