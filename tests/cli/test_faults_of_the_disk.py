"""Builds on real file systems that are full or read-only, and builds that are killed at moments that chance decides."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

KILLS = 200
# Runs in namespaces of its own, as root there: mounts a small file system, or one that is read-only, and goes on in it.
_MOUNT = {
    "small": 'mount -t tmpfs -o size=60k none "$1"',
    "read-only": 'mount -t tmpfs -o size=1m none "$1" && mkdir "$1/in" && mount -o remount,ro "$1"',
}
# Forks builds of two projects into one folder by turns, and kills each at a moment that chance decides: this way a build
# takes no time to start. Prints how many it killed, and fails where what lies there is not the whole output of one of them.
_KILLER = """
import contextlib, os, pathlib, random, signal, sys, time
from kg import cli
projects, out = sys.argv[1:3], pathlib.Path(sys.argv[3])
chance, kills, wanted, longest = random.Random(4711), 0, [], 0.0
def build(project, place):
    sys.argv = ["kg", "--project", project, "build", "--unchecked", "--out", str(place)]
    cli.main()
def forked(project, place):
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        build(project, place)
    return child
def contents(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}
with contextlib.redirect_stdout(sys.stderr), contextlib.suppress(SystemExit):
    build(projects[0], out)  # imports everything, once for all
for number, project in enumerate(projects):
    start, place = time.monotonic(), out.with_name(str(number))
    assert os.waitpid(forked(project, place), 0)[1] == 0
    longest = max(longest, time.monotonic() - start)
    wanted.append(contents(place))
while kills < 200:
    child = forked(projects[kills % 2], out)
    time.sleep(chance.random() * longest)
    os.kill(child, signal.SIGKILL)
    kills += os.waitpid(child, 0)[1] == signal.SIGKILL
    assert contents(out) in wanted
assert os.waitpid(forked(projects[1], out), 0)[1] == 0
assert contents(out) == wanted[1]
assert sorted(entry.name for entry in out.parent.iterdir() if entry.name.startswith(".kg-")) == []
print(kills, file=sys.__stdout__)
"""


def mounted(kind: str, folder: Path, command: list[str | Path]) -> subprocess.CompletedProcess[str]:
    """Run a command with a file system of some kind mounted at a folder, if this machine lets us."""
    if os.name != "posix" or shutil.which("unshare") is None:
        pytest.skip("needs unshare, of Linux")
    script = f'{_MOUNT[kind]} || exit 99; shift; exec "$@"'
    ended = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh", folder, *command],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if ended.returncode == 99 or "unshare failed" in ended.stderr:
        pytest.skip(f"this machine forbids to mount: {ended.stderr.strip()}")  # a sandbox; CI may be one
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended


@pytest.mark.parametrize("command", ["build", "export"])
def test_43_a_small_file_system_that_is_full(program: Path, small: Path, tmp_path: Path, command: str) -> None:
    """The ontology alone is larger than it: exit 3, and not a byte of a half-written file stays."""
    disk = tmp_path / "disk"
    disk.mkdir()
    arguments = {
        "build": ["build", "--out", disk / "out"],
        "export": ["export", "turtle", "--out", disk / "kg.ttl"],
    }[command]
    fill = f'head -c 57000 /dev/zero > "{disk}/filling"; "$@"; code=$?; find "{disk}" -type f; exit $code'
    ended = mounted("small", disk, ["sh", "-c", fill, "sh", program, "--project", small, *arguments])
    assert ended.returncode == 3, ended.stderr
    assert "No space left" in ended.stderr
    assert ended.stdout.splitlines() == [f"{disk}/filling"]


@pytest.mark.parametrize(
    "arguments", [["build", "--out", "in/out"], ["export", "turtle", "--out", "in/kg.ttl"], ["init", "in/new"]]
)
def test_42_a_file_system_that_is_read_only(program: Path, small: Path, tmp_path: Path, arguments: list[str]) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    placed = [argument.replace("in/", f"{disk}/in/") for argument in arguments]
    ended = mounted("read-only", disk, [program, "--project", small, *placed])
    assert ended.returncode == 3, ended.stderr
    assert "Read-only file system" in ended.stderr


@pytest.fixture(scope="module")
def preloaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What makes a disk fail for a program, where no file system can be mounted: `disk.c`, compiled."""
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        (pytest.fail if "CI" in os.environ else pytest.skip)("needs a C compiler, on Linux")
    made = tmp_path_factory.mktemp("preloaded") / "disk.so"
    source = Path(__file__).parents[1] / "disk.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", made, source, "-ldl"], check=True)
    return made


@pytest.mark.parametrize(
    ("room", "said"),
    [pytest.param("3000", "No space left", id="43 full"), pytest.param("", "Read-only file system", id="42 read-only")],
)
@pytest.mark.parametrize(
    "arguments", [["build", "--out", "in/out"], ["export", "turtle", "--out", "in/kg.ttl"], ["init", "in/new"]]
)
def test_a_disk_that_fails_below_the_program(  # noqa: PLR0913, PLR0917 - each is a fixture
    run: Callable[..., object], preloaded: Path, small: Path, tmp_path: Path, arguments: list[str], room: str, said: str
) -> None:
    """As above, without a mount: the calls of the C library fail."""
    disk = tmp_path / "disk"
    (disk / "in").mkdir(parents=True)
    env = {"LD_PRELOAD": str(preloaded), "DISK": f"{disk}/", **({"ROOM": room} if room else {})}
    placed = [argument.replace("in/", f"{disk}/in/") for argument in arguments]
    ended = run("--project", small, *placed, env=env)
    assert ended.code == 3, ended.err
    assert said in ended.err
    assert [path for path in disk.rglob("*") if path.is_file()] == []


def test_44_two_hundred_random_kills(small: Path, own_ontology: Path, tmp_path: Path) -> None:
    """What lies there after each: all of the old build or all of the new; and the build after them clears up."""
    assert own_ontology.is_dir()
    other = shutil.copytree(small, tmp_path / "other")
    for file, old, new in (
        ("facts/actors.yaml", "Kim Jong Un", "Kim Jong-un"),
        ("ontology/ontology.ttl", '"actor"@en', '"x"@en'),
    ):
        path = other / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-c", _KILLER, small, other, tmp_path / "out"],
        capture_output=True,
        timeout=300,
        check=False,
        text=True,
    )
    assert (ended.returncode, ended.stdout) == (0, f"{KILLS}\n"), ended.stderr


@pytest.mark.parametrize("seed", ["0", "1", "2", "3"])
def test_51_the_same_bytes_and_findings_with_every_hash_seed(
    run: Callable[..., object], small: Path, tmp_path: Path, seed: str
) -> None:
    """Of builds and reports, in another time zone, a C locale, on a stream that is not UTF-8."""
    env = {"PYTHONHASHSEED": seed, "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    plain = {"PYTHONHASHSEED": "random", "TZ": "UTC"}
    for name, environment in (("one", env), ("other", plain)):
        assert run("--project", small, "build", "--out", tmp_path / name, env=environment).code == 0
    assert contents(tmp_path / "one") == contents(tmp_path / "other")
    (small / "facts" / "bad.yaml").write_text(
        "- {id: x, type: Persn}\n- {id: y, type: Person, labl: z}\n", encoding="utf-8"
    )
    reports = [run("--project", small, "validate", env=environment) for environment in (env, plain)]
    assert reports[0] == reports[1]
    assert reports[0].code == 1


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}
