"""One function over many items on several cores."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kg import cores
from kg.fault import Failure


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_results_come_in_the_order_of_the_items(jobs: int) -> None:
    added = 7  # a function may use what stands around it
    assert list(cores.apply(lambda n: n * n + added, range(100), jobs)) == [n * n + added for n in range(100)]


@pytest.mark.parametrize("jobs", [1, 2, 3, 5])
@pytest.mark.parametrize("number", [0, 1, 4, 1000])
def test_few_items_are_shared_with_this_process(jobs: int, number: int) -> None:
    added, here = 7, os.getpid()
    assert cores.share(lambda n: n * n + added, range(number), jobs) == [n * n + added for n in range(number)]

    def slow(_: int) -> int:
        time.sleep(0.1)  # so that each process gets something
        return os.getpid()

    done = set(cores.share(slow, range(2 * jobs), jobs))
    assert here in done
    assert len(done) == jobs


def test_what_goes_wrong_in_a_share() -> None:
    with pytest.raises(ZeroDivisionError):
        cores.share(lambda n: 1 // (n - 1), range(4), 2)
    here = os.getpid()
    with pytest.raises(Failure, match="ended from outside"):
        cores.share(
            lambda _: time.sleep(1) if os.getpid() == here else os.kill(os.getpid(), signal.SIGKILL), range(4), 2
        )


def test_the_work_is_done_elsewhere() -> None:
    assert os.getpid() not in set(cores.apply(lambda _: os.getpid(), range(10), 2))
    assert set(cores.apply(lambda _: os.getpid(), range(10), 1)) == {os.getpid()}


def test_what_is_raised_there_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        list(cores.apply(lambda n: 1 // n, range(10), 2))


def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    told = tmp_path / "told"
    program = f"""
import os, pathlib, time
from kg import cores
def work(n):
    with open({str(told)!r}, "a") as file: file.write(f"{{os.getpid()}}\\n")
    time.sleep(600)
list(cores.apply(work, range(8), 2))
"""
    with subprocess.Popen([sys.executable, "-c", program]) as process:
        _wait_for(lambda: told.exists() and len(told.read_text().split()) == 2)
        workers = [Path(f"/proc/{pid}") for pid in told.read_text().split()]
        process.kill()
    _wait_for(lambda: not any(_runs(worker) for worker in workers))


def _runs(process: Path) -> bool:
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _wait_for(what: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not what():
        assert time.monotonic() < end, "it did not become so"
        time.sleep(0.05)


def test_a_process_that_is_ended_from_outside_is_the_environment() -> None:
    with pytest.raises(Failure, match="ended from outside"):
        list(cores.apply(lambda _: os.kill(os.getpid(), signal.SIGKILL), range(10), 2))
