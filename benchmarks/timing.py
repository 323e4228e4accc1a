"""Commands run in turn, and the ratios between them. A machine drifts; a ratio of neighbours does not."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from statistics import median
from time import perf_counter
from typing import NamedTuple


class Contender(NamedTuple):
    """A command to be timed. `codes` are the exit codes that mean it did its work; `before` runs untimed, each time."""

    name: str
    command: Sequence[str]
    cwd: str = "."
    codes: tuple[int, ...] = (0,)
    before: Sequence[str] = ()
    cpu: int | None = None  # pin to one core, and count the time that it worked there: others may sit on the core too


class Timed(NamedTuple):
    """What a contender took: seconds of each round (of work where it is pinned to a core), largest size, processor time."""

    seconds: list[float]
    peak: float
    processor: list[float]

    @property
    def middle(self) -> float:
        """Return the median of the rounds."""
        return median(self.seconds)


def race(contenders: Sequence[Contender], rounds: int, *, warm: bool = True) -> dict[str, Timed]:
    """Run every contender once as a warm-up, then in turn for so many rounds."""
    taken: dict[str, Timed] = {contender.name: Timed([], 0.0, []) for contender in contenders}
    for number in range(-1 if warm else 0, rounds):
        for contender in contenders:
            seconds, peak, processor = _run(contender)
            known = taken[contender.name]
            if number >= 0:
                known.seconds.append(seconds)
                known.processor.append(processor)
            taken[contender.name] = known._replace(peak=max(known.peak, peak))
    return taken


def ratio(taken: Mapping[str, Timed], name: str, base: str, *, processor: bool = False) -> float:
    """Return the median of the round-by-round ratios, of wall seconds or of those that all processes spent together."""
    one, other = taken[name], taken[base]
    pairs = zip(one.processor, other.processor, strict=True) if processor else zip(one.seconds, other.seconds, strict=True)
    return median(first / second for first, second in pairs)


# Without bytecode on disk every run would measure the compiler.
_LEFT_OUT = frozenset({"GITHUB_ACTIONS", "FORCE_COLOR", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONDEVMODE"})


def _run(contender: Contender) -> tuple[float, float, float]:
    environment = {key: value for key, value in os.environ.items() if key not in _LEFT_OUT}
    if contender.before:
        subprocess.run(contender.before, cwd=contender.cwd, check=True, capture_output=True)
    pin = None
    if contender.cpu is not None:
        cores = {contender.cpu}
        pin = lambda: os.sched_setaffinity(0, cores)  # noqa: E731
    started = perf_counter()
    process = subprocess.Popen(
        contender.command,
        cwd=contender.cwd,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=pin,
    )
    _, status, used = os.wait4(process.pid, 0)
    seconds = perf_counter() - started if contender.cpu is None else used.ru_utime + used.ru_stime
    code = process.returncode = os.waitstatus_to_exitcode(status)
    if code not in contender.codes:
        raise SystemExit(f"{contender.name} ended with {code}: {' '.join(map(str, contender.command))}")
    return seconds, used.ru_maxrss / 1024, used.ru_utime + used.ru_stime
