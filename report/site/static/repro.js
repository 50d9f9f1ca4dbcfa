"use strict";
// Puts the scripts that repeat a cell together, byte for byte as results/repro.py does.
klm.repro = (() => {
  const json = (value) => JSON.stringify(value, null, 4);

  function scripts(pieces, row) {
    const { saved_with: saver, loaded_with: loader } = row;
    const save = request(pieces, row, "save");
    const load = request(pieces, row, "load");
    if (!loader) return { "save.py": script(pieces, row, "save.py", saver, [save]) };
    if (loader === saver)
      return { "repro.py": script(pieces, row, "repro.py", saver, [save, load]) };
    return {
      "save.py": script(pieces, row, "save.py", saver, [save]),
      "load.py": script(pieces, row, "load.py", loader, [load]),
    };
  }

  function request(pieces, row, stage) {
    const savedAs = pieces.saved_as[row.scenario][row.case] || row.case;
    const found = {
      stage,
      with: stage === "save" ? row.saved_with : row.loaded_with,
      id: row.cell,
      key: "",
      scenario: row.scenario,
      case: stage === "save" ? savedAs : row.case,
      saved_as: savedAs,
      format: row.format,
    };
    if (stage === "load") found.api = row.api;
    found.artifact = "repro/artifact";
    found.log = `repro/${stage}.log`;
    found.limits = pieces.limits[stage];
    const own = pieces.own?.[row.scenario]?.[stage] ?? {};
    return { ...found, ...own };
  }

  function script(pieces, row, name, environment, requests) {
    const of = pieces.environments[environment];
    const names = [...pieces.scenarios[row.scenario], ...pieces.shared];
    const values = {
      PYTHON: of.python,
      DEPENDENCIES: of.packages.map((pin) => `#   "${pin}",`).join("\n"),
      CUTOFF: of.cutoff,
      TITLE: row.cell,
      WHAT: purpose(row, name),
      NAME: name,
      REQUESTS: json(requests),
      PUBLISHED: json({ outcome: row.outcome, error_type: row.error_type }),
      VARIABLES: json(of.variables),
      SOURCES: names
        .map((path) => `SOURCES[${json(path)}] = r'''\n${pieces.sources[path]}'''\n`)
        .join(""),
    };
    return pieces.template.replace(/@([A-Z]+)@/g, (_, field) => values[field]);
  }

  function purpose(row, name) {
    const { saved_with: saver, loaded_with: loader } = row;
    if (name === "repro.py") return `Saves and loads with ${saver}.`;
    if (name === "load.py")
      return `Loads with ${loader} the file that ${saver} saved. Run save.py first.`;
    return loader
      ? `Saves with ${saver}; then run load.py, which loads with ${loader}.`
      : `Saves with ${saver}.`;
  }

  return { scripts };
})();
