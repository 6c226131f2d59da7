"""One function over many items on several cores."""

from __future__ import annotations

import os
import signal

import pytest

from kg import cores
from kg.fault import Failure


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_results_come_in_the_order_of_the_items(jobs: int) -> None:
    added = 7  # a function may use what stands around it
    assert list(cores.apply(lambda n: n * n + added, range(100), jobs)) == [n * n + added for n in range(100)]


def test_the_work_is_done_elsewhere() -> None:
    assert os.getpid() not in set(cores.apply(lambda _: os.getpid(), range(10), 2))
    assert set(cores.apply(lambda _: os.getpid(), range(10), 1)) == {os.getpid()}


def test_what_is_raised_there_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        list(cores.apply(lambda n: 1 // n, range(10), 2))


def test_a_process_that_is_ended_from_outside_is_the_environment() -> None:
    with pytest.raises(Failure, match="ended from outside"):
        list(cores.apply(lambda _: os.kill(os.getpid(), signal.SIGKILL), range(10), 2))
