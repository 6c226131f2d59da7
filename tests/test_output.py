"""Writing files: the old or the new one, whole; only where it does no harm. The number is the row of bad inputs."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import faults
import pytest

from kg import output
from kg.output import Refused

TREE = [("index.html", [b"one"]), ("record/a.html", [b"t", b"wo"])]


def test_a_file_is_written(tmp_path: Path) -> None:
    output.write(tmp_path / "x", [b"one\n", b"two\n"])
    assert (tmp_path / "x").read_bytes() == b"one\ntwo\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x"]


def test_a_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"old and longer")
    output.write(tmp_path / "x", [b"new"])
    assert (tmp_path / "x").read_bytes() == b"new"


def test_the_permissions_are_those_that_any_new_file_gets(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    output.write(tmp_path / "x", [b"x"])
    assert (tmp_path / "x").stat().st_mode == (tmp_path / "plain").stat().st_mode


def broken(error: BaseException) -> Iterator[bytes]:
    yield b"some"
    raise error


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt(), MemoryError()]
)
def test_43_what_fails_half_way_leaves_the_old_file(tmp_path: Path, error: BaseException) -> None:
    (tmp_path / "x").write_bytes(b"old")
    with pytest.raises(type(error)):
        output.write(tmp_path / "x", broken(error))
    assert (tmp_path / "x").read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x"]


def test_43_what_fails_half_way_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="full"):
        output.write(tmp_path / "x", broken(OSError(errno.ENOSPC, "full")))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["link", "broken link", "folder", "pipe"])
def test_46_what_is_no_regular_file_is_refused(tmp_path: Path, kind: str) -> None:
    (tmp_path / "other").write_bytes(b"other")
    file = tmp_path / "x"
    {
        "link": lambda: file.symlink_to("other"),
        "broken link": lambda: file.symlink_to("missing"),
        "folder": file.mkdir,
        "pipe": lambda: os.mkfifo(file),
    }[kind]()
    with pytest.raises(Refused):
        output.write(file, [b"new"])
    assert (tmp_path / "other").read_bytes() == b"other"
    assert not (tmp_path / "missing").exists()


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("/", id="39 root"),
        pytest.param("~", id="39 home"),
        pytest.param("project/facts", id="39 input"),
        pytest.param("project/facts/actors", id="39 inside the input"),
        pytest.param("project", id="39 around the input"),
        pytest.param("project/ontology", id="39 ontology"),
        pytest.param("project/out/../facts", id="39 input by a detour"),
        pytest.param("project/alias", id="39 input by a link"),
        pytest.param("project/alias/new", id="39 inside the input by a link"),
        pytest.param(".", id="39 around all"),
        pytest.param("file", id="46 file"),
        pytest.param("link", id="46 link to a folder"),
        pytest.param("broken", id="46 link to nothing"),
        pytest.param("full", id="46 foreign files"),
        pytest.param("nested", id="46 foreign folder"),
        pytest.param("file/new", id="46 inside a file"),
    ],
)
def test_places_that_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    for folder in ("project/facts", "project/ontology", "project/out", "home", "empty", "full", "nested/inner"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("file", "full/thesis.docx", "full/kg.ttl", "project/facts/x.yaml"):
        (tmp_path / file).touch()
    (tmp_path / "link").symlink_to("empty")
    (tmp_path / "broken").symlink_to("missing")
    (tmp_path / "project" / "alias").symlink_to("facts")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    inputs = (tmp_path / "project" / "facts", tmp_path / "project" / "ontology")
    with pytest.raises((Refused, FileExistsError)):
        output.folder(Path(target).expanduser(), TREE, inputs)
    assert sorted(tmp_path.rglob("*")) == before


def test_46_a_folder_that_cannot_be_replaced_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shell of the caller would stand in a folder that is no more."""
    (tmp_path / "out" / "in").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "out" / "in")
    for place in ("..", "."):
        with pytest.raises(Refused, match="is the folder in which you are; choose a folder in it"):
            output.folder(Path(place), TREE, ())
    with pytest.raises(Refused, match="is a mount point; choose a folder in it"):
        output.folder(Path("/proc"), TREE, ())
    output.folder(Path("new"), TREE, ())
    assert held(Path("new")).keys() == {"index.html", "record/a.html", "SHA256SUMS"}


def test_43_a_disk_that_is_full_at_any_call_leaves_the_old_file(tmp_path: Path) -> None:
    """Every call that `write` makes is made to fail once, the first one, then the second, and so on."""
    file = tmp_path / "x"
    for number in itertools.count(1):
        file.write_bytes(b"old")
        with faults.at(number, faults.full) as calls, contextlib.suppress(OSError):
            output.write(file, [b"new"])
        failed = len(calls) >= number
        assert file.read_bytes() == (b"old" if failed else b"new")
        if len(calls) < number:
            break
    assert {"open", "fsync", "replace"} <= set(calls)


# ------------------------------------------------------------------------------------------------------------------- folders


def held(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_folder_is_written_with_its_sums(tmp_path: Path) -> None:
    assert output.folder(tmp_path / "deep" / "site", TREE, ()) == 2
    files = held(tmp_path / "deep" / "site")
    assert files.keys() == {"index.html", "record/a.html", "SHA256SUMS"}
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=tmp_path / "deep" / "site",
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [entry.name for entry in (tmp_path / "deep").iterdir()] == ["site"]


def test_a_folder_takes_the_place_of_the_old_one_whole(tmp_path: Path) -> None:
    site = tmp_path / "site"
    output.folder(site, [*TREE, ("record/gone.html", [b"old"])], ())
    output.folder(site, TREE, ())
    assert held(site).keys() == {"index.html", "record/a.html", "SHA256SUMS"}
    assert [entry.name for entry in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize("foreign", ["notes.txt", "record/notes.txt", ".hidden", "new/deep.txt"])
def test_row_46_a_folder_with_files_of_others_is_refused(foreign: str, tmp_path: Path) -> None:
    site = tmp_path / "site"
    output.folder(site, TREE, ())
    (site / foreign).parent.mkdir(exist_ok=True)
    (site / foreign).write_text("mine", encoding="utf-8")
    before = held(site)
    with pytest.raises(Refused, match="is not kg's"):
        output.folder(site, TREE, ())
    assert held(site) == before


def test_row_46_it_is_no_folder_of_somebody_else_no_link_and_no_file(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "index.html").write_text("theirs", encoding="utf-8")
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (tmp_path / "elsewhere").mkdir()
    for name in ("theirs", "file", "link"):
        with pytest.raises(Refused):
            output.folder(tmp_path / name, TREE, ())
    assert (tmp_path / "theirs" / "index.html").read_text(encoding="utf-8") == "theirs"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_row_47_a_link_within_a_folder_is_not_followed(tmp_path: Path) -> None:
    output.folder(tmp_path / "site", TREE, ())
    (tmp_path / "site" / "index.html").unlink()
    (tmp_path / "site" / "index.html").symlink_to(tmp_path / "mine")
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    with pytest.raises(Refused):
        output.folder(tmp_path / "site", TREE, ())
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("place", ["facts", "facts/site", "."])
def test_row_39_a_folder_is_no_input(place: str, tmp_path: Path) -> None:
    (tmp_path / "facts").mkdir()
    with pytest.raises(Refused, match="is an input"):
        output.folder(tmp_path / place, TREE, (tmp_path / "facts",))


def test_row_43_what_fails_in_between_leaves_the_old_folder(tmp_path: Path) -> None:
    def failing() -> Iterator[tuple[str, list[bytes]]]:
        yield "index.html", [b"new"]
        raise OSError(errno.ENOSPC, "No space left on device")

    output.folder(tmp_path / "site", TREE, ())
    before = held(tmp_path / "site")
    with pytest.raises(OSError, match="No space left"):
        output.folder(tmp_path / "site", failing(), ())
    assert held(tmp_path / "site") == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["site"]


def test_row_44_what_a_killed_writer_left_goes_away(tmp_path: Path) -> None:
    code = (
        "import os, sys, pathlib\nfrom kg import output\n"
        "def files():\n    yield 'index.html', [b'new']\n    os.kill(os.getpid(), 9)\n"
        "output.folder(pathlib.Path(sys.argv[1]), files(), ())"
    )
    output.folder(tmp_path / "site", TREE, ())
    before = held(tmp_path / "site")
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "site"], check=False)
    assert done.returncode == -9
    assert held(tmp_path / "site") == before
    assert len(list(tmp_path.iterdir())) == 2
    output.folder(tmp_path / "site", TREE, ())
    assert [entry.name for entry in tmp_path.iterdir()] == ["site"]


def test_row_44_where_folders_cannot_change_places_at_a_stroke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output.ctypes, "CDLL", lambda *_, **__: object())
    output.folder(tmp_path / "site", [("old.html", [b"old"])], ())
    output.folder(tmp_path / "site", TREE, ())
    assert held(tmp_path / "site").keys() == {"index.html", "record/a.html", "SHA256SUMS"}
    assert [entry.name for entry in tmp_path.iterdir()] == ["site"]


def test_row_45_of_two_writers_of_a_folder_one_wins_whole(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\nfrom kg import output\n"
        "output.folder(pathlib.Path(sys.argv[1]), ((f'{i}.txt', [sys.argv[2].encode()]) for i in range(200)), ())"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, tmp_path / "site", word]) for word in ("one", "two")]
    assert [process.wait(60) for process in running] == [0, 0]
    files = held(tmp_path / "site")
    files.pop("SHA256SUMS")
    assert len(files) == 200
    assert set(files.values()) in ({b"one"}, {b"two"})
    assert [entry.name for entry in tmp_path.iterdir()] == ["site"]
