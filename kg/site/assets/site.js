// What pages can do with JavaScript; without it they read the same. Text is put in as text, never as markup.
"use strict";

(function () {
  // ------------------------------------------------------------------------------------------------------------- search
  const SHOWN = 40;
  const search = document.getElementById("search");
  let records = null;

  // The same words for the same sounds: case, accents, dashes and quotation marks make no difference (as in `kg find`).
  function folded(text) {
    return text.replace(/[‘’]/g, "'").replace(/[“”]/g, '"').replace(/[–—‑]/g, "-").replace(/\u00a0/g, " ")
      .normalize("NFKD").replace(/\p{Mn}/gu, "").replace(/[\s-]+/g, " ").trim().toLowerCase();
  }

  window.kgSearchIndex = function (index) {
    records = index.records.map(function (record, order) {
      const [id, kind, sentence, badges, texts, document] = record;
      const held = texts.map(([field, text]) => ({ field, name: index.fields[field], text, folded: folded(text) }));
      return { id, kind, sentence, badges, order, texts: held, source: index.documents[document] };
    });
    show();
  };

  function find(query) {
    const wanted = folded(query).split(" ").filter(Boolean);
    const whole = wanted.join(" ");
    const found = [];
    for (const record of wanted.length ? records : []) {
      let best = null;
      for (const text of record.texts) {
        if (wanted.every((word) => text.folded.includes(word))) {
          const rank = text.folded === whole ? -1 : text.field;
          if (!best || rank < best.rank) best = { rank, record, text };
        }
      }
      if (best) found.push(best);
    }
    return found.sort((a, b) => a.rank - b.rank || a.record.order - b.record.order);
  }

  function made(tag, name, text) {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function item({ record, text }) {
    const li = made("li");
    const link = made("a", "", record.sentence);
    link.href = "record/" + record.id + ".html";
    const meta = made("p", "meta");
    meta.append(made("span", "class", record.kind));
    for (const [name, tone] of record.badges) meta.append(made("span", "badge tone-" + tone, name));
    if (record.source) meta.append(made("span", "source", record.source));
    li.append(link, meta);
    if (text.text !== record.sentence) li.append(made("p", "where", text.name + ": " + text.text));
    return li;
  }

  function show() {
    const query = document.getElementById("query").value;
    const found = records && query.trim() ? find(query) : [];
    document.getElementById("results").replaceChildren(...found.slice(0, SHOWN).map(item));
    const status = document.getElementById("found");
    if (!query.trim()) status.textContent = "Every word has to occur. Case, accents and quotation marks make no difference.";
    else if (!records) status.textContent = "Loading the index …";
    else if (!found.length) status.textContent = "Nothing found. What this corpus does not say is not thereby false.";
    else status.textContent = found.length + (found.length === 1 ? " record" : " records") +
      (found.length > SHOWN ? "; the first " + SHOWN + " are shown" : "");
  }

  if (search) {
    const input = document.getElementById("query");
    let waiting = 0;
    const now = function () {
      window.clearTimeout(waiting);
      waiting = 0;
      show();
    };
    input.addEventListener("input", function () {
      if (!waiting) waiting = window.setTimeout(now, 80);
    });
    input.addEventListener("keydown", function (event) {
      if (waiting && event.key === "Tab") now(); // what the next key leads to must not be replaced under it
    });
    const load = function () {
      input.removeEventListener("focus", load);
      const script = made("script");
      script.src = search.dataset.index;
      document.head.append(script);
    };
    input.addEventListener("focus", load);
    if (input.value) load(); // the browser remembers what was typed
    show();
  }

  // ------------------------------------------------------------------------------------------- arrow keys among cells
  for (const table of document.querySelectorAll(".matrix")) {
    table.addEventListener("keydown", function (event) {
      const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
      const here = event.target.closest("td");
      if (!step || !here) return;
      const rows = table.rows;
      let row = here.parentElement.rowIndex + step[0];
      let column = here.cellIndex + step[1];
      while (rows[row] && rows[row].cells[column]) {
        const link = rows[row].cells[column].querySelector(".cell");
        if (link) {
          event.preventDefault();
          link.focus();
          return;
        }
        row += step[0];
        column += step[1];
      }
    });
  }

  // ----------------------------------------------------------------------------- what is folded opens when it is meant
  function open() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (const details of target.querySelectorAll("details")) if (target.tagName === "TR") details.open = true;
    if (target.tagName === "DETAILS") target.open = true;
    const focus = target.querySelector("summary") || target;
    if (target.tagName === "DETAILS" || target.tagName === "TR") focus.focus({ preventScroll: true });
    target.scrollIntoView();
  }
  window.addEventListener("hashchange", open);
  if (location.hash) open();
  window.addEventListener("beforeprint", function () {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
})();
