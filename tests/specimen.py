"""A project so small that it can be read at a glance: two documents, a State, a Person and a Statement."""

from __future__ import annotations

# What the two documents of the small project say, by the name under which their text lies in texts/.
TEXTS = {
    "first-article.txt": "The first article\n\nNorth Korea is a country. Kim “says so”.\n",
    "second-article.txt": "The second article\n\nKim Jong Un leads North Korea.\n",
}
SMALL = {
    "dataset.yaml": """\
format: 1
base: https://example.org/small/
title: A small data set
licence: https://creativecommons.org/licenses/by/4.0/
creators: [somebody]
language: en
""",
    "documents.yaml": """\
- id: first-article
  type: Document
  label: {en: "The first article"}
  kind: article
  language: en
  sha256: 77ffc320d729823b1830fd5c5eba54f8d986dae5771de5df1f6f37e579bf9221
  length: 60
  evidence:
    - {document: first-article, exact: "The first article", start: 0, end: 17}

- id: second-article
  type: Document
  label: {en: "The second article"}
  kind: article
  sha256: 831778d461017f69cbf74ec55e7d76740b35d7d3395ba60efcad3ce014fc8a6f
  length: 51
  evidence:
    - {document: second-article, exact: "The second article", start: 0, end: 18}
""",
    "actors.yaml": """\
- id: north-korea
  type: State
  label: {en: "North Korea"}
  name:
    - {text: {en: "North Korea"}, in: first-article}
  evidence:
    - {document: first-article, exact: "North Korea", start: 19, end: 30}

- id: kim-jong-un
  type: Person
  label: {en: "Kim Jong Un"}
  evidence:
    - {document: second-article, exact: "Kim Jong Un", start: 20, end: 31}
""",
    "statement.yaml": """\
id: kim-says-so
type: Statement
label: {en: "Kim says so"}
speaker: {by: kim-jong-un}
chain:
  - {position: 1, in: first-article}
kind: declaration
modality: asserted
status: attributed
proposition: {en: "North Korea says so."}
about: [north-korea]
said: {date: 2026-02-26, basis: explicit}
evidence:
  - document: first-article
    exact: "Kim “says so”"
    start: 45
    end: 58
    quotation: "says so"
    wording: fragment
""",
}
