"use strict";
// The interactive figure of the timings. The address holds the choice. Plotly is loaded here alone.
document.addEventListener("DOMContentLoaded", async () => {
  const { h, need, number } = klm;
  const form = document.getElementById("explore");
  const ids = ["against", "measure", "call", "cache", "family", "size", "environment"];
  const boxes = Object.fromEntries(ids.map((id) => [id, document.getElementById(id)]));
  const BOUNDS = { ratio_to_floor: ["ratio_low", "ratio_high"], median_s: ["ci_low_s", "ci_high_s"] };

  let data;
  try {
    data = await need("timings");
  } catch {
    return;
  }
  const rows = data.rows.map((row) => Object.fromEntries(row.map((v, i) => [data.columns[i], v])));
  for (const [id, values] of [
    ["family", data.families],
    ["size", data.sizes],
    ["environment", data.environments],
  ])
    boxes[id].append(...values.map((value) => h("option", { value }, value.replaceAll("_", " "))));
  boxes.size.value = data.sizes.includes("medium") ? "medium" : data.sizes[0];
  boxes.environment.value = data.environments[data.environments.length - 1];
  read();
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const box of Object.values(boxes)) box.addEventListener("change", () => (write(), draw()));
  addEventListener("hashchange", () => (read(), draw()));
  document.addEventListener("klm-theme", draw);
  draw();

  function read() {
    const given = new URLSearchParams(location.hash.slice(1));
    for (const [id, box] of Object.entries(boxes))
      if ([...box.options].some((one) => one.value === given.get(id))) box.value = given.get(id);
  }

  function write() {
    const told = new URLSearchParams(Object.entries(boxes).map(([id, box]) => [id, box.value]));
    history.replaceState(null, "", `#${told}`);
  }

  function chosen() {
    const asked = Object.fromEntries(Object.entries(boxes).map(([id, box]) => [id, box.value]));
    const byRelease = asked.against === "environment";
    return {
      ...asked,
      byRelease,
      rows: rows.filter(
        (row) =>
          row.api.startsWith(asked.call) &&
          row.cache === asked.cache &&
          row.family === asked.family &&
          (byRelease ? row.size === asked.size : row.environment === asked.environment) &&
          row[asked.measure] !== null,
      ),
    };
  }

  function draw() {
    const asked = chosen();
    document.getElementById("of-size").hidden = !asked.byRelease;
    document.getElementById("of-environment").hidden = asked.byRelease;
    table(asked);
    if (window.Plotly) figure(asked);
  }

  // The colours of the printed figures, lighter where the paper is dark.
  function readable(colour, isDark) {
    if (!isDark) return colour;
    const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
    const light = parts.map((part) => Math.round(part + (255 - part) * 0.5));
    return `rgb(${colour === "#111111" ? "236,236,241" : light})`;
  }

  function figure({ rows: found, against, measure, byRelease }) {
    const style = getComputedStyle(document.body);
    const ink = style.color;
    const isDark = klm.isDark();
    const bounds = BOUNDS[measure];
    const place = (row) =>
      byRelease ? data.environments.indexOf(row.environment) : row.parameters;
    // A variant is no step from one release to the next: its mark stands alone.
    const isVariant = (row) => byRelease && data.variants.includes(row.environment);
    const both = data.ways.flatMap((way) => [
      { ...way, alone: false },
      { ...way, alone: true },
    ]);
    const traces = both.map(({ format, api, name, colour, stroke, mark, alone }) => {
      const own = found
        .filter((row) => row.format === format && row.api === api && isVariant(row) === alone)
        .sort((a, b) => place(a) - place(b));
      const y = own.map((row) => row[measure]);
      return {
        name,
        legendgroup: name,
        showlegend: !alone,
        type: "scatter",
        mode: alone ? "markers" : "lines+markers",
        x: own.map((row) => row[against]),
        y,
        line: { color: readable(colour, isDark), dash: stroke, width: 1.5 },
        marker: {
          symbol: own.map((row) => (row.stable === false ? `${mark}-open` : mark)),
          size: 7,
        },
        error_y: bounds && {
          type: "data",
          symmetric: false,
          array: own.map((row, i) => (row[bounds[1]] ?? y[i]) - y[i]),
          arrayminus: own.map((row, i) => y[i] - (row[bounds[0]] ?? y[i])),
          thickness: 1,
          width: 2,
        },
      };
    });
    const line = style.getPropertyValue("--line");
    const axis = { gridcolor: line, linecolor: line, automargin: true };
    Plotly.react(
      "figure",
      traces.filter((trace) => trace.x.length),
      {
        paper_bgcolor: "rgba(0,0,0,0)",
        plot_bgcolor: "rgba(0,0,0,0)",
        font: { color: ink, family: style.fontFamily, size: 13 },
        margin: { l: 60, r: 10, t: 10, b: 70 },
        legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" },
        xaxis: byRelease
          ? { ...axis, type: "category", categoryorder: "array", categoryarray: data.environments }
          : { ...axis, type: "log", title: { text: "parameters" } },
        yaxis: { ...axis, type: "log", title: { text: boxes.measure.selectedOptions[0].text } },
      },
      { displaylogo: false, responsive: true, modeBarButtonsToRemove: ["lasso2d", "select2d"] },
    );
  }

  function table({ rows: found, measure }) {
    const heads = ["Release", "Size", "Way", "Rounds", "Value", "95 % interval", "Stable"];
    const bounds = BOUNDS[measure];
    const shown = (value) => (value === null ? "–" : measure.endsWith("bytes") ? number(value) : String(value));
    const name = (row) =>
      data.ways.find((way) => way.format === row.format && way.api === row.api).name;
    document.getElementById("rows").replaceChildren(
      h(
        "table",
        {},
        h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
        h(
          "tbody",
          {},
          found.map((row) =>
            h(
              "tr",
              {},
              [
                row.environment,
                row.size,
                name(row),
                String(row.rounds),
                shown(row[measure]),
                bounds ? bounds.map((bound) => shown(row[bound])).join(" to ") : "–",
                row.stable === false ? "no" : "yes",
              ].map((text) => h("td", {}, text)),
            ),
          ),
        ),
      ),
    );
  }
});
