"use strict";
// What causes this error, going by what was measured? The same as report/answers/explain.py and
// report/answers/search.py, which say why; tests hold the two together.
klm.lookup = (() => {
  const KNOWN = 0.6;
  const AS_LIKE = 0.97;
  const ENOUGH = 5;
  const SHARPNESS = 8;
  const OTHER = "other";
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
    const found = new Set(words);
    for (let i = 1; i < words.length; i++) found.add(`${words[i - 1]} ${words[i]}`);
    if (error) found.add(error);
    return { found, words };
  }

  // The message in what somebody pasted: after the last class named, as in a traceback.
  function complaint(text) {
    const found = [...text.matchAll(CLASS)];
    if (!found.length) return { error: "", message: text.trim() };
    const last = found[found.length - 1];
    return { error: last[1], message: text.slice(last.index + last[0].length).trim() };
  }

  function familyOf(patterns, error, message) {
    if (!error && !message) return "";
    const text = `${error || "limit"}: ${message}`;
    let best = null;
    for (const [name, pattern] of patterns) {
      for (const found of text.matchAll(pattern)) {
        const one = [found.index, found[0].length, name];
        if (
          best === null ||
          one[0] > best[0] ||
          (one[0] === best[0] && (one[1] > best[1] || (one[1] === best[1] && one[2] > best[2])))
        )
          best = one;
      }
    }
    return best ? best[2] : OTHER;
  }

  class Index {
    constructor(groups, termsOf) {
      const wordings = new Map();
      for (const group of groups) {
        if (!group.error) continue;
        const found = termsOf(group);
        const key = [...found].sort().join("\n");
        if (!wordings.has(key)) wordings.set(key, { terms: found, groups: [] });
        wordings.get(key).groups.push(group);
      }
      this.wordings = [...wordings.values()];
      const counts = new Map();
      for (const { terms } of this.wordings)
        for (const term of terms) counts.set(term, (counts.get(term) || 0) + 1);
      const many = this.wordings.length;
      this.unknown = Math.log(1 + many);
      this.weights = new Map([...counts].map(([term, n]) => [term, Math.log(1 + many / n)]));
      for (const one of this.wordings) one.weight = this.weight(one.terms);
    }

    weight(some) {
      let sum = 0;
      for (const term of some) sum += this.weights.get(term) ?? this.unknown;
      return sum;
    }

    nearest(asked, error) {
      const own = this.weight(asked);
      const found = [];
      for (const one of this.wordings) {
        const shared = [...asked].filter((term) => one.terms.has(term));
        if (!shared.some((term) => term !== error)) continue;
        const likeness = this.weight(shared) / Math.sqrt(own * one.weight);
        found.push({ likeness, terms: one.terms, groups: one.groups });
      }
      return found.sort((a, b) => b.likeness - a.likeness);
    }
  }

  class Lookup {
    constructor(data) {
      this.data = data;
      this.patterns = Object.entries(data.patterns).map(([name, p]) => [name, new RegExp(p, "g")]);
      this.groups = data.groups.map(
        ([error, message, family, scenario, causes, plain, weight, cells, examples, refused]) => ({
          error: data.errors[error],
          message: data.messages[message],
          family: data.families[family],
          scenario: data.scenarios[scenario],
          question: data.questions[scenario],
          causes: causes.map((cause) => data.causes[cause]),
          plain: Boolean(plain),
          weight,
          cells,
          examples,
          refused: Boolean(refused),
        }),
      );
      // What only damaged files ended with.
      this.damaged = data.damaged.map(([error, message, told]) => ({ error, message, told }));
      this.cache = new Map();
    }

    terms(group, whole) {
      const key = `${whole}\n${group.error}\n${group.message}`;
      if (!this.cache.has(key)) this.cache.set(key, terms(group.error, group.message, whole).found);
      return this.cache.get(key);
    }

    get index() {
      this.everything ??= new Index(this.groups, (group) => this.terms(group, false));
      return this.everything;
    }

    known(asked) {
      const family = familyOf(this.patterns, asked.error, oneLine(asked.message));
      const own = family === OTHER ? [] : this.groups.filter((group) => group.family === family);
      return own.length ? own : this.alike(this.index, asked);
    }

    // Of damaged files: error, message, and what is told of them.
    ofDamaged(text) {
      const index = new Index(this.damaged, (one) => this.terms(one, false));
      return this.alike(index, complaint(text));
    }

    alike(index, asked) {
      const { found: wanted, words } = terms(asked.error, asked.message, false);
      const nearest = index.nearest(wanted, asked.error);
      const whole = nearest.filter((one) => [...wanted].every((term) => one.terms.has(term)));
      if (whole.length && words.length >= ENOUGH) return whole.flatMap((one) => one.groups);
      if (!nearest.length || nearest[0].likeness < KNOWN) return [];
      return nearest
        .filter((one) => one.likeness >= AS_LIKE * nearest[0].likeness)
        .flatMap((one) => one.groups);
    }

    nearest(asked, count) {
      const { found } = terms(asked.error, asked.message, false);
      return this.index.nearest(found, asked.error).slice(0, count);
    }

    // How much each group tells of the complaint: the likest message 1, one unlike it 0.
    told(asked, groups) {
      const index = new Index(groups, (group) => this.terms(group, true));
      const found = index.nearest(terms(asked.error, asked.message, true).found, asked.error);
      const weights = new Map();
      for (const one of found)
        for (const group of one.groups)
          weights.set(group, (one.likeness / found[0].likeness) ** SHARPNESS);
      return weights;
    }

    // What was seen, and the causes, likeliest first; null if it is not known.
    explain(text) {
      const asked = complaint(text);
      const groups = this.known(asked);
      if (!groups.length) return null;
      const told = this.told(asked, groups);
      const telling = groups.filter((group) => !group.plain);
      const blames = new Map();
      for (const group of telling.length ? telling : groups) {
        for (const cause of group.causes) {
          const key = `${cause}\n${group.scenario}`;
          if (!blames.has(key)) {
            const { scenario, question } = group;
            blames.set(key, { cause, scenario, question, weight: 0, cells: 0, groups: [] });
          }
          const one = blames.get(key);
          one.weight += (told.get(group) || 0) * group.weight;
          one.cells += group.cells;
          one.groups.push(group);
        }
      }
      const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
      const ranked = [...blames.values()].sort(
        (a, b) => b.weight - a.weight || order(a.cause, b.cause) || order(a.scenario, b.scenario),
      );
      const whole = ranked.reduce((sum, one) => sum + one.weight, 0);
      const causes = new Map();
      for (const one of ranked) {
        one.groups.sort((a, b) => (told.get(b) || 0) - (told.get(a) || 0));
        if (!causes.has(one.cause)) causes.set(one.cause, { cause: one.cause, weight: 0, scenarios: [] });
        const cause = causes.get(one.cause);
        cause.weight += one.weight;
        cause.scenarios.push(one);
      }
      const found = [...causes.values()].sort((a, b) => b.weight - a.weight);
      for (const one of found) one.likely = percent(one.weight, whole);
      const example = groups.reduce((best, group) =>
        (told.get(group) || 0) > (told.get(best) || 0) ? group : best,
      );
      const cells = groups.reduce((sum, group) => sum + group.cells, 0);
      const refused = groups.every((group) => group.refused);
      return { example, cells, causes: found, entry: this.entry(groups), refused };
    }

    // The entry of the error index that most of the cells belong to.
    entry(groups) {
      const counts = new Map();
      for (const group of groups)
        counts.set(group.family, (counts.get(group.family) || 0) + group.cells);
      const [name] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best));
      return { name, ...(this.data.entries[name] || {}) };
    }
  }

  // A share; never 0 or 100 for what is not all or nothing.
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

  return { Lookup, complaint, gapped, terms, familyOf, percent };
})();
