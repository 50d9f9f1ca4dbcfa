"use strict";
// The page that says what an error means.
document.addEventListener("DOMContentLoaded", () => {
  const { h, need, number, cellAddress } = klm;
  const form = document.getElementById("find");
  const box = document.getElementById("text");
  const answer = document.getElementById("answer");
  const CAUSES = 5;
  const SCENARIOS = 3;

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
      show(h("p", {}, "Paste an error message: there is no word in this."));
      return;
    }
    if (text.length < 2000) history.replaceState(null, "", `#error=${encodeURIComponent(text)}`);
    show(h("p", {}, "Looking it up…"));
    try {
      const data = await need("lookup");
      klm.known ??= new klm.lookup.Lookup(data);
    } catch (error) {
      show(h("p", {}, error.message));
      return;
    }
    const found = klm.known.explain(text);
    show(...(found ? told(found) : unknown(text)));
    answer.focus();
  }

  function show(...parts) {
    answer.replaceChildren(...parts);
  }

  function said(group) {
    return h("pre", { class: "said" }, group.error ? `${group.error}: ${group.message}` : group.message);
  }

  function told(found) {
    const { entry } = found;
    const parts = [
      h("h2", {}, "What this is"),
      said(found.example),
      h(
        "p",
        {},
        `${number(found.cells)} of the measured loads and saves ended so`,
        entry.releases ? `, in TensorFlow ${entry.releases}.` : ".",
      ),
    ];
    if (entry.check) {
      parts.push(h("p", {}, entry.says), h("p", {}, h("strong", {}, "Look first: "), entry.check));
      parts.push(
        h("p", {}, h("a", { href: `errors.html#${entry.name}` }, "The whole entry of the error index")),
      );
    }
    if (entry.remedies && entry.remedies.length) {
      parts.push(h("h2", {}, "What helps"));
      parts.push(
        h("ul", {}, entry.remedies.map(([action, went]) => h("li", {}, `${action} (${went})`))),
      );
    }
    parts.push(
      h("h2", {}, "What causes it"),
      h("p", {}, "If whatever was tried here is as likely as the rest:"),
      h(
        "ol",
        { class: "causes" },
        found.causes.slice(0, CAUSES).map((one) =>
          h(
            "li",
            {},
            h("strong", {}, one.cause.replaceAll("_", " ")),
            ` ${one.likely}`,
            h("ul", {}, one.scenarios.slice(0, SCENARIOS).map(scenario)),
          ),
        ),
      ),
    );
    if (found.refused)
      parts.push(
        h(
          "p",
          {},
          "All of these should be refused: the file and what it is loaded into do not match.",
        ),
      );
    return parts;
  }

  function scenario(one) {
    const examples = [...new Set(one.groups.flatMap((group) => group.examples))].slice(0, 2);
    return h(
      "li",
      {},
      h("a", { href: `scenarios/${one.scenario}.html` }, one.question),
      ` (${number(one.cells)})`,
      h(
        "ul",
        { class: "cells" },
        examples.map((cell) => h("li", {}, h("a", { href: cellAddress(cell) }, h("code", {}, cell)))),
      ),
    );
  }

  function unknown(text) {
    const damaged = klm.known.ofDamaged(text);
    return damaged.length ? byDamage(damaged) : byNobody(text);
  }

  function byDamage(damaged) {
    return [
      h("p", {}, "No cell ended with this message, but loads of damaged files did."),
      ...damaged.flatMap((one) => [said(one), h("p", {}, one.told)]),
      h("p", {}, h("strong", {}, "Look first: "), klm.known.data.look),
      h("p", {}, h("a", { href: "corruption.html" }, "What becomes of damaged files")),
    ];
  }

  function byNobody(text) {
    const nearest = klm.known.nearest(klm.lookup.complaint(text), 3);
    const parts = [h("p", {}, "No measured load or save ended with this message.")];
    if (nearest.length) {
      parts.push(h("p", {}, "The nearest that did, which may have nothing to do with it:"));
      parts.push(
        h(
          "ul",
          {},
          nearest.map(({ likeness, groups }) =>
            h("li", {}, `${Math.round(100 * likeness)} % alike`, said(groups[0]), scenario({
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
