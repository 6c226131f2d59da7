"""Findings: SHACL results become diagnostics that a curator can act on: place, words, and how to mend it."""

from __future__ import annotations

import re

import pyoxigraph as ox

from kg.diagnostic import Diagnostic, Location, Severity, article
from kg.names import Names, show
from kg.ontology import term
from kg.parts import record_of
from kg.shapes import Result
from kg.sourcemap import SourceMap
from kg.vocabulary import Class, Field, Vocabulary

SEVERITIES = {"Violation": Severity.ERROR, "Warning": Severity.WARNING, "Info": Severity.INFO}


def diagnose(results: list[Result], sources: SourceMap, names: Names) -> list[Diagnostic]:
    """Turn the results of validation into diagnostics, one for each."""
    return [_diagnose(result, sources, names) for result in results]


def _diagnose(result: Result, sources: SourceMap, names: Names) -> Diagnostic:
    vocabulary = sources.vocabulary
    cls = sources.class_of(result.focus)
    field = cls.path(result.path) if cls else None
    location = sources.locate(result.focus, result.path, result.value) or Location("facts/")
    code = "shape/" + _words(result.component).replace(" ", "-")
    subject = _subject(result.focus, cls, sources.base)
    value = _value(result.value, names, sources)
    message = _message(result, subject, field, value, vocabulary)
    hint = field.description if field else f"`kg explain {code}` says more"
    return Diagnostic(location, code, message, hint, SEVERITIES.get(result.severity, Severity.ERROR))


def _subject(focus: str, cls: Class | None, base: str) -> str:
    identifier = record_of(focus).removeprefix(base)
    kind = cls.label if cls else "record"
    return f"the {kind} '{identifier}'" if record_of(focus) == focus else f"{article(kind)} of '{identifier}'"


def _value(text: str, names: Names, sources: SourceMap) -> str:
    if not text:
        return ""
    found = term(text)
    if isinstance(found, ox.NamedNode) and found.value.startswith(sources.base):
        cls = sources.class_of(found.value)
        identifier = found.value.removeprefix(sources.base)
        return f"'{identifier}', {article(cls.label)}" if cls else f"'{identifier}'"
    return f"'{show(found, names, sources.vocabulary, sources.base)}'"


def _message(result: Result, subject: str, field: Field | None, value: str, vocabulary: Vocabulary) -> str:
    constraint = f"it breaks the constraint '{_words(result.component)}'"
    if field is None:
        return f"{subject}: {result.message or constraint}"
    name = f"'{field.name}'"
    wanted = vocabulary.labels.get(field.range, field.range)
    messages = {
        "MinCount": f"{subject} needs {name}" + (f", at least {field.minimum} times" if field.minimum > 1 else ""),
        "MaxCount": f"{subject} has more than {field.maximum} {name}",
        "Class": f"{name} of {subject} takes {article(wanted)}, not {value}",
        "Node": f"{name} of {subject} takes a code of the list {wanted}, not {value}",
        "Datatype": f"{name} of {subject} cannot be {value}",
        "UniqueLang": f"{name} of {subject} has two texts in one language",
        "Pattern": f"{name} of {subject} is not written as it should be: {value}",
        "MinLength": f"{name} of {subject} is too short: {value}",
        "In": f"{name} of {subject} cannot be {value}",
    }
    said = result.message or (f"{constraint}: {value}" if value else constraint)
    return messages.get(result.component, f"{name} of {subject}: {said}")


def _words(component: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", component).lower()
