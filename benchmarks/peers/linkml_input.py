"""What linkml-convert reads: a LinkML schema of the ontology, and the records as one document under its tree root.

    python linkml_input.py PROJECT OUT

Writes `schema.yaml` and `data.yaml` to OUT. Every class is flat, with the fields that it inherits among its own. Records
have an identifier; parts have none, and so become blank nodes. LinkML writes no tags of languages, so text is left as plain
strings. Fields that name fields are left out.
"""

from __future__ import annotations

import keyword
import sys
from pathlib import Path

import yaml
from records import base, records, tables, values

from kg.vocabulary import Class, CodeList, Field, Kind, Vocabulary, local_name, namespace

ROOT = "Root"  # holds the records, in a list for each class


class Schema:
    """The LinkML schema of all classes."""

    def __init__(self, vocab: Vocabulary) -> None:
        self.vocab = vocab
        self.prefixes: dict[str, str] = {}

    def curie(self, iri: str) -> str:
        """Shorten an IRI: LinkML loses the meaning of a code if it is whole, and under `xsd:` writes anyURI as an IRI."""
        return f"{self.prefixes.setdefault(namespace(iri), f'n{len(self.prefixes)}')}:{local_name(iri)}"

    def content(self, iri: str) -> dict[str, object]:
        """Return the schema for records whose ids follow an IRI."""
        classes = [cls for cls in self.vocab.classes.values() if not cls.abstract]
        datatypes = {f.range for cls in classes for f in cls.fields.values() if f.kind is Kind.LITERAL}
        lists = {
            name: {"range": name, "multivalued": True, "inlined_as_list": True} for name in self.vocab.record_types
        }
        above = {
            cls.name: {"attributes": {"id": {"identifier": True}}}
            for cls in self.vocab.classes.values()
            if cls.abstract
        }
        made = {
            "types": {local_name(of): {"uri": self.curie(of), "base": "str"} for of in sorted(datatypes)},
            "enums": {_enum(codes): {"permissible_values": self.codes(codes)} for codes in self.vocab.lists.values()},
            "classes": {
                ROOT: {"tree_root": True, "attributes": lists},
                **above,  # are referred to
                **{cls.name: {"class_uri": self.curie(cls.iri), "attributes": self.slots(cls)} for cls in classes},
            },
        }
        prefixes = {
            "linkml": "https://w3id.org/linkml/",
            "_base": iri,
            **{name: of for of, name in self.prefixes.items()},
        }
        return {"id": f"{iri}schema", "name": "facts", "prefixes": prefixes, "default_range": "string", **made}

    def codes(self, codes: CodeList) -> dict[str, object]:
        """Return the codes of a list."""
        return {code.name: {"meaning": self.curie(code.iri)} for code in codes.codes.values()}

    def slots(self, cls: Class) -> dict[str, object]:
        """Return the fields of a class."""
        own: dict[str, object] = {} if cls.part else {"id": {"identifier": True}}
        return own | {slot(f): self.slot(f) for f in cls.fields.values() if f.kind is not Kind.FIELD}

    def slot(self, f: Field) -> dict[str, object]:
        """Return what the schema says of a field."""
        if f.kind is Kind.CODE:
            of = _enum(self.vocab.lists[f.range])
        elif f.kind in (Kind.PART, Kind.REFERENCE):
            of = self.vocab.by_iri[f.range].name
        else:
            of = local_name(f.range) if f.kind is Kind.LITERAL else "string"
        inlined = {"inlined": True, "inlined_as_list": True} if f.kind is Kind.PART else {"inlined": False}
        return {"slot_uri": self.curie(f.path), "range": of, "multivalued": f.maximum != 1, **inlined}


def slot(f: Field) -> str:
    """Return what a field is called: LinkML writes Python of the schema, in which a keyword is no name."""
    return f"{f.name}_" if keyword.iskeyword(f.name) else f.name


def _enum(codes: CodeList) -> str:
    return f"{codes.name.title().replace('-', '')}Codes"


def node(vocab: Vocabulary, cls: Class, content: dict[str, object]) -> dict[str, object]:
    """Return a record or part as its class in the schema has it."""
    out: dict[str, object] = {"id": content["id"]} if "id" in content else {}
    for f in cls.fields.values():
        if f.name in content:
            found = values(content[f.name])
            if f.kind is Kind.PART:
                found = [node(vocab, vocab.by_iri[f.range], part) for part in found]
            elif f.kind is Kind.TEXT:
                found = [text for languages in found for text in languages.values()]
            out[slot(f)] = found[0] if f.maximum == 1 else found
    return out


def main(project: Path, out: Path) -> None:
    """Write schema and data."""
    vocab = tables()
    data: dict[str, list[object]] = {}
    for record in records(project):
        name = str(record["type"])
        data.setdefault(name, []).append(node(vocab, vocab.classes[name], record))
    out.mkdir(exist_ok=True)
    for name, content in (("schema.yaml", Schema(vocab).content(base(project))), ("data.yaml", data)):
        with (out / name).open("w", encoding="utf-8") as file:
            yaml.dump(content, file, yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=10**6)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
