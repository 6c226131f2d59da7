"""Beginnings: a project, and a record with a comment for every field it may have."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Mapping
from pathlib import PurePosixPath

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


def record(cls: Class, identifier: str, vocabulary: Vocabulary, given: Mapping[str, str] | None = None) -> str:
    """Write a stub of a record: required fields to fill in, the others as comments.

    Args:
        cls: its class.
        identifier: its id.
        vocabulary: to describe parts and codes.
        given: values of fields, as YAML, that are known already.

    """
    lines = [f"# {cls.label}: {cls.definition}", f"id: {identifier}", f"type: {cls.name}"]
    for field in cls.fields.values():
        value = (given or {}).get(field.name)
        lines += ["", *textwrap.wrap(field.description, _WIDTH, initial_indent="# ", subsequent_indent="# ")]
        if field.kind is Kind.CODE:
            codes = ", ".join(vocabulary.lists[field.range].codes)
            lines += textwrap.wrap(f"One of: {codes}", _WIDTH, initial_indent="# ", subsequent_indent="# ")
        text = f"{field.name}: {value or _placeholder(field, vocabulary)}"
        lines += text.splitlines() if field.minimum or value else [f"# {line}" for line in text.splitlines()]
    return "\n".join(lines) + "\n"


def place(cls: Class, identifier: str, sources: SourceMap) -> PurePosixPath:
    """Return the file for a new record: where most of its type lie."""
    folders = Counter(str(PurePosixPath(s.path).parent) for s in sources.records.values() if s.type == cls.name)
    folder = folders.most_common(1)[0][0] if folders else f"facts/{cls.name.lower()}"
    return PurePosixPath(folder) / f"{identifier}.yaml"


def quoted(text: str) -> str:
    """Write text as a double-quoted YAML scalar; JSON strings are such."""
    return json.dumps(text, ensure_ascii=False)


def _placeholder(field: Field, vocabulary: Vocabulary) -> str:
    if field.kind is Kind.TEXT:
        return '{en: ""}'
    if field.kind is Kind.PART:
        part = vocabulary.by_iri[field.range]
        inner = [f for f in part.fields.values() if f.minimum] or list(part.fields.values())[:2]
        body = ", ".join(f"{f.name}: {_placeholder(f, vocabulary)}" for f in inner)
        return f"{{{body}}}" if field.maximum == 1 else f"\n  - {{{body}}}"
    return '""'
