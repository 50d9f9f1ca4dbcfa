"use strict";
// One cell in full: the load, its outcome, the releases with the same verdict, and its scripts.
klm.panel = (() => {
  const { h, need, copyButton, words } = klm;
  const VERDICTS = {
    works: "Every compared value equals that of the release that saved the file.",
    refused: "Keras should reject this load, and raises an error.",
    silent: "Keras raises no error, but the model is not the saved one, or Keras should have rejected the load.",
    broken: "The file should load, but Keras raises an error; or the load never returns, the process dies or memory runs out.",
    not_applicable: "Nothing was loaded, so there is no verdict.",
  };
  const EXPECTED = { load: "the file loads", refuse: "Keras rejects the load" };

  async function row(id) {
    const scenario = id.split("/")[0];
    const { question, keys, texts, cells } = await need(`scenario/${scenario}`);
    if (!cells[id]) return null;
    const [, kind, format, api, saver, loader = ""] = id.split("/");
    const found = { cell: id, scenario, case: kind, format, api };
    Object.assign(found, { saved_with: saver, loaded_with: loader, question });
    keys.forEach((key, place) => (found[key] = texts[cells[id][place]]));
    return found;
  }

  async function show(target, id, columns, close) {
    target.hidden = false;
    target.replaceChildren(h("p", {}, "Reading the cell…"));
    let found = null;
    try {
      found = await row(id);
    } catch {}
    if (!found) {
      target.replaceChildren(h("p", {}, `There is no cell ${id}.`), closing(close));
      return;
    }
    const environments = await need("environments");
    target.replaceChildren(
      closing(close),
      h("h2", { tabindex: "-1" }, found.question),
      h("p", {}, h("code", {}, id), " ", copyButton(() => location.href, "Copy link")),
      facts(found),
      message(found),
      h("h3", {}, "Other releases"),
      neighbours(found, columns),
      h("h3", {}, "Environments"),
      versions(found, environments),
      h("h3", {}, "Scripts that repeat the cell"),
      repeat(found),
    );
    target.querySelector("h2").focus();
  }

  const closing = (close) =>
    h("button", { type: "button", class: "close", onclick: close }, "Close");

  function facts(found) {
    const called = found.loaded_with
      ? `Saved as ${found.format} with ${found.saved_with}, loaded by ${found.api} with ${found.loaded_with}`
      : `Saved as ${found.format} by ${found.api} with ${found.saved_with}`;
    const rows = [
      ["Load", `${called}; case ${found.case}`],
      ["Cause", found.cause.replaceAll("_", " ")],
      ["Expected result", EXPECTED[found.expected]],
      ["Result", `${found.outcome.replaceAll("_", " ")}, in phase ${found.phase || "none"}`],
      ["Verdict", [mark(found.verdict), ` ${VERDICTS[found.verdict] || ""}`]],
      ["Differences", found.differs.replaceAll("+", ", ")],
      ["Largest difference of predictions", found.max_abs_diff],
      ["Weights restored", found.weights_saved && `${found.weights_restored} of ${found.weights_saved}`],
      [
        "Facts that the message names",
        Number(found.facts_expected) && found.error_type
          ? `${found.facts_named} of ${found.facts_expected}`
          : "",
      ],
      ["Reason", found.reason],
      ["Raised in", found.raised_in],
    ];
    return h(
      "dl",
      {},
      rows.filter(([, value]) => value).flatMap(([name, value]) => [
        h("dt", {}, name),
        h("dd", {}, value),
      ]),
    );
  }

  const mark = (verdict) =>
    h("span", { class: `mark ${verdict}` }, words(verdict));

  function message(found) {
    if (!found.error_type && !found.error_message) return null;
    const text = `${found.error_type}: ${found.error_message}`;
    const entry = found.error_family;
    return h(
      "div",
      {},
      h("pre", { class: "said" }, text),
      h(
        "p",
        {},
        copyButton(() => text, "Copy message"),
        entry && " ",
        entry && h("a", { href: `${klm.top()}errors.html#${entry}` }, `Error index: ${entry}`),
      ),
    );
  }

  // The same case in the other releases: with their own files, and with files of this saver.
  function neighbours(found, columns) {
    if (!columns) return null;
    const same = { own: [], saver: [], loader: [] };
    const axes = ["scenario", "case", "format", "api"];
    const wanted = axes.map((name) => columns.values[name].indexOf(found[name]));
    for (let place = 0; place < columns.count; place++) {
      if (axes.some((name, i) => columns.codes[name][place] !== wanted[i])) continue;
      const saver = columns.value("saved_with", place);
      const loader = columns.value("loaded_with", place);
      if (!loader) continue;
      if (saver === loader) same.own.push(place);
      if (saver === found.saved_with) same.saver.push(place);
      if (loader === found.loaded_with) same.loader.push(place);
    }
    // Runs of releases with one verdict, as in browser-compat-data: since, until, from to.
    const support = (places, name) => {
      const runs = [];
      for (const place of places) {
        const verdict = columns.value("verdict", place);
        const release = columns.value(name, place).replace(/^tf-/, "");
        const last = runs[runs.length - 1];
        if (last && last.verdict === verdict) last.until = release;
        else runs.push({ verdict, since: release, until: release });
      }
      return runs
        .map(({ verdict, since, until }, i) => {
          const word = words(verdict);
          if (runs.length === 1) return `${word} in all of them`;
          if (i === runs.length - 1) return `${word} since ${since}`;
          if (i === 0) return `${word} until ${until}`;
          return `${word} ${since === until ? "in" : "from"} ${since}${since === until ? "" : ` to ${until}`}`;
        })
        .join("; ");
    };
    const strip = (title, places, name) =>
      places.length > 1 &&
      h(
        "div",
        { class: "strip" },
        h("p", {}, `${title} ${support(places, name)}.`),
        h(
          "ol",
          {},
          places.map((place) => {
            const id = columns.id(place);
            const verdict = columns.value("verdict", place);
            return h(
              "li",
              {},
              h(
                "a",
                {
                  href: klm.cellAddress(id),
                  class: `mark ${verdict}`,
                  "aria-current": id === found.cell ? "true" : false,
                  "aria-label": `${columns.value(name, place)}: ${words(verdict)}`,
                },
                columns.value(name, place).replace(/^tf-/, ""),
              ),
            );
          }),
        ),
      );
    return h(
      "div",
      {},
      [
        strip("Each release with its own files:", same.own, "saved_with"),
        strip(`Files of ${found.saved_with}, loaded with:`, same.saver, "loaded_with"),
        strip(`Loaded with ${found.loaded_with}, files of:`, same.loader, "saved_with"),
      ].filter(Boolean),
    );
  }

  function versions(found, environments) {
    const names = [...new Set([found.saved_with, found.loaded_with])].filter(Boolean);
    const keys = ["python", "tensorflow", "keras", "keras_implementation", "h5py", "hdf5", "numpy", "protobuf", "cutoff"];
    return h(
      "div",
      { class: "scroll", role: "region", "aria-label": "Versions", tabindex: "0" },
      h(
        "table",
        {},
        h(
          "thead",
          {},
          h("tr", {}, h("th", { scope: "col" }, "Package"), names.map((name) => h("th", { scope: "col" }, name))),
        ),
        h(
          "tbody",
          {},
          keys.map((key) =>
            h(
              "tr",
              {},
              h("th", { scope: "row" }, key.replaceAll("_", " ")),
              names.map((name) => h("td", {}, (environments[name] || {})[key] || "–")),
            ),
          ),
        ),
      ),
    );
  }

  function repeat(found) {
    const place = h("div", {});
    const button = h("button", { type: "button" }, "Show the scripts");
    button.addEventListener("click", async () => {
      let pieces = null;
      try {
        pieces = await need("repro");
      } catch (error) {
        place.replaceChildren(h("p", {}, error.message));
        return;
      }
      const scripts = Object.entries(klm.repro.scripts(pieces, found));
      place.replaceChildren(...scripts.map(([name, text]) => shown(name, text)));
      button.remove();
    });
    return h(
      "div",
      {},
      h(
        "p",
        {},
        found.saved_with !== found.loaded_with && found.loaded_with
          ? "One script saves, the other loads. They need Linux and uv alone."
          : "One script saves and loads. It needs Linux and uv alone.",
      ),
      button,
      place,
    );
  }

  function shown(name, text) {
    const address = URL.createObjectURL(new Blob([text], { type: "text/x-python" }));
    return h(
      "section",
      { class: "script" },
      h("h4", {}, name),
      h(
        "p",
        {},
        h("code", {}, `uv run ${name}`),
        " ",
        copyButton(() => text, `Copy ${name}`),
        " ",
        h("a", { href: address, download: name }, "Download"),
      ),
      h("pre", { tabindex: "0", "aria-label": name }, text),
    );
  }

  return { show, mark };
})();
