"""The manual of diagnostic codes: a section of `codes.md` each; that of a check or lint is, without one, the header of its query."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from kg.ontology import Ontology
from kg.questions import header

_FILE = Path(__file__).parent / "codes.md"
_HEAD = """\
# Diagnostics

What `kg` finds wrong, why that matters, how to mend it. Written by `kg explain > docs/diagnostics.md`; edit `kg/codes.md`, or the
header of the check or lint. `kg explain CODE` shows one page.
"""
_RULES = {"checks": "check", "lints": "lint"}  # folder of the ontology -> prefix of the codes


def pages(ontology: Ontology) -> dict[str, str]:
    """Return what there is to say of every code, by code."""
    found: dict[str, str] = {}
    for section in _FILE.read_text(encoding="utf-8").split("\n## ")[1:]:
        code, _, text = section.partition("\n")
        found[code.strip()] = text.strip()
    for folder, prefix in _RULES.items():
        for file in ontology.queries(folder):
            about = header(file.read_text(encoding="utf-8"))
            problem, solution = (_plain(about.get(key, "")) for key in ("Problem", "Solution"))
            rule = f"The rule: ontology/{folder}/{file.name}"
            found.setdefault(f"{prefix}/{file.stem}", f"{problem}\n\n{solution}\n\n{rule}")
    return found


def document(pages: Mapping[str, str]) -> str:
    """Return the whole manual as one Markdown document."""
    # A heading is found by its letters: https://docs.github.com/en/get-started/writing-on-github (section links)
    listed = [
        f"- [`{code}`](#{re.sub('[^a-z0-9-]', '', code)}): {summary(page)}" for code, page in sorted(pages.items())
    ]
    told = [f"## {code}\n{page}\n" for code, page in sorted(pages.items())]
    return "\n".join([_HEAD, *listed, "", *told])


def summary(page: str) -> str:
    """Return the first sentence of a page."""
    return re.split(r"(?<=[^.][.?])\s", " ".join(page.split()).removeprefix("Warning. "), maxsplit=1)[0]


def _plain(message: str) -> str:
    """Write a message as a sentence without its placeholders."""
    text = re.sub(r"\{(\w+)\}", lambda match: "the record" if match[1] == "focus" else "…", message.replace("{{", "\0"))
    text = text.replace("\0", "{").replace("}}", "}")
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith(("?", ".")) else ".")
