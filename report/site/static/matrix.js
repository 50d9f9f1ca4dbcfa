"use strict";
// The matrix: filters, the map of savers and loaders, the list of cells, one cell. The address holds
// the selection, so every view is a link.
document.addEventListener("DOMContentLoaded", async () => {
  const { h, need, number, words } = klm;
  const FACETS = {
    verdict: "Verdict",
    scenario: "Scenario",
    cause: "Cause",
    format: "Format",
    api: "API",
    saved_with: "Saved with",
    loaded_with: "Loaded with",
    outcome: "Outcome",
    error_family: "Error entry",
    phase: "Phase",
    differs: "Differences",
  };
  const LISTED = ["scenario", "case", "format", "api", "saved_with", "loaded_with", "outcome", "verdict"];
  const HEADS = { case: "Case", ...FACETS };
  const PER_PAGE = 50;
  // The good verdicts; a pair of several cells shows their share.
  const GOOD = ["works", "refused"];
  const WORST = ["silent", "broken", "refused", "works", "not_applicable"];
  const SIGNS = { silent: "s", broken: "f", refused: "r", works: "l", not_applicable: "·" };

  const parts = Object.fromEntries(
    ["filters", "map", "list", "panel", "count", "status"].map((id) => [id, document.getElementById(id)]),
  );
  let columns;
  try {
    columns = new klm.Columns(await need("cells"));
  } catch (error) {
    parts.status.textContent = error.message;
    return;
  }
  klm.columns = columns;
  document.getElementById("tool").hidden = false;
  let state = read();
  const boxes = filters();

  function read() {
    const given = new URLSearchParams(location.hash.slice(1));
    const chosen = {};
    for (const name of Object.keys(FACETS)) {
      const values = given.getAll(name).filter((value) => columns.values[name].includes(value));
      if (values.length) chosen[name] = new Set(values);
    }
    const sort = (given.get("sort") || "").replace(/^-/, "");
    return {
      chosen,
      sort: LISTED.includes(sort) ? sort : "",
      down: (given.get("sort") || "").startsWith("-"),
      page: Math.max(1, Number.parseInt(given.get("page"), 10) || 1),
      cell: given.get("cell") || "",
    };
  }

  function address({ chosen, sort, down, page, cell }) {
    const told = new URLSearchParams();
    for (const [name, values] of Object.entries(chosen))
      for (const value of columns.values[name]) if (values.has(value)) told.append(name, value);
    if (sort) told.set("sort", (down ? "-" : "") + sort);
    if (page > 1) told.set("page", page);
    if (cell) told.set("cell", cell);
    return `#${told.toString().replaceAll("%2F", "/")}`;
  }

  const write = () => history.pushState(null, "", address(state));

  function change(changed, stay = false) {
    state = { ...state, page: 1, ...changed };
    write();
    draw();
    if (!stay && "cell" in changed) drawCell();
  }

  addEventListener("popstate", again);
  addEventListener("hashchange", again);
  function again() {
    state = read();
    draw();
    drawCell();
  }

  function filters() {
    const found = {};
    for (const [name, title] of Object.entries(FACETS)) {
      const counts = new Map();
      const summary = h("summary", {}, title);
      const rows = columns.values[name].map((value) => {
        const count = h("span", { class: "count" });
        const box = h("input", { type: "checkbox", value });
        box.addEventListener("change", () => toggle(name, value, box.checked));
        counts.set(value, { box, count });
        return h("label", {}, box, ` ${words(value) || "(none)"} `, count);
      });
      const narrow =
        rows.length > 12 &&
        h("input", {
          type: "search",
          placeholder: "Filter",
          "aria-label": `Filter ${title}`,
          oninput: (event) => {
            const wanted = event.target.value.toLowerCase().replaceAll(" ", "_");
            columns.values[name].forEach(
              (value, i) => (rows[i].hidden = !value.toLowerCase().includes(wanted)),
            );
          },
        });
      const details = h(
        "details",
        { name: "facet" },
        summary,
        narrow || null,
        h("fieldset", {}, h("legend", { class: "aside" }, title), rows),
      );
      parts.filters.append(details);
      found[name] = { counts, summary, title };
    }
    parts.filters.append(
      h("button", { type: "button", onclick: () => change({ chosen: {}, sort: "" }) }, "Clear all"),
    );
    return found;
  }

  function toggle(name, value, on) {
    const chosen = { ...state.chosen, [name]: new Set(state.chosen[name] || []) };
    if (on) chosen[name].add(value);
    else chosen[name].delete(value);
    if (!chosen[name].size) delete chosen[name];
    change({ chosen }, true);
  }

  function draw() {
    const { rows, counts } = columns.filter(state.chosen, Object.keys(FACETS));
    parts.count.textContent = `${number(rows.length)} of ${number(columns.count)} cells`;
    drawFilters(counts);
    drawMap(rows);
    drawList(rows);
  }

  function drawFilters(counts) {
    for (const [name, { counts: known, summary, title }] of Object.entries(boxes)) {
      const chosen = state.chosen[name];
      summary.textContent = chosen ? `${title} (${chosen.size})` : title;
      columns.values[name].forEach((value, code) => {
        const { box, count } = known.get(value);
        const many = counts[name][code];
        box.checked = Boolean(chosen && chosen.has(value));
        count.textContent = number(many);
        box.parentElement.classList.toggle("none", !many && !box.checked);
      });
    }
  }

  function drawMap(rows) {
    const savers = columns.values.saved_with;
    const loaders = columns.values.loaded_with;
    const verdicts = columns.values.verdict;
    const tally = new Uint32Array(savers.length * loaders.length * verdicts.length);
    for (const row of rows)
      tally[
        (columns.codes.saved_with[row] * loaders.length + columns.codes.loaded_with[row]) *
          verdicts.length +
          columns.codes.verdict[row]
      ]++;
    const seen = (saver, loader) => {
      const at = (saver * loaders.length + loader) * verdicts.length;
      const found = verdicts.map((verdict, i) => [verdict, tally[at + i]]).filter(([, n]) => n);
      return found.sort((a, b) => WORST.indexOf(a[0]) - WORST.indexOf(b[0]));
    };
    const short = (name) => name.replace(/^tf-/, "");
    const shownSavers = savers.map((_, i) => i).filter((i) => loaders.some((_, j) => seen(i, j).length));
    const shownLoaders = loaders.map((_, j) => j).filter((j) => loaders[j] && savers.some((_, i) => seen(i, j).length));
    const head = h(
      "tr",
      {},
      h("th", { scope: "col" }, h("span", { class: "small" }, "saved \\ loaded")),
      shownLoaders.map((j) => h("th", { scope: "col" }, h("span", {}, short(loaders[j])))),
    );
    const body = shownSavers.map((i) =>
      h(
        "tr",
        {},
        h("th", { scope: "row" }, short(savers[i])),
        shownLoaders.map((j) => {
          const found = seen(i, j);
          if (!found.length) return h("td", {});
          const judged = found.filter(([name]) => name !== "not_applicable");
          const [verdict] = (judged.length ? judged : found)[0];
          const sum = (some) => some.reduce((total, [, n]) => total + n, 0);
          const good = sum(judged.filter(([name]) => GOOD.includes(name))) / sum(judged);
          const mixed = judged.length > 1;
          const silent = mixed && verdict === "silent" ? " some-silent" : "";
          const label = `saved with ${savers[i]}, loaded with ${loaders[j]}: ${found
            .map(([name, n]) => `${n} ${words(name)}`)
            .join(", ")}`;
          return h(
            "td",
            {},
            h(
              "button",
              {
                type: "button",
                class: mixed ? `mark mixed${silent}` : `mark ${verdict}`,
                style: mixed && `--good: ${Math.round(100 * good)}%`,
                "aria-label": label,
                tabindex: "-1",
                "data-at": `${i}/${j}`,
              },
              mixed ? String(Math.floor(100 * good)) : SIGNS[verdict],
            ),
          );
        }),
      ),
    );
    parts.map.replaceChildren(h("table", { class: "map" }, h("thead", {}, head), h("tbody", {}, body)));
    const first = parts.map.querySelector("button");
    if (first) first.tabIndex = 0;
  }

  // One listener for all pairs: hundreds are drawn anew with each filter.
  parts.map.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const [saver, loader] = button.dataset.at.split("/");
    const saved_with = new Set([columns.values.saved_with[saver]]);
    const loaded_with = new Set([columns.values.loaded_with[loader]]);
    change({ chosen: { ...state.chosen, saved_with, loaded_with } });
  });
  parts.map.addEventListener("mouseover", (event) => {
    const button = event.target.closest("button");
    if (button) button.title = button.getAttribute("aria-label");
  });

  // One stop for the tab key; the arrows lead through the map.
  parts.map.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const step = steps[event.key];
    const cell = event.target.closest("td");
    if (!step || !cell) return;
    event.preventDefault();
    const rows = [...parts.map.querySelectorAll("tbody tr")];
    let row = rows.indexOf(cell.parentElement);
    let column = cell.cellIndex;
    for (;;) {
      row += step[0];
      column += step[1];
      const next = rows[row] && rows[row].cells[column];
      if (!next || column < 1) return;
      const button = next.querySelector("button");
      if (button) {
        event.target.tabIndex = -1;
        button.tabIndex = 0;
        button.focus();
        return;
      }
    }
  });

  function drawList(rows) {
    const sorted = state.sort ? columns.sorted(rows, state.sort, state.down) : rows;
    const pages = Math.max(1, Math.ceil(sorted.length / PER_PAGE));
    const page = Math.min(state.page, pages);
    const shown = sorted.slice((page - 1) * PER_PAGE, page * PER_PAGE);
    const head = LISTED.map((name) => {
      const own = state.sort === name;
      const order = own ? (state.down ? "descending" : "ascending") : "none";
      return h(
        "th",
        { scope: "col", "aria-sort": order },
        h(
          "button",
          { type: "button", onclick: () => change({ sort: name, down: own && !state.down }, true) },
          HEADS[name],
          own ? (state.down ? " ↓" : " ↑") : "",
        ),
      );
    });
    const body = [...shown].map((row) => {
      const id = columns.id(row);
      return h(
        "tr",
        {},
        LISTED.map((name, i) => {
          const value = columns.value(name, row);
          if (name === "verdict") return h("td", {}, klm.panel.mark(value));
          return h("td", {}, i ? value : h("a", { href: address({ ...state, cell: id }) }, value));
        }),
      );
    });
    const turn = (to, label) =>
      h("button", { type: "button", disabled: to < 1 || to > pages, onclick: () => change({ page: to }, true) }, label);
    parts.list.replaceChildren(
      h(
        "div",
        { class: "scroll", role: "region", "aria-label": "Cells", tabindex: "0" },
        h("table", {}, h("thead", {}, h("tr", {}, head)), h("tbody", {}, body)),
      ),
      h(
        "p",
        { class: "pager" },
        turn(page - 1, "Back"),
        ` Page ${number(page)} of ${number(pages)} `,
        turn(page + 1, "Next"),
      ),
    );
  }

  function drawCell() {
    if (!state.cell) {
      parts.panel.hidden = true;
      parts.panel.replaceChildren();
      return;
    }
    klm.panel.show(parts.panel, state.cell, columns, () => {
      change({ cell: "" });
      parts.count.focus();
    });
    parts.panel.scrollIntoView({ block: "start" });
  }

  draw();
  drawCell();
});
