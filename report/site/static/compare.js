"use strict";
// Compare any two releases: each loads its own files.
document.addEventListener("DOMContentLoaded", async () => {
  const { h, need, number, cellAddress, words } = klm;
  const form = document.getElementById("compare");
  const out = document.getElementById("differences");
  if (!form) return;
  let columns;
  try {
    columns = new klm.Columns(await need("cells"));
  } catch (error) {
    out.textContent = error.message;
    return;
  }
  form.hidden = false;
  const names = columns.values.loaded_with.filter(Boolean);
  const pick = (id, value) => {
    const select = document.getElementById(id);
    select.replaceChildren(...names.map((name) => h("option", { value: name }, name)));
    select.value = value;
    select.addEventListener("change", () => {
      history.replaceState(null, "", `#from=${from.value}&to=${to.value}`);
      draw();
    });
    return select;
  };
  const plain = names.filter((name) => !names.some((other) => name.startsWith(`${other}-`)));
  const given = new URLSearchParams(location.hash.slice(1));
  const asked = (key, other) => (names.includes(given.get(key)) ? given.get(key) : other);
  const from = pick("from", asked("from", plain[plain.length - 2]));
  const to = pick("to", asked("to", plain[plain.length - 1]));

  function own(name) {
    const code = columns.values.loaded_with.indexOf(name);
    const saver = columns.values.saved_with.indexOf(name);
    const found = new Map();
    for (let row = 0; row < columns.count; row++) {
      if (columns.codes.loaded_with[row] !== code || columns.codes.saved_with[row] !== saver) continue;
      found.set(["scenario", "case", "format", "api"].map((axis) => columns.value(axis, row)).join("/"), row);
    }
    return found;
  }

  // Ratios of the times of loads that were timed in both releases, by way to load.
  const TIMED = ["family", "size", "format", "api"];
  const timings = form.dataset.timed ? await need("timings") : null;
  const times = new Map();
  if (timings) {
    const at = Object.fromEntries(timings.columns.map((name, i) => [name, i]));
    for (const row of timings.rows) {
      if (!row[at.api].startsWith("load") || row[at.cache] !== "warm") continue;
      const key = TIMED.map((name) => row[at[name]]).join("/");
      if (!times.has(row[at.environment])) times.set(row[at.environment], new Map());
      times.get(row[at.environment]).set(key, row[at.median_s]);
    }
  }

  function speeds() {
    const [before, after] = [times.get(from.value), times.get(to.value)];
    if (!before || !after) return [];
    const told = timings.ways
      .filter(({ api }) => api.startsWith("load"))
      .map(({ format, api, name }) => {
        const ratios = [...before]
          .filter(([key]) => key.endsWith(`/${format}/${api}`) && after.has(key))
          .map(([key, seconds]) => after.get(key) / seconds)
          .sort((a, b) => a - b);
        return { name, ratios };
      })
      .filter(({ ratios }) => ratios.length);
    const at = (ratios, part) => ratios[Math.floor(part * (ratios.length - 1))].toFixed(2);
    const heads = ["Way to load", "Models", "Time after over time before, median", "Least", "Most"];
    return [
      h("h3", {}, "Time of a load"),
      h(
        "div",
        { class: "scroll", role: "region", "aria-label": "Time of a load", tabindex: "0" },
        h(
          "table",
          {},
          h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
          h(
            "tbody",
            {},
            told.map(({ name, ratios }) =>
              h(
                "tr",
                {},
                [name, number(ratios.length), at(ratios, 0.5), at(ratios, 0), at(ratios, 1)].map(
                  (text) => h("td", {}, text),
                ),
              ),
            ),
          ),
        ),
      ),
    ];
  }

  function draw() {
    const [before, after] = [own(from.value), own(to.value)];
    const groups = new Map();
    let shared = 0;
    for (const [key, row] of before) {
      const other = after.get(key);
      if (other === undefined) continue;
      shared++;
      const states = [row, other].map((place) => {
        const entry = columns.value("error_family", place);
        return words(columns.value("verdict", place)) + (entry ? ` (${entry})` : "");
      });
      if (states[0] === states[1]) continue;
      const turn = states.join(" → ");
      if (!groups.has(turn)) groups.set(turn, []);
      groups.get(turn).push([key, row, other]);
    }
    const changed = [...groups.values()].reduce((sum, some) => sum + some.length, 0);
    const ranked = [...groups].sort((a, b) => b[1].length - a[1].length);
    out.replaceChildren(
      h(
        "p",
        {},
        `Both releases loaded their own files in ${number(shared)} cases. ${number(changed)} ${changed === 1 ? "case ends" : "cases end"} differently.`,
      ),
      ...ranked.map(([turn, some]) =>
        h(
          "details",
          {},
          h("summary", {}, `${turn}: ${number(some.length)}`),
          h(
            "ul",
            {},
            some.map(([key, row, other]) =>
              h(
                "li",
                {},
                h("code", {}, key),
                " ",
                h("a", { href: cellAddress(columns.id(row)) }, "before"),
                " ",
                h("a", { href: cellAddress(columns.id(other)) }, "after"),
              ),
            ),
          ),
        ),
      ),
      ...speeds(),
    );
  }
  draw();
});
