"""What morph-kgc reads: an RML mapping of the ontology, and the records as JSON.

    python rml_input.py PROJECT OUT

Writes `mapping.ttl`, `config.ini`, `single.ini` (one process) and `CLASS.json` for each class to OUT. An iterator over nested arrays loses what they
are in, so parts lie in the file of their class, under a key that their owner refers to. Text by language becomes a list
of text and language, since RML takes both from values. Fields that no record has are not mapped: each would cost a reading
of its file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from records import base, records, tables, values

from kg.vocabulary import Class, Field, Kind, Vocabulary

HEAD = "@prefix rml: <http://w3id.org/rml/> .\n"
CONFIG = """[CONFIGURATION]
output_file = {out}/out.nt
output_format = N-TRIPLES
logging_level = WARNING
{processes}
[records]
mappings = {out}/mapping.ttl
"""


class Tables:
    """The records and parts of each class, as they are filled."""

    def __init__(self, vocab: Vocabulary) -> None:
        self.vocab = vocab
        self.rows: dict[str, list[dict[str, object]]] = {}
        self.used: dict[tuple[str, str], Field] = {}

    def add(self, cls: Class, key: str, content: dict[str, object]) -> str:
        """Add a node and its parts; return its key."""
        row: dict[str, object] = {"key": key}
        self.rows.setdefault(cls.name, []).append(row)
        for f in cls.fields.values():
            if f.name in content:
                self.used[cls.name, f.name] = f
                found = values(content[f.name])
                if f.kind is Kind.PART:
                    of = self.vocab.by_iri[f.range]
                    found = [self.add(of, f"{key}.{f.name}.{n}", part) for n, part in enumerate(found)]
                elif f.kind is Kind.TEXT:
                    found = [{"language": tag, "text": text} for texts in found for tag, text in texts.items()]
                row[f.name] = found
        return key


def rules(cls: Class, fields: list[Field], iri: str, source: Path) -> str:
    """Return the triples map of a class."""
    subject = (
        'rml:reference "key"; rml:termType rml:BlankNode'
        if cls.part
        else f'rml:template "{iri}{{key}}"; rml:class <{cls.iri}>'
    )
    return (
        f'[] a rml:TriplesMap; rml:logicalSource [ rml:source "{source}"; rml:referenceFormulation rml:JSONPath;'
        f' rml:iterator "$[*]" ];\n  rml:subjectMap [ {subject} ]'
        + "".join(
            f";\n  rml:predicateObjectMap [ rml:predicate <{f.path}>; rml:objectMap [ {_object(f, iri)} ] ]"
            for f in fields
        )
        + " .\n"
    )


def _object(f: Field, iri: str) -> str:
    if f.kind is Kind.PART:
        return f'rml:reference "{f.name}"; rml:termType rml:BlankNode'
    if f.kind in (Kind.REFERENCE, Kind.CODE):
        return f'rml:template "{f.range if f.kind is Kind.CODE else iri}{{{f.name}}}"'
    if f.kind is Kind.TEXT:
        return f'rml:reference "{f.name}.text"; rml:languageMap [ rml:reference "{f.name}.language" ]'
    return f'rml:reference "{f.name}"; rml:datatype <{f.range}>'


def main(project: Path, out: Path) -> None:
    """Write mapping, configuration and data."""
    vocab, iri = tables(), base(project)
    filled = Tables(vocab)
    for record in records(project):
        filled.add(vocab.classes[str(record["type"])], str(record["id"]), record)
    out.mkdir(exist_ok=True)
    mapping = [HEAD]
    for name, rows in filled.rows.items():
        (out / f"{name}.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        fields = [f for (owner, _), f in filled.used.items() if owner == name]
        mapping.append(rules(vocab.classes[name], fields, iri, out / f"{name}.json"))
    (out / "mapping.ttl").write_text("\n".join(mapping), encoding="utf-8")
    for name, processes in (("config.ini", ""), ("single.ini", "number_of_processes = 1\n")):
        (out / name).write_text(CONFIG.format(out=out, processes=processes), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
