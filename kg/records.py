"""Records: every id of the data set, where it stands and of which class its record is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from kg.diagnostic import Diagnostic, Location, article
from kg.factfile import FactFile, Mapping, Scalar
from kg.suggestion import did_you_mean, nearest
from kg.vocabulary import Class, Vocabulary

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
MAX_ID = 150  # characters: ids become names of files, which have 255 at most
_KEYWORDS = ("id", "type")  # of the generated context: an IRI that equals one expands to the keyword
_VALUES = re.compile(r"null|true|false|[0-9]+e[0-9]+", re.ASCII)  # YAML has other readers than this one
_DEVICES = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9]", re.ASCII)  # no page or file can be called so on Windows


@dataclass(frozen=True, slots=True)
class Entry:
    """Where an id stands and of which class its record is."""

    id: str
    cls: Class
    file: FactFile
    record: Mapping

    @property
    def location(self) -> Location:
        """The place of the record."""
        return self.file.at(self.record)


@dataclass(frozen=True, slots=True)
class Heading:
    """The id of a record and its class; None where its type is wrong."""

    id: Scalar
    cls: Class | None
    record: Mapping
    number: int  # among the records of its file, from 0


def headings(file: FactFile, vocabulary: Vocabulary) -> tuple[list[Heading], list[Diagnostic]]:
    """Read the id and type of every record of a file.

    Returns:
        The records whose id is right, and what is wrong with ids and types.

    """
    found: list[Heading] = []
    diagnostics: list[Diagnostic] = []
    for number, record in enumerate(file.records):
        if record.get("id") is record.get("type") is None and not any(_misspelt(name, record) for name in _KEYWORDS):
            hint = "a record begins with `id:` and `type:`; records of one file are a list"
            diagnostics.append(Diagnostic(file.at(record), "not-a-record", "a mapping without id and type", hint))
            continue
        identifier, cls = _id(file, record, diagnostics), _type(file, record, vocabulary, diagnostics)
        if identifier is not None:
            found.append(Heading(identifier, cls, record, number))
    return found, diagnostics


def index(files: Iterable[FactFile], vocabulary: Vocabulary) -> tuple[dict[str, Entry], list[Diagnostic]]:
    """Find every record by its id.

    Returns:
        The records whose id and type are right, by id; and what is wrong with the others.

    """
    entries: dict[str, Entry] = {}
    diagnostics: list[Diagnostic] = []
    for file in files:
        found, wrong = headings(file, vocabulary)
        diagnostics += wrong
        for heading in found:
            identifier = heading.id.value
            if identifier in entries:
                diagnostics.append(duplicate(identifier, file.at(heading.id), entries[identifier].location))
            elif heading.cls is not None:
                entries[identifier] = Entry(identifier, heading.cls, file, heading.record)
    return entries, diagnostics


def duplicate(identifier: str, place: Location, first: Location) -> Diagnostic:
    """Say that an id has been given already."""
    message = f"'{identifier}' is also the id at {first}"
    return Diagnostic(place, "duplicate-id", message, "an id stands for one record; rename one of them")


def _id(file: FactFile, record: Mapping, diagnostics: list[Diagnostic]) -> Scalar | None:
    node = record.get("id")
    if (
        isinstance(node, Scalar)
        and ID.fullmatch(node.value)
        and node.value not in _KEYWORDS
        and not _DEVICES.fullmatch(node.value)
        and not _VALUES.fullmatch(node.value)
        and len(node.value) <= MAX_ID
    ):
        return node
    if node is None:
        hint = _misspelt("id", record) or "give it an id in kebab-case: lee-beijing-state-visit"
        message = "a record without id"
    elif isinstance(node, Scalar) and node.value in _KEYWORDS:
        message, hint = f"'{node.value}' cannot be an id", "JSON-LD takes it for a keyword; choose a longer one"
    elif isinstance(node, Scalar) and _DEVICES.fullmatch(node.value):
        message, hint = f"'{node.value}' cannot be an id", "Windows takes it for a device; choose a longer one"
    elif isinstance(node, Scalar) and _VALUES.fullmatch(node.value):
        message, hint = f"'{node.value}' cannot be an id", "other programs take it for a value; choose a longer one"
    elif isinstance(node, Scalar) and len(node.value) > MAX_ID:
        message = f"an id of {len(node.value)} characters"
        hint = f"choose a shorter one: it names files, and has at most {MAX_ID}"
    elif isinstance(node, Scalar):
        plain = unicodedata.normalize("NFKD", node.value).encode("ascii", "ignore").decode().lower()
        made = "-".join(re.findall(r"[a-z0-9]+", plain))
        message = f"'{node.value}' cannot be an id"
        hint = "an id is lower-case letters a to z, digits and single hyphens" + (f": '{made}'" if made else "")
    else:
        message, hint = "the id is not text", "write one id in kebab-case"
    diagnostics.append(Diagnostic(file.at(node or record), "bad-id", message, hint))
    return None


def _type(file: FactFile, record: Mapping, vocabulary: Vocabulary, diagnostics: list[Diagnostic]) -> Class | None:
    node = record.get("type")
    known = vocabulary.classes.get(node.value) if isinstance(node, Scalar) else None
    if known is not None and not (known.part or known.abstract):
        return known
    types = vocabulary.record_types
    if isinstance(node, Scalar):
        cls = vocabulary.classes.get(node.value)
        message = f"no type '{node.value}'"
        hint = did_you_mean(node.value, types) or "one of: " + ", ".join(types)
        if cls is not None and cls.abstract:
            message = f"'{cls.name}' is not a type of its own"
            hint = "one of: " + ", ".join(
                name for name in types if vocabulary.is_a(vocabulary.classes[name].iri, cls.iri)
            )
        elif cls is not None:
            message, hint = f"a record cannot be {article(cls.label)}", "that is a part; it stands inside a record"
    else:
        message, hint = "a record without type", _misspelt("type", record) or "one of: " + ", ".join(types)
    diagnostics.append(Diagnostic(file.at(node or record), "unknown-type", message, hint))
    return None


def _misspelt(name: str, record: Mapping) -> str:
    """Return a hint where a key looks like one that is missing."""
    meant = nearest(name, (key.value for key, _ in record.entries if key.value not in _KEYWORDS), limit=1)
    return f"did you mean '{name}' by '{meant[0]}'?" if meant else ""
