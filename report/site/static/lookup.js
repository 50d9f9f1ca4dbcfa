"use strict";
// Explains an error in the same steps as report/answers/explain.py and search.py, which give the
// reasons. Numbers and sentences come with the data; tests compare the two answers.
klm.lookup = (() => {
  const ELLIPSIS = "\u2026";

  const W = "\\p{L}\\p{N}_";
  const VALUES = [
    new RegExp(`(?<![${W}])'[^'\\n]*'|"[^"\\n]*"|\`[^\`\\n]*\``, "gu"),
    /[(\[{<][^()\[\]{}<>]*[)\]}>]/gu,
    new RegExp(`(?<![${W}])[${W}.~\\-]*(?:/[${W}.~\\{\\}\\|\\-]+)+`, "gu"),
    new RegExp(
      `[${W}.\\-]*\\p{Nd}(?:[${W}.\\-]*[${W}])?|(?<![${W}])[${W}]+\\.keras(?![${W}])`,
      "gu",
    ),
  ];
  const OPEN = new RegExp(`(?:[(\\[{<]|(?<![${W}])['"\`])[^)\\]}>]*$`, "u");
  const REPEATED = new RegExp(`${ELLIPSIS}(?:[\\s,.:;/-]*${ELLIPSIS})+`, "g");
  const CLASS = new RegExp(
    `^(?:[${W}.]+\\.)?([${W}]*(?:Error|Interrupt|BadZipFile)|[${W}]+(?:Exception|Warning)): `,
    "gmu",
  );

  const oneLine = (text) => klm.visible(text).replace(/\s+/g, " ").trim();

  function gapped(message) {
    let before = "";
    let text = oneLine(message);
    while (before !== text) {
      before = text;
      for (const quoted of VALUES) text = text.replace(quoted, ELLIPSIS);
    }
    return oneLine(text.replace(OPEN, ELLIPSIS)).replace(REPEATED, ELLIPSIS);
  }

  const wordsOf = (text) => text.toLowerCase().match(/[a-z_]{2,}/g) || [];

  function terms(error, message, whole) {
    let words = whole ? wordsOf(message) : wordsOf(gapped(message));
    if (!words.length) words = wordsOf(message);
    const all = new Set(words);
    for (let i = 1; i < words.length; i++) all.add(`${words[i - 1]} ${words[i]}`);
    if (error) all.add(error);
    return { all, words };
  }

  // Find the error in pasted text: the message after the last class, as in a traceback.
  function parsed(text) {
    const classes = [...text.matchAll(CLASS)];
    if (!classes.length) return { error: "", message: text.trim() };
    const last = classes[classes.length - 1];
    return { error: last[1], message: text.slice(last.index + last[0].length).trim() };
  }

  function entryOf(patterns, error, message, other) {
    if (!error && !message) return "";
    const text = `${error || "limit"}: ${message}`;
    let best = null;
    for (const [name, pattern] of patterns) {
      for (const match of text.matchAll(pattern)) {
        const start = match.index;
        const length = match[0].length;
        if (
          best === null ||
          start > best.start ||
          (start === best.start &&
            (length > best.length || (length === best.length && name > best.name)))
        )
          best = { start, length, name };
      }
    }
    return best ? best.name : other;
  }

  class Index {
    constructor(groups, termsOf) {
      const wordings = new Map();
      for (const group of groups) {
        if (!group.error) continue;
        const terms = termsOf(group);
        const key = [...terms].sort().join("\n");
        if (!wordings.has(key)) wordings.set(key, { terms, groups: [] });
        wordings.get(key).groups.push(group);
      }
      this.wordings = [...wordings.values()];
      const counts = new Map();
      for (const { terms } of this.wordings)
        for (const term of terms) counts.set(term, (counts.get(term) || 0) + 1);
      const size = this.wordings.length;
      this.unknown = Math.log(1 + size);
      this.weights = new Map([...counts].map(([term, n]) => [term, Math.log(1 + size / n)]));
      for (const wording of this.wordings) wording.weight = this.weight(wording.terms);
    }

    weight(terms) {
      let sum = 0;
      for (const term of terms) sum += this.weights.get(term) ?? this.unknown;
      return sum;
    }

    nearest(terms, error) {
      const weight = this.weight(terms);
      const matches = [];
      for (const wording of this.wordings) {
        const shared = [...terms].filter((term) => wording.terms.has(term));
        if (!shared.some((term) => term !== error)) continue;
        const likeness = this.weight(shared) / Math.sqrt(weight * wording.weight);
        matches.push({ likeness, terms: wording.terms, groups: wording.groups });
      }
      return matches.sort((a, b) => b.likeness - a.likeness);
    }
  }

  class Lookup {
    constructor(data) {
      this.data = data;
      this.patterns = Object.entries(data.patterns).map(([name, p]) => [name, new RegExp(p, "g")]);
      this.groups = data.groups.map(
        ([error, message, entry, scenario, causes, plain, weight, cells, examples, rejected]) => ({
          error: data.errors[error],
          message: data.messages[message],
          entry: data.families[entry],
          scenario: data.scenarios[scenario],
          question: data.questions[scenario],
          causes: causes.map((cause) => data.causes[cause]),
          plain: Boolean(plain),
          weight,
          cells,
          examples,
          rejected: Boolean(rejected),
        }),
      );
      this.damaged = data.damaged.map(([error, message, files]) => ({ error, message, files }));
      this.cache = new Map();
    }

    terms(group, whole) {
      const key = `${whole}\n${group.error}\n${group.message}`;
      if (!this.cache.has(key)) this.cache.set(key, terms(group.error, group.message, whole).all);
      return this.cache.get(key);
    }

    get index() {
      this.everything ??= new Index(this.groups, (group) => this.terms(group, false));
      return this.everything;
    }

    matching(error) {
      const { other } = this.data.rules;
      const name = entryOf(this.patterns, error.error, oneLine(error.message), other);
      const groups = name === other ? [] : this.groups.filter((group) => group.entry === name);
      return groups.length
        ? { groups, byEntry: true }
        : { groups: this.matches(this.index, error), byEntry: false };
    }

    // The messages that only damaged files ended with: error, message, and the count of files.
    ofDamaged(text) {
      const index = new Index(this.damaged, (wording) => this.terms(wording, false));
      return this.matches(index, parsed(text));
    }

    matches(index, error) {
      const { known, asLike, enough } = this.data.rules;
      const { all, words } = terms(error.error, error.message, false);
      const nearest = index.nearest(all, error.error);
      const complete = nearest.filter((match) => [...all].every((term) => match.terms.has(term)));
      if (complete.length && words.length >= enough) return complete.flatMap((match) => match.groups);
      if (!nearest.length || nearest[0].likeness < known) return [];
      return nearest
        .filter((match) => match.likeness >= asLike * nearest[0].likeness)
        .flatMap((match) => match.groups);
    }

    nearest(text) {
      const error = parsed(text);
      const { all } = terms(error.error, error.message, false);
      return this.index.nearest(all, error.error).slice(0, this.data.rules.nearest);
    }

    // The weight of each group's message: 1 for the most similar, 0 for a message without likeness.
    weights(error, groups) {
      const index = new Index(groups, (group) => this.terms(group, true));
      const nearest = index.nearest(terms(error.error, error.message, true).all, error.error);
      const weights = new Map();
      for (const match of nearest)
        for (const group of match.groups)
          weights.set(group, (match.likeness / nearest[0].likeness) ** this.data.rules.sharpness);
      return weights;
    }

    // The message, its entry and its causes, likeliest first; null if no cell ended with it.
    explain(text) {
      const error = parsed(text);
      const { groups, byEntry } = this.matching(error);
      if (!groups.length) return null;
      const likenesses = this.weights(error, groups);
      const likeness = (group) => likenesses.get(group) || 0;
      const special = groups.filter((group) => !group.plain);
      const blames = new Map();
      for (const group of special.length ? special : groups) {
        for (const cause of group.causes) {
          const key = `${cause}\n${group.scenario}`;
          if (!blames.has(key)) {
            const { scenario, question } = group;
            blames.set(key, { cause, scenario, question, weight: 0, cells: 0, groups: [] });
          }
          const blame = blames.get(key);
          blame.weight += likeness(group) * group.weight;
          blame.cells += group.cells;
          blame.groups.push(group);
        }
      }
      const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
      const ranking = [...blames.values()].sort(
        (a, b) => b.weight - a.weight || order(a.cause, b.cause) || order(a.scenario, b.scenario),
      );
      const total = ranking.reduce((sum, blame) => sum + blame.weight, 0);
      const byCause = new Map();
      for (const blame of ranking) {
        blame.groups.sort((a, b) => likeness(b) - likeness(a));
        if (!byCause.has(blame.cause))
          byCause.set(blame.cause, { cause: blame.cause, weight: 0, scenarios: [] });
        const cause = byCause.get(blame.cause);
        cause.weight += blame.weight;
        cause.scenarios.push(blame);
      }
      const causes = [...byCause.values()].sort((a, b) => b.weight - a.weight);
      for (const cause of causes) cause.likely = percent(cause.weight, total);
      const example = groups.reduce((best, group) =>
        likeness(group) > likeness(best) ? group : best,
      );
      const cells = groups.reduce((sum, group) => sum + group.cells, 0);
      const rejected = groups.every((group) => group.rejected);
      const entry = this.entry(groups);
      const releases = byEntry ? entry.releases : "";
      return { example, cells, releases, causes, entry, rejected };
    }

    // The entry of the error index that most of the cells belong to.
    entry(groups) {
      const counts = new Map();
      for (const group of groups)
        counts.set(group.entry, (counts.get(group.entry) || 0) + group.cells);
      const [name] = [...counts].reduce((best, pair) => (pair[1] > best[1] ? pair : best));
      return { name, ...(this.data.entries[name] || {}) };
    }
  }

  // Write a share; 0 and 100 stand for none and all alone.
  function percent(part, whole) {
    if (!whole) return "\u2013";
    let share = (100 * part) / whole;
    if (0 < part && part < whole) share = Math.min(Math.max(share, 1), 99);
    return `${halfEven(share)}\u00a0%`;
  }

  function halfEven(value) {
    const low = Math.floor(value);
    const rest = value - low;
    if (rest !== 0.5) return Math.round(value);
    return low % 2 ? low + 1 : low;
  }

  return { Lookup };
})();
