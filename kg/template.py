"""Beginnings: a project, and a record with a comment for every field it may have."""

from __future__ import annotations

import json
import re
import textwrap
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path, PurePosixPath

from kg import quotes, texts
from kg.fault import Fault
from kg.ontology import Ontology
from kg.project import CONFIGURATION
from kg.sourcemap import SourceMap
from kg.vocabulary import Class, Field, Kind, Vocabulary

DATASET = """\
# Configuration of the data set. Not a fact file.
format: 1
base: https://example.org/id/     # every id is this and the id of the record; choose it once
title: Untitled data set
licence: https://creativecommons.org/licenses/by/4.0/
creators: []
language: en
"""
_WIDTH = 100


def project(ontology: Path) -> dict[str, bytes]:
    """Return the files of a new project by path: the example of an ontology, or no more than a configuration.

    Args:
        ontology: its folder; the example lies in `templates/project/`.

    """
    example = ontology / "templates" / "project"
    files = {f.relative_to(example).as_posix(): f.read_bytes() for f in sorted(example.rglob("*")) if f.is_file()}
    return files or {f"facts/{CONFIGURATION}": DATASET.encode()}


def record(
    cls: Class, identifier: str, vocabulary: Vocabulary, given: Mapping[str, str], remarks: Sequence[str]
) -> str:
    """Write a stub of a record: required fields to fill in, the others as comments.

    Args:
        cls: its class.
        identifier: its id.
        vocabulary: to describe parts and codes.
        given: fields that are known already, by name, as YAML with the name.
        remarks: comments for its head.

    """
    lines = [f"# {cls.label}: {cls.definition}", *(f"# {remark}" for remark in remarks)]
    lines += [f"id: {identifier}", f"type: {cls.name}"]
    for field in cls.fields.values():
        lines += ["", *_comment(field.description)]
        if field.kind is Kind.CODE:
            lines += _comment("One of: " + ", ".join(vocabulary.lists[field.range].codes))
        text = given.get(field.name) or f"{field.name}: {_placeholder(field, vocabulary)}"
        known = field.minimum or field.name in given
        lines += (
            [line.rstrip() for line in text.splitlines()]
            if known
            else [f"# {line}".rstrip() for line in text.splitlines()]
        )
    return "\n".join(lines) + "\n"


def place(cls: Class, identifier: str, sources: SourceMap, near: Collection[str] = ()) -> PurePosixPath:
    """Return the file for a new record: where most of its type lie, of those in the files `near` if there are any."""
    paths = [s.path for s in sources.records.values() if s.type == cls.name]
    folders = Counter(str(PurePosixPath(path).parent) for path in [p for p in paths if p in near] or paths)
    folder = folders.most_common(1)[0][0] if folders else f"facts/{cls.name.lower()}"
    return PurePosixPath(folder) / f"{identifier}.yaml"


def quote(ontology: Ontology, source: str, exact: str, text: str) -> dict[str, str]:
    """Write a quote by the ontology's template, offsets computed.

    Args:
        ontology: its `templates/quote.yaml` says which fields hold what.
        source: id of the document.
        exact: the words.
        text: the document.

    Returns:
        The fields that are known by it, by name, as YAML with the name.

    Raises:
        Fault: the words do not stand in the text, or more than once.

    """
    start, end = where(exact, text)
    first, last = texts.sentence(text, start, end)
    spoken = quotes.spoken(text, exact, start, end)
    lines = (ontology.directory / "templates/quote.yaml").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("#") and (spoken or "{spoken}" not in line)]
    words = quoted(exact)
    made = "\n".join(kept).format(
        source=source, exact=words, spoken=words, start=start, end=end, first=first, last=last
    )
    return {field.partition(":")[0]: field for field in re.split(r"\n(?=\S)", made)}


def where(exact: str, text: str) -> tuple[int, int]:
    """Return the offsets of words that stand once in a text.

    Raises:
        Fault: they do not, or more than once.

    """
    places = quotes.grade(text, exact, None, None).places
    if len(places) != 1:
        raise Fault(
            f"these words stand {len(places)} times in the text; quote them to the letter, with their neighbours"
        )
    return places[0], places[0] + len(exact)


def quoted(text: str) -> str:
    """Write text as a double-quoted YAML scalar; JSON strings are such."""
    return json.dumps(text, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _comment(text: str) -> list[str]:
    # An id or a code is not cut at its hyphens: it will be copied.
    return textwrap.wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)


def _placeholder(field: Field, vocabulary: Vocabulary) -> str:
    if field.kind is Kind.TEXT:
        return '{en: ""}'
    if field.kind is Kind.PART:
        part = vocabulary.by_iri[field.range]
        inner = [f for f in part.fields.values() if f.minimum] or list(part.fields.values())[:1]
        body = ", ".join(f"{f.name}: {_placeholder(f, vocabulary)}" for f in inner)
        return f"{{{body}}}" if field.maximum == 1 else f"\n  - {{{body}}}"
    return '""'
