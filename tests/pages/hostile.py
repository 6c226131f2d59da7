"""The shipped facts as an attacker would have them: markup and addresses that run in every text, quote and address."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path
from typing import Any

import yaml

MARK = "pwnd"  # what all of it holds, in a tag, an attribute or an address
KOREAN = "조선민주주의인민공화국"
TEXTS = [
    f"</script><script>document.title='{MARK}'</script>",
    f"<img src=x alt={MARK} onerror=document.title='{MARK}'>",
    f'"><svg class={MARK} onload=document.title=1>',
    f"' onmouseover='document.title=1' class='{MARK}",
    f"--><{MARK}-element></title></textarea></style>",
    f"javascript:document.title='{MARK}'",
    f"JaVa\tScript:document.title='{MARK}'",
    f"data:text/html,<script>document.title='{MARK}'</script>",
    f"vbscript:{MARK} {{{{ 7*7 }}}} {{% include '/etc/passwd' %}} ]]> &lt;{MARK}&gt; &#106;avascript:{MARK}",
    f"\u202e{MARK}\u2066<b class={MARK}>\u2028</b>",
]
ADDRESSES = [  # what may be written in a fact file; all else is an error there
    f"https://example.org/{MARK}'onclick='document.title=1",
    f"https://ex\u0430mple.org/{MARK}",  # a Cyrillic letter
]
DISGUISED = [
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript://example.org/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "DATA:text/html;base64,PHNjcmlwdD4=",
    "vbscript:x",
    "blob:https://example.org/1",
    "file:///etc/passwd",
    "//example.org/",
    "/\\example.org/",
    "https:\\\\example.org",
    "https:example.org",
    "https://[x/",
    "http:///x",
    'https://example.org/"onclick="x',
    "https://example.org/ x",
    "https://example.org\\@example.net/",
]
_PLACES = {"start", "end", "span"}  # a place no longer fits words that are changed


def project(shipped: Path, folder: Path) -> Path:
    """Write the project."""
    shutil.copytree(shipped, folder)
    texts, addresses = itertools.cycle(TEXTS), itertools.cycle(ADDRESSES)

    def changed(value: Any, key: str = "") -> Any:
        if isinstance(value, list):
            return [changed(one, key) for one in value]
        if isinstance(value, dict):
            if value and all(isinstance(one, str) for one in value.values()) and set(value) <= {"en", "ko", "zh-Hans"}:
                korean = {"ko": f"{KOREAN} {next(texts)} {value['en']}"} if key == "label" else {}
                return {language: f"{next(texts)} {text}" for language, text in value.items()} | korean
            if "document" not in value or "exact" not in value:
                address = {"url": next(addresses)} if value.get("type") == "Document" else {}
                return {name: changed(one, name) for name, one in value.items()} | address
            made = {name: changed(one, name) for name, one in value.items() if name not in _PLACES}
            payload, words, own = next(texts), made["exact"], made.get("quotation")
            made["exact"] = f"{payload} {words}"
            if isinstance(own, str) and words.startswith(own):
                made["quotation"] = f"{payload} {own}"
            return made
        return value

    for file in sorted((folder / "facts").rglob("*.yaml")):
        loaded = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - text, lists, mappings
        titled = {"title": f"{TEXTS[0]} {loaded['title']}"} if file.name == "dataset.yaml" else {}
        made = {**loaded, **titled} if titled else changed(loaded)
        text = json.dumps(made, ensure_ascii=False, indent=1).replace("\u2028", "\\u2028")
        file.write_text(text, encoding="utf-8", newline="\n")
    return folder
