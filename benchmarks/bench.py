"""Whole processes, measured in turn."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import generate

HERE = Path(__file__).parent
ROOT = HERE.parent
ONTOLOGY = ROOT / "ontology"
KG = str(Path(sys.executable).with_name("kg"))
PEERS = HERE / "peers"


@dataclass
class Bench:
    """Where things lie, and how often they are measured."""

    folder: Path
    rounds: int

    def project(self, records: int, violations: float = 0.0) -> Path:
        """Make a project, once."""
        place = self.folder / f"{records}-{violations}"
        if not place.exists():
            generate.write(place, records, violations=violations)
        return place

    def environment(self, package: str) -> Path | None:
        """Make an environment for a peer, once; return where its commands are, or nothing if it cannot be installed."""
        place = self.folder / package
        if not place.exists():
            venv.create(place, with_pip=True)
        python = place / "bin" / "python"
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{package} is not measured, as it could not be installed: {done.stderr.splitlines()[-1]}")
            return None
        ask = f"from importlib.metadata import version; print('{package}', version('{package}'))"
        print(subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True).stdout, end="")
        return python.parent

    def run(self, *command: str | Path, cache: Path | None = None, ok: Iterable[int] = (0,)) -> tuple[float, int, str]:
        """Run a whole process: seconds, peak memory in MB, what it printed. Without a cache it gets an empty one."""
        empty = self.folder / "cache"
        shutil.rmtree(empty, ignore_errors=True)
        environment = {**os.environ, "XDG_CACHE_HOME": str(cache or empty)}
        code = (
            "import resource, subprocess, sys; p = subprocess.run(sys.argv[1:]);"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(p.returncode)"
        )
        os.sync()  # so that the disk is not busy with what another wrote
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-S", "-c", code, *map(str, command)],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        seconds = time.perf_counter() - begun
        if done.returncode not in ok:
            sys.exit(f"{command}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return seconds, int(done.stderr.splitlines()[-1]) // 1024, done.stdout

    def compare(
        self, title: str, contenders: dict[str, Callable[[], tuple[float, int, str]]], targets: dict[str, str]
    ) -> None:
        """Measure contenders in turn; the first is what the others are compared with."""
        times: dict[str, list[float]] = {name: [] for name in contenders}
        peaks = dict.fromkeys(contenders, 0)
        for _ in range(self.rounds):
            for name, run in contenders.items():
                seconds, peak, _ = run()
                times[name].append(seconds)
                peaks[name] = max(peaks[name], peak)
        medians = {name: statistics.median(found) for name, found in times.items()}
        reference = next(iter(medians.values()))
        print(f"\n### {title}\n\n| | seconds | ratio | MB | target |\n|---|---|---|---|---|")
        for name, seconds in medians.items():
            ratio = seconds / reference
            print(f"| {name} | {seconds:.2f} | {ratio:.2f} | {peaks[name]} | {targets.get(name, '')} |", flush=True)
