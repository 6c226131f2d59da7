"""A project: a folder with `facts/` and, if it brings its own, `ontology/`. Finds the files, reads `dataset.yaml`."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from kg import addresses, factfile, links
from kg.diagnostic import Diagnostic, Location, Severity
from kg.factfile import Mapping, Node, Scalar, Sequence
from kg.fault import Fault
from kg.ontology import LANGUAGE
from kg.suggestion import did_you_mean

CONFIGURATION = "dataset.yaml"
DEFAULT_BASE = "https://example.org/id/"
_EXTENSIONS = (".yaml", ".yml")
_PROSE = (".md", ".txt", ".rst")
_KEYS = ("format", "base", "title", "version", "licence", "creators", "language", "minimum")
_FORMAT = "1"


class NotAProject(Fault):
    """No folder with `facts/` where one was looked for."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """What `facts/dataset.yaml` says of the data set."""

    base: str = DEFAULT_BASE
    title: str = ""
    version: str = ""
    licence: str = ""
    creators: tuple[str, ...] = ()
    language: str = "en"
    minimum: MappingOf[str, int] = field(default_factory=dict)  # class -> least number of records
    places: MappingOf[str, Location] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Project:
    """Where a project's files are. Paths that users see are relative to `root`, with forward slashes."""

    root: Path
    ontology: Path

    @property
    def facts(self) -> Path:
        """The folder of fact files."""
        return self.root / "facts"

    @property
    def bounds(self) -> Path | None:
        """The folder out of which no link of the ontology may lead; None where the ontology is the shipped one."""
        return self.root if self.ontology.parent == self.root else None

    def shown(self, file: Path) -> str:
        """Return a path as diagnostics call it."""
        return file.relative_to(self.root).as_posix()

    def files(self) -> tuple[list[Path], list[Diagnostic]]:
        """Find the fact files, by name, and what lies between them that is none."""
        found: list[Path] = []
        diagnostics: list[Diagnostic] = []
        if links.outside(self.facts, self.root):
            return [], [links.refused("facts")]
        for file in links.walk(self.facts):
            path = self.shown(file)
            if links.outside(file, self.root):
                diagnostics.append(links.refused(path))
            elif not file.is_file():
                hint = "fact files are regular files"
                diagnostics.append(Diagnostic(Location(path), "ignored-file", "not a file that can be read", hint))
            elif path == f"facts/{CONFIGURATION}" or (
                file.suffix.lower() in _PROSE and not {s.lower() for s in file.suffixes} & set(_EXTENSIONS)
            ):
                continue
            elif file.suffix.lower() in _EXTENSIONS and not file.name.startswith("."):
                found.append(file)
            else:
                hint = "fact files end in .yaml or .yml; remove what an editor left over"
                diagnostics.append(Diagnostic(Location(path), "ignored-file", "not read", hint, Severity.WARNING))
        return found, diagnostics

    def state(self) -> list[tuple[str, int, int]]:
        """Return what tells that a file has changed; take it before the files are read, and no change is missed."""
        found = []
        for folder in (self.facts, self.ontology):
            for file in links.walk(folder):
                with contextlib.suppress(FileNotFoundError):  # an editor has just replaced it
                    if file.is_file():
                        found.append((str(file), (stat := file.stat()).st_mtime_ns, stat.st_size))
        return sorted(found)

    def dataset(self) -> tuple[Dataset, list[Diagnostic]]:
        """Read `facts/dataset.yaml`; without one the base is that of an example."""
        file = self.facts / CONFIGURATION
        path = f"facts/{CONFIGURATION}"
        if links.outside(self.facts, self.root):  # told of by `files`
            return Dataset(), []
        if links.outside(file, self.root):
            return Dataset(), [links.refused(path)]
        if file.exists() and not file.is_file():
            hint = "write a file instead"
            return Dataset(), [Diagnostic(Location(path), "bad-configuration", "not a file that can be read", hint)]
        if not file.is_file():
            message = f"no {path}: ids are made with {DEFAULT_BASE}"
            hint = f"write `format: 1` and `base: https://.../` into {path}"
            return Dataset(), [Diagnostic(Location(path), "no-configuration", message, hint, Severity.WARNING)]
        read, diagnostics = factfile.read(file, path)
        if diagnostics or len(read.records) != 1:
            hint = f"it holds one mapping with {', '.join(_KEYS)}"
            return Dataset(), diagnostics or [Diagnostic(Location(path), "bad-configuration", "not one mapping", hint)]
        return _dataset(read.records[0], path)


def find(directory: Path | None = None, start: Path | None = None) -> Project:
    """Find a project: in the directory given, or in the nearest one upward that holds `facts/`.

    Raises:
        NotAProject: there is none.

    """
    candidates = (
        [directory] if directory is not None else [start or Path.cwd(), *(start or Path.cwd()).resolve().parents]
    )
    for candidate in candidates:
        if (candidate / "facts").is_dir():
            own = candidate / "ontology"
            brought = own.exists() or own.is_symlink()  # what is there and no folder is a fault, not as good as nothing
            return Project(candidate, own if brought else shipped_ontology())
    where = str(directory) if directory is not None else "this folder or one above it"
    raise NotAProject(f"{where} has no folder 'facts'")


def shipped_ontology() -> Path:
    """Return the ontology of this package: inside the wheel, or beside the package in a checkout."""
    package = Path(__file__).parent
    bundled = package / "_ontology"
    return bundled if bundled.is_dir() else package.parent / "ontology"


def _dataset(record: Mapping, path: str) -> tuple[Dataset, list[Diagnostic]]:  # noqa: C901 - a check a setting
    diagnostics: list[Diagnostic] = []

    def report(node: Node, message: str, hint: str) -> None:
        diagnostics.append(Diagnostic(Location(path, node.line, node.column), "bad-configuration", message, hint))

    def text(name: str, default: str = "") -> str:
        node = record.get(name)
        if node is None:
            return default
        if not isinstance(node, Scalar):
            report(node, f"'{name}' takes text", "write it on one line")
        elif not node.value.strip():
            report(node, f"'{name}' is empty", "give it a value or leave it out")
        else:
            return node.value
        return default

    for key, _ in record.entries:
        if key.value not in _KEYS:
            hint = did_you_mean(key.value, _KEYS) or "one of: " + ", ".join(_KEYS)
            report(key, f"no setting '{key.value}'", hint)
    if text("format", "0" if record.get("format") is None else _FORMAT) != _FORMAT:
        message = f"format '{text('format')}'" if record.get("format") else "no format"
        report(record.get("format") or record, message, f"this version reads format: {_FORMAT}")
    base = text("base", DEFAULT_BASE)
    if record.get("base") is None:
        place = Location(path, record.line, record.column)
        message, hint = f"no base: ids are made with {DEFAULT_BASE}", "write `base: https://.../`"
        diagnostics.append(Diagnostic(place, "no-configuration", message, hint, Severity.WARNING))
    elif problem := _bad_base(base):
        report(record.get("base") or record, f"base '{base}': {problem}", "like https://example.org/id/")
        base = DEFAULT_BASE
    language = text("language", "en")
    if not LANGUAGE.fullmatch(language):
        report(record.get("language") or record, f"'{language}' is no language tag", "a BCP 47 tag: en, ko, zh-Hans")
    creators = record.get("creators")
    names = creators.items if isinstance(creators, Sequence) else (creators,) if creators else ()
    for name in names:
        if not isinstance(name, Scalar) or not name.value.strip():
            report(name, "'creators' takes names", "a list of texts, or leave it out")
    minimum: dict[str, int] = {}
    places: dict[str, Location] = {}
    limits = record.get("minimum")
    if limits is not None and not isinstance(limits, Mapping):
        report(limits, "'minimum' takes a number for each type", "a mapping of types to numbers")
    for key, value in limits.entries if isinstance(limits, Mapping) else ():
        if isinstance(value, Scalar) and re.fullmatch(r"\d{1,9}", value.value, re.ASCII):
            minimum[key.value] = int(value.value)
            places[key.value] = Location(path, key.line, key.column)
        else:
            report(value, f"minimum of '{key.value}' is no whole number", "write a number like 30")
    dataset = Dataset(
        base=base,
        title=text("title"),
        version=text("version"),
        licence=text("licence"),
        creators=tuple(name.value for name in names if isinstance(name, Scalar)),
        language=language,
        minimum=minimum,
        places=places,
    )
    return dataset, diagnostics


def _bad_base(base: str) -> str:
    if problem := addresses.fault(base):
        return problem
    parts = urlsplit(base)
    if not parts.netloc:
        return "it is not absolute"
    if parts.username is not None:
        return "it holds a user or password"
    if re.search(r"/\.\.?/", parts.path):
        return "it holds a segment . or .., which others resolve"
    if parts.query or parts.fragment or "?" in base or "#" in base:
        return "it has a query or a fragment"
    return "" if base.endswith("/") else "it does not end in '/'"
