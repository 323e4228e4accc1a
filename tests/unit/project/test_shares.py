"""Work shared among forks: who does what, what comes back, and what happens when a fork declines or is stopped."""

from __future__ import annotations

import os
import time

import pytest

from iamlint.project.shares import Declined, Share, spread

HERE = os.getpid()


def square(number: int) -> int:
    return number * number


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("count", [1, 5, 300])
def test_results_come_in_order(workers: int, count: int) -> None:
    assert Share(count, square, workers).run() == [number * number for number in range(count)]


def test_what_forks_decline_is_done_here() -> None:
    def work(number: int) -> tuple[int, bool]:
        if number % 3 == 0 and os.getpid() != HERE:
            raise Declined
        return number, os.getpid() == HERE

    share = Share(60, work, 3)
    share.start(declining=True)
    time.sleep(0.2)  # the forks come first
    results = share.finish(2)
    assert [number for number, _ in results] == list(range(62))
    assert {here for number, here in results if number % 3 == 0 or number >= 60} == {True}
    assert any(not here for _, here in results)


def test_what_nobody_has_begun_is_taken_back_and_done_elsewhere() -> None:
    """As rules are, which are worth new forks once the graph is joined."""
    begun = os.pipe()

    def work(number: int) -> int:
        if os.getpid() != HERE:
            if number % 2:
                raise Declined
            os.write(begun[1], b".")
            time.sleep(60)
        return number

    share = Share(40, work, 2)
    share.start(declining=True)
    os.read(begun[0], 1)  # the fork has one number, and declined at most one before it
    taken = share.take_back()
    assert len(taken) >= 38
    os.kill(share._children[0][0], 9)  # what it had is missing, and done here
    done = {number: -number for number in [*taken, 40]}
    assert share.finish(1, done) == [done.get(number, number) for number in range(41)]


def test_work_is_spread() -> None:
    run = spread(3)
    assert run(50, square, dict).finish() == [number * number for number in range(50)]


def test_a_fork_closes_what_it_has_when_that_is_enough() -> None:
    def closing(results: dict[int, int]) -> dict[int, tuple[int, int]]:
        return {number: (result, len(results)) for number, result in results.items()}

    share = Share(40, square, 2, closing=closing, enough=lambda results: len(results) >= 5)
    share.start()
    time.sleep(0.2)
    results = share.finish()
    assert [result for result, _ in results] == [number * number for number in range(40)]
    assert {together for _, together in results} == {5}


def test_what_a_fork_sends_is_packed_there_and_unpacked_here() -> None:
    def packing(results: dict[int, int]) -> dict[int, tuple[int, int]]:
        return {number: (result, os.getpid()) for number, result in results.items()}

    packed_by: set[int] = set()

    def unpacking(sent: dict[int, tuple[int, int]]) -> dict[int, int]:
        packed_by.update(where for _, where in sent.values())
        return {number: result for number, (result, _) in sent.items()}

    share = Share(40, square, 3, packing=packing, unpacking=unpacking)
    share.start()
    time.sleep(0.2)
    assert share.finish() == [number * number for number in range(40)]
    assert packed_by
    assert HERE not in packed_by


def test_what_forks_know_when_they_leave_arrives() -> None:
    arrived: list[int] = []
    Share(10, square, 3, leaving=lambda: 7, arriving=arrived.append).run()
    assert arrived == [7, 7]


def test_forks_that_are_stopped_are_gone() -> None:
    share = Share(1000, lambda number: time.sleep(10), 3)
    share.start()
    children = [child for child, _ in share._children]
    assert len(children) == 2
    share.stop()
    for child in children:
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)


def test_this_process_may_do_something_else_while_forks_work() -> None:
    done_by: list[int] = []

    def work(number: int) -> int:
        return os.getpid()

    def meanwhile() -> None:
        done_by.append(os.getpid())
        time.sleep(0.2)  # the forks come first

    assert HERE not in Share(20, work, 2).run(meanwhile)
    assert done_by == [HERE]


def test_an_error_in_something_else_stops_the_forks() -> None:
    def meanwhile() -> None:
        raise ValueError("something else")

    share = Share(1000, lambda number: time.sleep(10), 2)
    with pytest.raises(ValueError, match="something else"):
        share.run(meanwhile)
    assert share._children == []


def test_an_error_here_stops_the_forks() -> None:
    def work(number: int) -> None:
        if os.getpid() == HERE:
            raise ValueError(number)
        time.sleep(10)

    share = Share(1000, work, 2)
    with pytest.raises(ValueError, match=r"0|1"):
        share.run()
    assert share._children == []
