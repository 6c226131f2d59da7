// The query page is a plain form. This only makes it more comfortable: colours, Control and Enter, a filter for questions.
"use strict";
(() => {
  const TOKENS = new RegExp([
    /(?<comment>#[^\n]*)/, /(?<iri><[^<>"{}|^`\\\s]*>)/,
    /(?<text>"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')/,
    /(?<variable>[?$]\w+)/, /(?<name>[\p{L}\w-]*:[\p{L}\w.%-]*)/, /(?<word>\b[A-Za-z]+\b)/,
  ].map((token) => token.source).join("|"), "gu");
  const WORDS = new Set(("a as asc ask base bind by construct count data default delete desc describe distinct exists filter from"
    + " graph group having in limit minus named not offset optional order prefix reduced select union undef values where"
    + " avg bound coalesce concat contains group_concat if iri isiri isliteral lang langmatches lcase max min regex replace"
    + " sample separator str strafter strbefore strends strlen strstarts substr sum ucase uri year month day true false").split(" "));

  const editor = document.getElementById("query");
  const field = editor.parentElement;
  const shown = document.createElement("pre");
  shown.setAttribute("aria-hidden", "true");
  field.prepend(shown);

  const colour = () => {
    const text = editor.value;
    const pieces = [];
    let last = 0;
    for (const match of text.matchAll(TOKENS)) {
      const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
      pieces.push(text.slice(last, match.index));
      last = match.index + match[0].length;
      const piece = document.createElement("span");
      piece.textContent = match[0];
      if (kind !== "word" || WORDS.has(match[0].toLowerCase())) piece.className = kind;
      pieces.push(piece);
    }
    shown.replaceChildren(...pieces, text.slice(last) + "\n");
    shown.scrollTop = editor.scrollTop;
  };
  field.classList.add("lit");
  editor.addEventListener("input", colour);
  editor.addEventListener("scroll", () => { shown.scrollTop = editor.scrollTop; });
  colour();

  editor.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      editor.form.requestSubmit();
    }
  });

  // An error of syntax says where: put the cursor there.
  const error = document.querySelector("pre.error");
  const place = error && /error at (\d+):(\d+)/.exec(error.textContent);
  if (place) {
    const lines = editor.value.split("\n").slice(0, Number(place[1]) - 1);
    const offset = lines.reduce((sum, line) => sum + line.length + 1, 0) + Number(place[2]) - 1;
    editor.focus({ preventScroll: true });
    editor.setSelectionRange(offset, Math.min(offset + 1, editor.value.length));
  }

  const pick = document.getElementById("pick");
  pick.parentElement.hidden = false;
  const items = [...document.querySelectorAll("#questions li")];
  pick.addEventListener("input", () => {
    const words = pick.value.toLowerCase().split(/\s+/);
    for (const item of items) item.hidden = !words.every((word) => item.textContent.toLowerCase().includes(word));
  });
})();
