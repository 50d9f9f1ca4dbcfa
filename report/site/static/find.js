"use strict";
// The page that explains an error.
document.addEventListener("DOMContentLoaded", () => {
  const { h, need, number, cellAddress } = klm;
  const form = document.getElementById("find");
  const box = document.getElementById("text");
  const answer = document.getElementById("answer");
  let lookup;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    find();
  });
  const given = new URLSearchParams(location.hash.slice(1)).get("error");
  if (given) {
    box.value = given;
    find();
  }

  async function find() {
    const text = box.value.trim();
    if (!/\p{L}/u.test(text)) {
      show(h("p", {}, "This text has no words. Paste an error message."));
      return;
    }
    if (text.length < 2000) history.replaceState(null, "", `#error=${encodeURIComponent(text)}`);
    show(h("p", {}, "Looking it up…"));
    try {
      lookup ??= new klm.lookup.Lookup(await need("lookup"));
    } catch (error) {
      show(h("p", {}, error.message));
      return;
    }
    const explanation = lookup.explain(text);
    show(...(explanation ? explained(explanation) : unexplained(text)));
    answer.focus();
  }

  function show(...parts) {
    answer.replaceChildren(...parts);
  }

  function quoted(group) {
    return h("pre", { class: "said" }, group.error ? `${group.error}: ${group.message}` : group.message);
  }

  function explained({ example, cells, releases, causes, entry, rejected }) {
    const { rules, sentences, product } = lookup.data;
    const parts = [h("h2", {}, "The message"), quoted(example)];
    if (entry.check) {
      parts.push(h("p", {}, entry.says), h("p", {}, h("strong", {}, "Check first: "), entry.check));
      parts.push(
        h("p", {}, h("a", { href: `errors.html#${entry.name}` }, "The whole entry in the error index")),
      );
    }
    if (rejected) parts.push(h("p", {}, sentences.rejected));
    if (entry.remedies && entry.remedies.length) {
      parts.push(h("h2", {}, "Ways out"));
      parts.push(
        h("ul", {}, entry.remedies.map(([action, result]) => h("li", {}, `${action} (${result})`))),
      );
    }
    parts.push(
      h("h2", {}, "Causes"),
      h(
        "p",
        {},
        releases ? `Raised by ${product} ${releases}: ` : "Measured: ",
        `${number(cells)} of the measured loads and saves.`,
      ),
      h("p", {}, sentences.assumption),
      h(
        "ol",
        { class: "causes" },
        causes
          .slice(0, rules.causes)
          .map((cause) =>
            h(
              "li",
              {},
              h("strong", {}, cause.cause.replaceAll("_", " ")),
              ` ${cause.likely}`,
              h("ul", {}, cause.scenarios.slice(0, rules.scenarios).map(scenario)),
            ),
          ),
      ),
    );
    return parts;
  }

  function scenario(blame) {
    const cells = [...new Set(blame.groups.flatMap((group) => group.examples))];
    const examples = cells.slice(0, lookup.data.rules.examples);
    return h(
      "li",
      {},
      h("a", { href: `scenarios/${blame.scenario}.html` }, blame.question),
      ` (${number(blame.cells)})`,
      h(
        "ul",
        { class: "cells" },
        examples.map((cell) => h("li", {}, h("a", { href: cellAddress(cell) }, h("code", {}, cell)))),
      ),
    );
  }

  function unexplained(text) {
    const damaged = lookup.ofDamaged(text);
    return damaged.length ? ofDamagedFiles(damaged) : nearest(text);
  }

  function ofDamagedFiles(wordings) {
    const { look, sentences } = lookup.data;
    return [
      h("p", {}, sentences.damaged),
      ...wordings.flatMap((wording) => [quoted(wording), h("p", {}, wording.files)]),
      h("p", {}, h("strong", {}, "Check first: "), look),
      h("p", {}, h("a", { href: "corruption.html" }, "Results of loading damaged files")),
    ];
  }

  function nearest(text) {
    const { sentences } = lookup.data;
    const matches = lookup.nearest(text);
    const parts = [h("p", {}, sentences.unknown)];
    if (matches.length) {
      parts.push(h("p", {}, sentences.nearest));
      parts.push(
        h(
          "ul",
          {},
          matches.map(({ likeness, groups }) =>
            h("li", {}, `${Math.round(100 * likeness)} % alike`, quoted(groups[0]), scenario({
              ...groups[0],
              groups,
            })),
          ),
        ),
      );
    }
    return parts;
  }
});
