"""A process that loads a library once and does every request in a fork of its own.

Work that a hostile file or a fault in a native library may end must not run in a worker; a new interpreter for each
piece costs a second of loading. So the caller keeps one child, `Forker`, and the child's module calls `serve`: one
request per line of standard input, one exit code per line of standard output. What else they have to say to each
other are files in the request's `folder`.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import select
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from core.garbage import collect_seldom

ROOT = Path(__file__).resolve().parents[1]
STDERR = "stderr.txt"
# No secrets reach the child.
_KEPT = ("PATH", "LANG", "LC_ALL", "TZDIR", "PYTHONPATH")
_LAST_WORDS = 4000
_PR_SET_PDEATHSIG = 1


class ForkerLost(Exception):
    """The child is gone, in a way no request should bring about; the next request starts another."""


class Forker:
    """The caller's side: the child of this process, started when first needed and again after it was lost."""

    def __init__(
        self,
        module: str,
        *,
        environment: Mapping[str, str] | None = None,
        kept: Sequence[str] = (),
        prefix: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        """Nothing is started yet.

        Args:
            module: what `python -m` runs; its `main` calls `serve`.
            environment: variables of the child's own.
            kept: names of variables handed on besides the few every child gets.
            prefix: the command that runs the interpreter, asked for when the child is started.
        """
        self._module, self._prefix = module, prefix
        self._environment, self._kept = dict(environment or {}), (*_KEPT, *kept)
        self._process: subprocess.Popen[str] | None = None
        self._owner = 0
        self._one_at_a_time = threading.Lock()

    def run(self, request: Mapping[str, Any], *, seconds: float) -> int:
        """The exit code of the fork that did the request; negative for the signal that ended it.

        Raises:
            TimeoutError: no answer within so many seconds; child and fork are killed.
            ForkerLost: the child itself is gone.
        """
        with self._one_at_a_time:
            process = self._running()
            assert process.stdin is not None  # noqa: S101  (both are pipes)
            assert process.stdout is not None  # noqa: S101  (both are pipes)
            try:
                process.stdin.write(json.dumps(request) + "\n")
                process.stdin.flush()
                ready, _, _ = select.select([process.stdout], [], [], seconds)
                answer = process.stdout.readline() if ready else ""
            except OSError as error:
                self._drop()
                raise ForkerLost(f"{self._module} is gone") from error
            if not ready:
                self._drop()
                raise TimeoutError(f"no answer from {self._module} within {seconds} s")
            if not answer:
                self._drop()
                raise ForkerLost(f"{self._module} ended")
            return int(answer)

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._owner != os.getpid() or self._process.poll() is not None:
            self._owner = os.getpid()
            self._process = subprocess.Popen(  # noqa: S603  (our own command)
                [*self._prefix(), sys.executable, "-m", self._module],
                cwd=ROOT,
                env={name: os.environ[name] for name in self._kept if name in os.environ}
                | {"PYTHONIOENCODING": "utf-8"}
                | self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                start_new_session=True,  # a worker told to stop finishes its work first
            )
        return self._process

    def _drop(self) -> None:
        if self._process is not None:
            self._process.kill()  # its fork dies with it
            self._process.wait()
            self._process = None


def last_words(folder: Path) -> str:
    """What a fork left on standard error before it died."""
    path = folder / STDERR
    return path.read_text(encoding="utf-8", errors="backslashreplace")[-_LAST_WORDS:] if path.exists() else ""


def serve(answer: Callable[[dict[str, Any]], None]) -> int:
    """The child's side: `answer` does one request in a fork; whatever it raises is a death with its last words."""
    _die_with_parent(os.getppid())
    gc.freeze()  # so that forks share what was loaded
    collect_seldom()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _answer_and_exit(answer, json.loads(line))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()
    return 0


def _answer_and_exit(answer: Callable[[dict[str, Any]], None], request: dict[str, Any]) -> NoReturn:
    """In the fork: never returns into the loop of its parent."""
    code = 1
    try:
        _die_with_parent(os.getppid())
        _redirect_output(Path(request["folder"]) / STDERR)
        answer(request)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _die_with_parent(parent: int) -> None:
    """A killed worker leaves no child running on."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)


def _redirect_output(path: Path) -> None:
    """Standard output speaks to the caller; what a library prints goes to the file with the last words."""
    words = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(words, 1)
    os.dup2(words, 2)
    os.close(words)
