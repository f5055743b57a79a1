"""Are the engine's tests any good? Changes the engine a little, again and again, and counts what they notice.

One pytest session collects the tests. For each mutant of a seeded sample it forks, puts the changed code into the
loaded module and runs the tests, the likeliest killers first, until one fails. A state file keeps what is known, so
that a run goes on where it was stopped. `equivalent_mutants.toml` lists changes nobody could notice, with the reason.
"""

from __future__ import annotations

import argparse
import ast
import functools
import hashlib
import json
import os
import resource
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Context
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest
from hypothesis import Phase, settings

from indicators.rubric import loader
from tests.assessment.scoring.mutation import Mutant, mutants_of

ROOT = Path(__file__).parents[3]
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.toml")
MODULES = ("curves", "aggregate", "exact", "appraisal", "settle", "enough", "validity", "conditions", "decision",
           "digits", "ranking", "weights")  # fmt: skip
ELSEWHERE = ("test_command_line.py", "test_robustness.py", "test_sensitivity.py")  # their processes see no change
TESTS = [
    *(str(path.relative_to(ROOT)) for path in sorted(Path(__file__).parent.glob("test_*.py"))
      if path.name not in ELSEWHERE),
    "tests/indicators/rubric/test_reference_cases.py",
]  # fmt: skip
QUICK = ("test_exact.py", "test_decision.py", "test_enough.py", "same_bytes[every_rule", "same_bytes[livability")
SLOW = ("test_batch.py", "test_worked_centres.py", "test_reference_cases.py", "zhisuan-", "aggregate.py::test_the_")
OPTIONS = ["-q", "-s", "--noconftest", "-W", "ignore", "-p", "no:django", "-p", "no:randomly", "-p", "no:xdist",
           "-p", "no:cacheprovider"]  # fmt: skip
GOAL = 90
CPU_SECONDS = 15  # for one test; none takes half as much
MEMORY = 4 * 1024**3


class Trial:
    """Takes the place of pytest's loop over the tests."""

    def __init__(self, due: Sequence[tuple[str, Mutant]], known: dict[Any, Any], given: argparse.Namespace) -> None:
        self.due, self.known, self.given = due, known, given
        self.failed = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid.removeprefix("tests/assessment/scoring/")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if self.given.baseline and (found := self.tried(None, session.items))["outcome"] != "survived":
            raise pytest.UsageError(f"the tests fail without any change: {found}")
        with self.given.state.open("a", encoding="utf-8") as state:
            for text, mutant in self.due:
                found = {"text": text, "name": mutant.name} | self.tried(mutant, self.in_order(mutant, session.items))
                self.known[text, mutant.name] = found
                state.write(json.dumps(found, ensure_ascii=False) + "\n")
                state.flush()
        return True

    def in_order(self, mutant: Mutant, items: Sequence[pytest.Item]) -> list[pytest.Item]:
        """First what killed neighbours, then the module's own tests, then what is quick, then the others."""
        kills = Counter(one["by"] for one in self.known.values() if one["name"].startswith(f"{mutant.module}:"))

        def place(item: pytest.Item) -> tuple[int, int]:
            name = item.nodeid.removeprefix("tests/assessment/scoring/")
            if name.startswith(f"test_{mutant.module}.py"):
                return -kills[name], 0
            return -kills[name], 1 if any(word in name for word in QUICK) else 3 if any(w in name for w in SLOW) else 2

        ordered = sorted(items, key=place)
        return [item for item in ordered if not self.given.quick or place(item) < (0, 2)]

    def tried(self, mutant: Mutant | None, items: Sequence[pytest.Item]) -> dict[str, Any]:
        """What the tests say of one mutant, or of the code as it is, in a process of its own."""
        begun = time.monotonic()
        reading, writing = os.pipe()
        if (child := os.fork()) == 0:
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            try:
                if mutant is not None:
                    graft(mutant)
                for item, following in zip(items, [*items[1:], None], strict=True):
                    limit = int(time.process_time()) + CPU_SECONDS
                    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
                    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                    if self.failed:
                        break
            except BaseException as error:
                self.failed = repr(error)
            os.write(writing, json.dumps(self.failed[:200]).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as stream:
            said = stream.read()
        os.waitpid(child, 0)
        by = json.loads(said) if said else "time or memory"
        seconds = round(time.monotonic() - begun, 1)
        return {"outcome": "killed" if by else "survived", "by": by, "seconds": seconds}


def graft(mutant: Mutant) -> None:
    """Put the changed code into the module that is loaded, whose functions others hold already."""
    module = sys.modules[f"assessment.scoring.{mutant.module}"]
    changed = ModuleType(module.__name__)
    sys.modules[module.__name__] = changed  # dataclasses look their module up
    exec(compile(ast.fix_missing_locations(mutant.tree), str(module.__file__), "exec"), changed.__dict__)  # noqa: S102 – ours
    sys.modules[module.__name__] = module
    for name, new in vars(changed).items():
        old = vars(module).get(name)
        if getattr(new, "__module__", None) == module.__name__ and isinstance(new, type):
            for attribute, value in vars(new).items():
                _exchange(vars(old).get(attribute), value)
        elif not _exchange(old, new) and (isinstance(new, Context) or _is_other_constant(old, new)):
            for holder in list(sys.modules.values()):
                if vars(holder).get(name) is old:
                    setattr(holder, name, new)


def _exchange(old: Any, new: Any) -> bool:
    old, new = (getattr(one, "fget", one) for one in (old, new))
    if not isinstance(old, FunctionType) or not isinstance(new, FunctionType):
        return False
    if old.__code__.co_filename == new.__code__.co_filename or old.__code__.co_filename == "<string>":
        old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__
    return True


def _is_other_constant(old: Any, new: Any) -> bool:
    return not isinstance(new, type | ModuleType) and type(old) is type(new) and old != new


def prepare() -> None:
    """Few and repeatable examples, and every edition read once."""
    settings.register_profile("mutants", deadline=None, max_examples=20, derandomize=True, database=None,
                              phases=(Phase.explicit, Phase.generate))  # fmt: skip
    settings.load_profile("mutants")
    of_content, read = loader.edition_of_content, {}

    def edition_of_content(content: Mapping[str, Any], *, final: bool = True) -> Any:
        key = (json.dumps(content, sort_keys=True, default=str), final)
        if key not in read:
            read[key] = of_content(content, final=final)
        return read[key]

    loader.load_edition = functools.cache(loader.load_edition)
    loader.edition_of_content = edition_of_content
    for rubric in (*ROOT.glob("indicators/rubrics/*/*/rubric.yaml"), *ROOT.glob("fixtures/rubrics/*/rubric.yaml")):
        edition_of_content(dict(loader.load_edition(rubric.parent).content))


def chosen(count: int, *, seed: int) -> list[tuple[str, Mutant]]:
    """So many mutants of all modules with the digest of their module's text; another one more changes no other."""
    found = []
    for module in MODULES:
        source = (ROOT / "assessment" / "scoring" / f"{module}.py").read_text(encoding="utf-8")
        text = hashlib.sha256(source.encode()).hexdigest()[:12]
        found += [(text, mutant) for mutant in mutants_of(source, module=module)]
    return sorted(found, key=lambda one: hashlib.sha256(f"{seed}/{one[1].name}".encode()).digest())[:count]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path, default=ROOT / "var" / "mutants.jsonl")
    parser.add_argument("--quick", action="store_true", help="only the tests of the module and a few others")
    parser.add_argument("--survivors", action="store_true", help="try again those that survived before")
    parser.add_argument("--listed", action="store_true", help="run nothing, report what is known")
    parser.add_argument("--no-baseline", dest="baseline", action="store_false", help="trust the code as it is")
    given = parser.parse_args(arguments)
    given.state.parent.mkdir(parents=True, exist_ok=True)
    lines = given.state.read_text(encoding="utf-8").splitlines() if given.state.exists() else []
    known = {(one["text"], one["name"]): one for one in map(json.loads, lines)}
    excused = {one["name"] for one in tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["mutant"]}
    sample = chosen(given.mutants, seed=given.seed)
    settled = ("killed",) if given.survivors else ("killed", "survived")
    due = [one for one in sample if one[1].name not in excused
           and known.get((one[0], one[1].name), {}).get("outcome") not in settled]  # fmt: skip
    if due and not given.listed:
        prepare()
        with tempfile.TemporaryDirectory() as folder:
            code = pytest.main([*OPTIONS, f"--basetemp={folder}/tests", *TESTS], plugins=[Trial(due, known, given)])
        if code != pytest.ExitCode.OK:
            return int(code)
    return report(sample, known, excused)


def report(sample: Sequence[tuple[str, Mutant]], known: Mapping[Any, Any], excused: set[str]) -> int:
    """Print every survivor and the figure; 1 below the goal."""
    counts: Counter[tuple[str, str]] = Counter()
    lines = []
    for text, mutant in sample:
        found = known.get((text, mutant.name), {}).get("outcome", "open")
        outcome = "equivalent" if mutant.name in excused else found
        counts.update([(mutant.module, outcome), ("all", outcome)])
        lines += [f"survived  {mutant.name}"] if outcome == "survived" else []
    columns = ("killed", "survived", "equivalent", "open")
    for module in (*MODULES, "all"):
        lines.append(f"{module:<12}" + "  ".join(f"{counts[module, column]:>4} {column}" for column in columns))
    killed, tested = counts["all", "killed"], counts["all", "killed"] + counts["all", "survived"]
    share = 100 * killed / max(tested, 1)
    lines.append(f"{killed} of {tested} mutants killed: {share:.1f} %, goal {GOAL} %")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if share >= GOAL and tested + counts["all", "equivalent"] == len(sample) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
