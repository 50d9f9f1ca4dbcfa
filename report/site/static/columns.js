"use strict";
// Cells, column by column: filtered, counted and sorted as numbers (see columns.py).
klm.Columns = class {
  constructor({ count, columns }) {
    this.count = count;
    this.names = Object.keys(columns);
    this.values = {};
    this.codes = {};
    for (const [name, { values, codes }] of Object.entries(columns)) {
      this.values[name] = values;
      this.codes[name] = klm.Columns.decoded(codes);
    }
  }

  static decoded(text) {
    const raw = atob(text);
    const bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
    const view = new DataView(bytes.buffer);
    const codes = new Uint16Array(bytes.length / 2);
    for (let i = 0; i < codes.length; i++) codes[i] = view.getUint16(2 * i, true);
    return codes;
  }

  value(name, row) {
    return this.values[name][this.codes[name][row]];
  }

  id(row) {
    const axes = ["scenario", "case", "format"].map((name) => this.value(name, row));
    axes.push(this.value("api", row), this.value("saved_with", row));
    const loader = this.value("loaded_with", row);
    return (loader ? [...axes, loader] : axes).join("/");
  }

  // The rows that have one of the chosen values in every column, and for each column how many rows
  // each of its values would have, were it chosen: the other columns' choices count, its own do not.
  filter(chosen, names) {
    const asked = names.filter((name) => chosen[name] && chosen[name].size);
    const masks = asked.map((name) => {
      const mask = new Uint8Array(this.values[name].length);
      this.values[name].forEach((value, code) => (mask[code] = chosen[name].has(value) ? 1 : 0));
      return mask;
    });
    const codes = asked.map((name) => this.codes[name]);
    const every = names.map((name) => this.codes[name]);
    const counts = names.map((name) => new Uint32Array(this.values[name].length));
    const place = asked.map((name) => names.indexOf(name));
    const rows = new Uint32Array(this.count);
    let found = 0;
    for (let row = 0; row < this.count; row++) {
      let failing = -1;
      let fails = 0;
      for (let i = 0; i < masks.length && fails < 2; i++) {
        if (!masks[i][codes[i][row]]) {
          fails++;
          failing = place[i];
        }
      }
      if (fails === 0) {
        rows[found++] = row;
        for (let i = 0; i < every.length; i++) counts[i][every[i][row]]++;
      } else if (fails === 1) {
        counts[failing][every[failing][row]]++;
      }
    }
    return { rows: rows.slice(0, found), counts: Object.fromEntries(names.map((n, i) => [n, counts[i]])) };
  }

  // Sorted by a column; rows with the same value keep their order.
  sorted(rows, name, down) {
    const codes = this.codes[name];
    const size = this.values[name].length;
    const starts = new Uint32Array(size + 1);
    for (const row of rows) starts[codes[row] + 1]++;
    for (let i = 0; i < size; i++) starts[i + 1] += starts[i];
    const found = new Uint32Array(rows.length);
    for (const row of rows) found[starts[codes[row]]++] = row;
    return down ? found.reverse() : found;
  }
};
