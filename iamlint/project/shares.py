"""Work shared by this process and forks of it: numbers go out through a pipe, results come back pickled."""

from __future__ import annotations

import os
from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NUMBER = 4  # bytes in which the number of a batch is handed out
_MOST_BATCHES = 4096


def processes(jobs: int) -> int:
    """Return how many processes may work: `jobs`, for 0 as many as this one may use cores; 1 where none can be copied."""
    if not hasattr(os, "fork"):
        return 1
    return jobs or (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


class Share:
    """Results of `work(0)` to `work(count - 1)`, found by this process and some forks of it.

    A fork has everything that its parent has, so only the numbers of batches go to it, through one pipe from which all
    take, and only results come back. (A pool of `concurrent.futures` leaves this process idle, and starts in the time in
    which a hundred small units are parsed.) A fork that dies costs nothing but time: what it did not deliver is done here.
    `leaving()` is called in a fork when its work is done; what it returns goes to `arriving` in this process.
    `closing` is called in each process with its results, by number, and returns what becomes of them: work that is cheaper over
    many results than over each.
    """

    def __init__(
        self,
        count: int,
        work: Callable[[int], Any],
        workers: int,
        leaving: Callable[[], Any] = lambda: None,
        arriving: Callable[[Any], None] = lambda left: None,
        progress: Any = None,
        closing: Callable[[dict[int, Any]], dict[int, Any]] = lambda results: results,
    ) -> None:
        self.closing = closing
        self.count = count
        self.work = work
        self.workers = workers
        self.leaving = leaving
        self.arriving = arriving
        self.progress = progress
        self.known: dict[int, Any] = {}
        batches = min(max(min(count, workers * 24), count // 64), _MOST_BATCHES)
        self.size = -(-count // batches)
        self.batches = -(-count // self.size)

    def run(self) -> list[Any]:
        """Return the results in order."""
        import signal

        tasks, given = os.pipe()
        os.write(given, b"".join(number.to_bytes(_NUMBER, "little") for number in range(self.batches)))
        os.close(given)
        children: list[tuple[int, int]] = []
        try:
            children.extend(self._fork(tasks) for _ in range(self.workers - 1))
            self._work(tasks)
            self.known = self.closing(self.known)
            while children:
                self._take_from(children[-1][1])
                os.waitpid(children[-1][0], 0)
                children.pop()
        finally:
            os.close(tasks)
            for child, _ in children:  # this process is being interrupted
                os.kill(child, signal.SIGTERM)
                os.waitpid(child, 0)
        missing = [number for number in range(self.count) if number not in self.known]
        if missing:
            self.known.update(self.closing({number: self.work(number) for number in missing}))
        return [self.known[number] for number in range(self.count)]

    def _work(self, tasks: int) -> None:
        """Work through batches until none are left."""
        while len(given := os.read(tasks, _NUMBER)) == _NUMBER:
            start = int.from_bytes(given, "little") * self.size
            end = min(start + self.size, self.count)
            for number in range(start, end):
                if number not in self.known:
                    self.known[number] = self.work(number)
            if self.progress is not None:
                self.progress(end, self.count)

    def _fork(self, tasks: int) -> tuple[int, int]:
        """Start a process that works; return its id and the pipe through which its results come."""
        results_from, results_to = os.pipe()
        child = os.fork()
        if child:
            os.close(results_to)
            return child, results_from
        try:
            os.close(results_from)
            self._serve(tasks, results_to)
        finally:
            os._exit(0)  # nothing of what this copy inherited may be written or taken apart a second time

    def _serve(self, tasks: int, results_to: int) -> None:
        import gc
        import pickle

        gc.disable()  # collecting would only write to the pages that are still shared
        self.progress = None
        before = set(self.known)
        self._work(tasks)
        own = self.closing({number: result for number, result in self.known.items() if number not in before})
        with os.fdopen(results_to, "wb") as stream:
            stream.write(pickle.dumps((own, self.leaving()), pickle.HIGHEST_PROTOCOL))

    def _take_from(self, results_from: int) -> None:
        import pickle

        with os.fdopen(results_from, "rb") as stream:
            sent = stream.read()
        try:
            own, left = pickle.loads(sent)  # noqa: S301  from a copy of this process
        except (EOFError, pickle.UnpicklingError):
            return
        self.known.update(own)
        self.arriving(left)
