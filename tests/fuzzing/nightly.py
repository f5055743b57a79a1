"""Every parser under the fuzzer: `python -m tests.fuzzing.nightly [--seconds 60] [--changed 600] [FORMAT…]`.

What was found in earlier nights stays in `var/fuzzing/<format>/`, so that a night goes on where the last one ended;
inputs that break the contract are kept beside it and printed. Exit code 1 when there is one.
"""

from __future__ import annotations

import argparse
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue

from core.forking import STDERR, Forker, ForkerLost
from evidence.parsers.registry import PARSER_BY_FORMAT
from tests.fuzzing.changed import ROOT, changed_formats
from tests.fuzzing.harness import write_seeds

HOME = ROOT / "var" / "fuzzing"
RECORDED = ROOT / "docs" / "nightly" / "fuzzing.md"
LONGEST_INPUT = 64 * 1024
SECONDS_PER_INPUT = 20
MEMORY_MIB = 2048
GRACE_SECONDS = 600  # the first format waits until our modules are instrumented, and a busy machine takes its time


@dataclass(frozen=True, slots=True)
class Found:
    """What a fuzzer did with one format; `crash` is the last line of what escaped, `input` where it is kept."""

    format: str
    runs: int
    coverage: int
    crash: str = ""
    input: str = ""


def main() -> int:
    given = _arguments()
    wanted = given.formats or sorted(PARSER_BY_FORMAT)
    longer = changed_formats(given.since or _last_night()) if given.changed else set()
    seconds = {name: given.changed if name in longer else given.seconds for name in wanted}
    idle: SimpleQueue[Forker] = SimpleQueue()
    for _ in range(given.jobs):
        idle.put(Forker("tests.fuzzing.one"))
    with ThreadPoolExecutor(given.jobs) as pool:
        found = list(pool.map(partial(_fuzz, idle=idle, seconds=seconds), wanted))
    crashed = [one for one in found if one.crash]
    for one in crashed:
        sys.stdout.write(f"{one.format}: {one.crash}\n  {one.input}\n")
    runs, longest = sum(one.runs for one in found), sum(1 for name in wanted if name in longer)
    sys.stdout.write(
        f"{len(found)} formats ({longest} changed, {given.changed} s each; the others {given.seconds} s): "
        f"{runs:,} inputs, {sum(one.coverage for one in found):,} branches reached, {len(crashed)} formats broke\n"
    )
    return 1 if crashed else 0


def _fuzz(name: str, *, idle: SimpleQueue[Forker], seconds: dict[str, int]) -> Found:
    folder = HOME / name
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    write_seeds(PARSER_BY_FORMAT[name], folder / "seeds")
    options = [
        f"-max_total_time={seconds[name]}",
        f"-max_len={LONGEST_INPUT}",
        f"-timeout={SECONDS_PER_INPUT}",
        f"-rss_limit_mb={MEMORY_MIB}",
        f"-artifact_prefix={folder}/",
        "-print_final_stats=1",
        "-seed=1",
    ]
    arguments, fuzzer = [name, *options, str(folder / "corpus"), str(folder / "seeds")], idle.get()
    try:
        code = fuzzer.run({"arguments": arguments, "folder": str(folder)}, seconds=seconds[name] + GRACE_SECONDS)
    except (TimeoutError, ForkerLost) as error:
        return Found(name, 0, 0, crash=f"the fuzzer itself did not end: {error}")
    finally:
        idle.put(fuzzer)
    said = (folder / STDERR).read_text(errors="replace")
    runs = int((re.findall(r"stat::number_of_executed_units: (\d+)", said) or ["0"])[-1])
    coverage = int((re.findall(r"cov: (\d+)", said) or ["0"])[-1])
    if code == 0:
        return Found(name, runs, coverage)
    kept = (re.findall(r"Test unit written to (\S+)", said) or [""])[-1]
    return Found(name, runs, coverage, crash=_last_words(said), input=kept)


def _last_words(said: str) -> str:
    """The exception that escaped, with where it was raised; else the fuzzer's own summary."""
    lines = said.splitlines()
    places = [line.strip() for line in lines if re.match(r'\s+File "', line) and str(ROOT) in line]
    errors = [
        line for line in lines if re.match(r"\S*(Error|Exception|Interrupt)\b", line) or "ERROR: libFuzzer" in line
    ]
    return " · ".join([*(errors[:1] or lines[-1:]), *places[-1:]])


def _last_night() -> str:
    """The commit of the last night that was recorded."""
    found = re.search(r"At commit (\w+)", RECORDED.read_text(encoding="utf-8")) if RECORDED.exists() else None
    return found[1] if found else "HEAD"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("formats", nargs="*", metavar="FORMAT", help="only these")
    parser.add_argument("--seconds", type=int, default=60, help="for each format")
    parser.add_argument("--changed", type=int, default=600, help="for each format that changed; 0: like the others")
    parser.add_argument(
        "--since", default="", help="the commit since which formats changed (default: the last night's)"
    )
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
