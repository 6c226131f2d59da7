"""A valid project in which every text is an attack on the page that shows it (rows 79 to 82 of bad inputs)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from generation import ROOT

MARKUP = [
    "<script>window.pwned=1</script>",
    "</script><script>window.pwned=1</script>",
    '"><img src=x onerror="window.pwned=1">',
    "'><svg onload=window.pwned=1>",
    "</title></style></textarea><img src=x onerror=window.pwned=1>",
    "--><!--<script>window.pwned=1</script>",
    "]]><script>window.pwned=1</script>",
    "{{ 7*7 }}{% raw %}${window.pwned=1}",
    "javascript:window.pwned=1",
    "data:text/html,<script>window.pwned=1</script>",
    "\u202e<b onmouseover=window.pwned=1>경</b>",
    "&lt;script&gt;window.pwned=1&lt;/script&gt;",
]
ADDRESSES = [  # what the shape of addresses lets through, and a browser must not run or be led astray by
    "https://example.org/'onmouseover='window.pwned=1",
    "http:///javascript:window.pwned=1",
    "https://[javascript:window.pwned=1",
    "https://example.org/경",
]
_MARKUP = "".join(MARKUP)


def write(root: Path) -> Path:
    """Write the project, with an ontology whose labels and definitions are attacks as well."""
    text = {"en": _MARKUP, "ko": _MARKUP}
    sayings = [{"en": f"{number} {markup}"} for number, markup in enumerate(MARKUP)]
    report = {"document": "report", "exact": _MARKUP, "start": 0, "end": len(_MARKUP), "quotation": MARKUP[0]}
    every = [{key: value for key, value in report.items() if key != "quotation"}]
    records: list[dict[str, object]] = [
        {
            "id": "report",
            "type": "Document",
            "label": text,
            "kind": "article",
            "url": ADDRESSES[0],
            "sha256": "0" * 64,
            "length": "100000",
            "evidence": every,
            "note": text,
        },
        {"id": "speaker", "type": "Person", "label": text, "name": [{"text": text, "in": "report"}], "evidence": every},
        {"id": "land", "type": "State", "label": {"en": f"land {_MARKUP}"}, "evidence": every},
    ]
    records += [
        {
            "id": f"work-{n}",
            "type": "Document",
            "label": {"en": f"work {n}"},
            "kind": "plan",
            "url": url,
            "evidence": every,
        }
        for n, url in enumerate(ADDRESSES)
    ]
    for number, saying in enumerate(sayings):
        records.append(
            {
                "id": f"saying-{number}",
                "type": "Statement",
                "label": saying,
                "speaker": {"by": "speaker"},
                "addressee": {"by": "land"},
                "chain": [{"position": "1", "in": "report"}],
                "kind": "threat",
                "modality": "could",
                "status": "attributed",
                "proposition": saying,
                "about": ["land", "arms", "pact"],
                "said": {"date": "2026-02", "basis": "computed", "rule": _MARKUP},
                "condition": "terms",
                "unverified": [{"text": saying, "according": "saying-0"}],
                "note": saying,
                "evidence": [report],
            }
        )
    records += [
        {
            "id": "terms",
            "type": "Condition",
            "label": text,
            "setBy": "speaker",
            "onActor": "land",
            "form": "only-if",
            "operator": "all",
            "clause": [{"position": str(n + 1), "text": saying} for n, saying in enumerate(sayings)],
            "consequent": text,
            "met": "no-evidence",
            "evidence": every,
        },
        {
            "id": "arms",
            "type": "Weapon",
            "label": text,
            "kind": "missile",
            "owner": "land",
            "stage": [{"value": "ordered", "by": "speaker", "role": "ordered", "according": "saying-0", "note": text}],
            "evidence": every,
        },
        {
            "id": "pact",
            "type": "Agreement",
            "label": text,
            "party": ["land", "speaker"],
            "stage": [{"value": "pledged", "according": "saying-1", "note": text}],
            "evidence": every,
        },
        {
            "id": "meeting",
            "type": "Event",
            "label": text,
            "kind": "meeting",
            "eventStatus": "speculative",
            "according": "saying-2",
            "when": {"date": "2026", "basis": "computed", "rule": _MARKUP},
            "evidence": every,
        },
        {
            "id": "dispute",
            "type": "Discrepancy",
            "label": text,
            "kind": "wording",
            "between": ["saying-0", "saying-1"],
            "reading": [{"text": saying} for saying in sayings],
            "resolution": "open",
            "note": text,
        },
    ]
    (root / "facts").mkdir(parents=True)
    (root / "facts" / "records.yaml").write_text(json.dumps(records), encoding="utf-8")
    (root / "facts" / "dataset.yaml").write_text(
        json.dumps(
            {
                "format": "1",
                "base": "https://example.org/x/",
                "title": _MARKUP,
                "licence": MARKUP[8],
                "version": MARKUP[0],
                "language": "en",
            }
        ),
        encoding="utf-8",
    )
    ontology = shutil.copytree(ROOT / "ontology", root / "ontology")
    for file in ontology.glob("questions/*.csv"):
        file.unlink()
    (ontology / "questions" / "attack.rq").write_text(
        f"# Question: {_MARKUP}\nSELECT ?x ?label WHERE {{ ?x skos:prefLabel ?label }} # {_MARKUP}\n", encoding="utf-8"
    )
    quoted = json.dumps(_MARKUP, ensure_ascii=True)
    with (ontology / "ontology.ttl").open("a", encoding="utf-8") as stream:
        stream.write(f"\nkg:Attack a owl:Class ; rdfs:label {quoted}@en ; skos:definition {quoted}@en .\n")
    with (ontology / "codes.ttl").open("a", encoding="utf-8") as stream:
        stream.write(
            f"\nstatus:attack a skos:Concept ; skos:inScheme status: ; skos:prefLabel {quoted}@en ; "
            f"skos:definition {quoted}@en .\n"
        )
    (ontology / "views" / "site" / "99-attack.rq").write_text(
        f"# Page: Attack\n# Title: {_MARKUP}\n# Summary: {_MARKUP}\n# Layout: list\n"
        "SELECT ?item ?label WHERE { ?item skos:prefLabel ?label }\n",
        encoding="utf-8",
    )
    return root
