"""Many cores, the cache, and a cluster change nothing but the time."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import kg
from kg import cache as caches
from kg import intake, pipeline, release, spill
from kg.project import find
from kg.sourcemap import Changed

LINKED = """\
- id: said-again
  type: Statement
  label: {en: "Kim says so again"}
  speaker: {by: kim-jong-un}
  chain:
    - {position: 1, known: not-stated}
    - {position: 2, in: second-article}
  kind: declaration
  modality: asserted
  status: attributed
  proposition: {en: "North Korea says so again."}
  about: [north-korea]
  restates: kim-says-so
  said: {date: 2026-02-26, basis: explicit}
  evidence:
    - {document: second-article, exact: "Kim Jong Un", start: 20, end: 31}
"""


def files(build: kg.Build) -> dict[str, bytes]:
    return {name: b"".join(pieces) for name, pieces in release.files(build)}


@pytest.fixture
def joined(small: Path) -> Path:
    """Two statements in two files, of which one restates the other."""
    (small / "facts" / "again.yaml").write_text(LINKED, encoding="utf-8")
    return small


def origins(build: kg.Build, identifier: str) -> list[str]:
    subject = f"<{build.dataset.base}{identifier}>"
    found = (t for t in build.graph if str(t.subject) == subject and "Origins" in t.predicate.value)
    return [f"{triple.predicate.value.rpartition('#')[2]} {triple.object.value}" for triple in found]


def test_rules_see_what_is_joined_across_files(joined: Path) -> None:
    build = kg.build(joined)
    assert build.valid, build.diagnostics
    # one speaker whom a document names, one conduit that is not named
    assert origins(build, "kim-says-so") == origins(build, "said-again") == ["maximumOrigins 2", "minimumOrigins 1"]
    (joined / "facts" / "again.yaml").unlink()
    assert origins(kg.build(joined), "kim-says-so") == ["maximumOrigins 1", "minimumOrigins 1"]


def test_what_is_joined_is_counted_once(joined: Path) -> None:
    build = kg.build(joined)
    assert build.graph.counts.properties.total() == len(build.graph) == len(list(build.graph))
    assert build.graph.counts.subjects == len({triple.subject for triple in build.graph})


@pytest.mark.parametrize("many", [0, 1 << 20])
def test_processes_change_nothing(project: Path, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr(intake, "_PAYS", 0)
    monkeypatch.setattr(intake, "_MANY", many)
    alone, together = kg.build(project), kg.build(project, jobs=2)
    assert together.diagnostics == alone.diagnostics
    assert files(together) == files(alone)


@pytest.mark.parametrize("many", [0, 1 << 20])
def test_processes_tell_of_the_same_mistakes(joined: Path, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr(intake, "_PAYS", 0)
    monkeypatch.setattr(intake, "_MANY", many)
    again = joined / "facts" / "again.yaml"
    again.write_text(
        LINKED.replace("about: [north-korea]", "about: [norht-korea]").replace("by: kim-jong-un", "by: first-article")
    )
    alone, together = kg.build(joined), kg.build(joined, jobs=2)
    assert {diagnostic.code for diagnostic in alone.diagnostics} >= {"dangling-reference", "shape/class"}
    assert together.diagnostics == alone.diagnostics


def test_the_cache_changes_nothing(joined: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    fresh = kg.build(joined)
    for _ in range(2):
        build = kg.build(joined, cache=cache)
        assert build.diagnostics == fresh.diagnostics
        assert files(build) == files(fresh)
    assert any(cache.rglob("*"))


def entries(cache: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in cache.rglob("*") if file.is_file()}


def test_only_what_changed_is_made_again(joined: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    kg.build(joined, cache=cache)
    made = []
    monkeypatch.setattr(intake.shard, "make", lambda *a, make=intake.shard.make: made.append(a[2]) or make(*a))
    kg.build(joined, cache=cache)
    assert made == []
    file = joined / "facts" / "again.yaml"
    file.write_text(file.read_text().replace("says so again", "says so once more"))
    build = kg.build(joined, cache=cache)
    assert made == ["facts/again.yaml"]
    assert "Kim says so once more" in b"".join(files(build).values()).decode()


def test_what_refers_to_an_edited_file_is_told_anew(joined: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert kg.build(joined, cache=cache).valid
    statement = joined / "facts" / "statement.yaml"
    text = statement.read_text(encoding="utf-8")
    statement.write_text(text.replace("id: kim-says-so", "id: kim-said-so"), encoding="utf-8")
    assert [d.code for d in kg.build(joined, cache=cache).diagnostics] == ["name-for-id"]  # the id is like the label
    statement.write_text(text, encoding="utf-8")
    assert kg.build(joined, cache=cache).valid
    actors = joined / "facts" / "actors.yaml"
    actors.write_text(actors.read_text(encoding="utf-8").replace("type: Person", "type: Place\n  kind: city"))
    assert {d.code for d in kg.build(joined, cache=cache).diagnostics} == {"shape/class"}
    assert kg.build(joined, cache=cache).diagnostics == kg.build(joined).diagnostics


@pytest.mark.parametrize(
    "spoil", [lambda _: b"", lambda data: data[:-1], lambda data: data + b"x", lambda _: b"\x80" * 99]
)
def test_a_spoilt_cache_is_made_again(joined: Path, tmp_path: Path, spoil) -> None:
    cache = tmp_path / "cache"
    fresh = files(kg.build(joined, cache=cache))
    for file, data in entries(cache).items():
        file.write_bytes(spoil(data))
    assert files(kg.build(joined, cache=cache)) == fresh
    assert files(kg.build(joined, cache=cache)) == fresh


def test_a_cache_that_cannot_be_written_is_done_without(joined: Path, tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("no folder")
    assert kg.build(joined, cache=place / "cache").valid


def test_another_ontology_is_another_cache(own_ontology: Path, tmp_path: Path) -> None:
    project, cache = own_ontology.parent, tmp_path / "cache"
    assert kg.build(project, cache=cache).valid
    shapes = own_ontology / "shapes.ttl"
    text = shapes.read_text(encoding="utf-8")
    shapes.write_text(
        text.replace("sh:path kg:childOf ; sh:order 10 ;", "sh:path kg:childOf ; sh:order 10 ; sh:minCount 1 ;")
    )
    assert [d.code for d in kg.build(project, cache=cache).diagnostics] == ["shape/min-count"]


def test_another_program_is_another_cache(joined: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = find(joined).ontology
    before = caches.fingerprint(directory)
    assert caches.fingerprint(directory) == before
    package = shutil.copytree(
        Path(caches.__file__).parent, tmp_path / "kg", ignore=shutil.ignore_patterns("__pycache__")
    )
    monkeypatch.setattr(caches, "__file__", str(package / "cache.py"))
    assert caches.fingerprint(directory) == before
    for module in ("shard.py", "compiled/rules.py"):
        (package / module).write_text((package / module).read_text() + "\n")
        assert caches.fingerprint(directory) != before
        before = caches.fingerprint(directory)


def test_what_is_old_or_too_much_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = caches.Cache(tmp_path / "cache", b"")
    names = [cache.name(bytes([n])) for n in range(3)]
    for number, name in enumerate(names):
        cache.put(name, b"x" * 1000)
        file = cache.folder / name[:2] / name[2:]
        subprocess.run(["touch", "-d", f"{40 - 20 * number} days ago", str(file)], check=True)
    cache.prune()
    assert [cache.get(name) is not None for name in names] == [False, True, True]
    monkeypatch.setattr(caches, "_MOST", 1500)
    (cache.folder / "pruned").unlink()
    cache.prune()
    assert sum(cache.get(name) is not None for name in names) == 1


def test_the_program_leaves_the_project_as_it_is(joined: Path, run, tmp_path: Path) -> None:
    before = entries(joined)
    home = {"XDG_CACHE_HOME": str(tmp_path / "home")}
    for _ in range(2):
        assert run("--project", joined, "validate", env=home).code == 0
    assert entries(joined) == before
    assert entries(tmp_path / "home" / "kg")


def test_a_cluster_writes_what_one_machine_exports(joined: Path, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    from kg import cluster
    from kg.export import lines

    build = pipeline.build(joined)
    out = tmp_path / "quads"
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as local:
        address = local.scheduler_address
        facts = (joined / "facts").as_uri()
        read = cluster.build(address, build.project, build.dataset.base, facts, out.as_uri())
        assert read.told() == []
        parts = {file.name: file.read_bytes() for file in out.iterdir()}
        assert len(parts) == len(read.shards) + 1
        written = sorted(line for part in parts.values() for line in part.splitlines(keepends=True))
        assert written == sorted(b"".join(lines.quads(build.graph)).splitlines(keepends=True))
        shutil.rmtree(out)
        again = joined / "facts" / "again.yaml"
        again.write_text(LINKED.replace("restates: kim-says-so", "restates: nobody-says-so"))
        told = cluster.build(address, build.project, build.dataset.base, facts, out.as_uri()).told()
        assert (
            told
            == [d for d in pipeline.build(joined, checked=False).diagnostics if d.code == "dangling-reference"]
            != []
        )
        assert not out.exists()


def test_what_was_made_of_few_files_does_not_need_the_cache(joined: Path, tmp_path: Path) -> None:
    fresh = files(kg.build(joined))
    build = kg.build(joined, cache=tmp_path / "cache")
    shutil.rmtree(tmp_path / "cache")
    (joined / "facts" / "again.yaml").unlink()
    assert files(build) == fresh


def test_what_goes_from_the_cache_is_written_again(
    joined: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_MANY", 0)
    fresh = files(kg.build(joined))
    build = kg.build(joined, cache=tmp_path / "cache")
    shutil.rmtree(tmp_path / "cache")
    assert files(build) == fresh
    build = kg.build(joined, cache=tmp_path / "cache")
    shutil.rmtree(tmp_path / "cache")
    again = joined / "facts" / "again.yaml"
    again.write_text(again.read_text(encoding="utf-8") + "# edited\n", encoding="utf-8")
    with pytest.raises(Changed, match=r"again\.yaml"):
        files(build)


def test_texts_that_spill_are_the_same(joined: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = files(kg.build(joined))
    monkeypatch.setattr(spill, "_HELD", 0)
    assert files(kg.build(joined)) == fresh
