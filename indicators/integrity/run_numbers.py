"""Numbers missing among the files of a set of runs."""

from __future__ import annotations

from collections.abc import Iterable

import re2

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.run_sets import run_sets
from indicators.measures.base import support

_MISSING = line("run_numbers.missing", "1", "1", "fitted", "one file of a set is easily lost, two are not")
_NUMBER = re2.compile(r"([0-9]{1,4})(\.[A-Za-z0-9.]+)?$")
_LEAST = 3


def _find(dossier: Dossier) -> Iterable[Finding]:
    for runs in run_sets(dossier):
        numbers = {int(match.group(1)) for name in runs.names if (match := _NUMBER.search(name))}
        if len(numbers) < _LEAST or len(numbers) < len(runs.names):
            continue
        first = 0 if 0 in numbers or min(numbers) > 1 else 1
        missing = sorted(set(range(first, max(numbers))) - numbers)
        if len(missing) > 3 * len(numbers) or not dossier.above(_MISSING, float(len(missing))):
            continue  # numbers of hundreds name a job or a date, not a run
        named = ", ".join(map(str, missing[:12]))
        yield Finding(
            subject=runs.subject,
            reason=Text(
                zh=f"{len(numbers)} 个运行文件的编号缺 {len(missing)} 个：{named}。",
                en=f"The numbers of {len(numbers)} run files lack {len(missing)}: {named}.",
            ),
            figures=(
                figure("missing", "缺少的编号", "Missing numbers", len(missing)),
                figure("runs", "提交的运行", "Runs handed in", len(numbers)),
            ),
            rests_on=support("benchmark_runs", runs.rows),
        )


RUN_NUMBERS = Check(
    code="run_numbers",
    title=Text(zh="测试运行缺号", en="Gaps in the numbers of runs"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="一组运行的文件编号（result_0、result_1 …）应当连续。",
        en="The files of a set of runs (result_0, result_1 …) are numbered without gaps.",
    ),
    why=Text(zh="只提交成绩较好的运行会留下缺号。", en="Handing in the better runs only leaves gaps."),
    look=Text(
        zh="要求提交缺号的运行，或说明其失败原因。",
        en="Ask for the missing runs, or why they failed.",
    ),
    thresholds=(_MISSING,),
    find=_find,
)
