"use strict";
// For every page: the theme, data that are loaded when they are needed, and elements that show text
// as text, never as HTML.
const klm = (() => {
  const root = document.documentElement;
  const waiting = new Map();
  const given = new Map();

  function give(name, value) {
    given.set(name, value);
    if (waiting.has(name)) waiting.get(name).resolve(value);
  }

  // Data come as scripts, because a page that was opened from a folder may load nothing else.
  function need(name) {
    if (given.has(name)) return Promise.resolve(given.get(name));
    if (waiting.has(name)) return waiting.get(name).promise;
    const request = {};
    request.promise = new Promise((resolve, reject) => Object.assign(request, { resolve, reject }));
    waiting.set(name, request);
    const script = document.createElement("script");
    script.src = `${top()}data/${name.replace(/^scenario\//, "scenarios/")}.js`;
    script.onerror = () => {
      waiting.delete(name);
      request.reject(new Error(`${script.src} could not be loaded.`));
    };
    document.head.append(script);
    return request.promise;
  }

  const top = () => root.dataset.top || "";

  // Name the marks that turn the direction of writing, and remove a terminal's colours: with them a
  // text reads other than it is.
  const visible = (text) =>
    text
      .replace(/\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0e-\x1f\x7f\ufffd]/g, "")
      .replace(
        /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
        (mark) => `\\u${mark.codePointAt(0).toString(16).padStart(4, "0")}`,
      );

  function h(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === false || value === null || value === undefined) continue;
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else element.setAttribute(key, value === true ? "" : value);
    }
    const shown = children.flat().filter((child) => child !== null && child !== undefined);
    element.append(...shown.map((child) => (child instanceof Node ? child : visible(String(child)))));
    return element;
  }

  // The words that readers see for a verdict; the data keep their own spelling.
  const verdicts = JSON.parse(root.dataset.verdicts || "{}");
  const words = (value) => verdicts[value] || value.replaceAll("_", " ");

  const number = (count) => count.toLocaleString("en").replaceAll(",", "\u202f");

  function cellAddress(id) {
    return `${top()}matrix.html#cell=${encodeURIComponent(id).replaceAll("%2F", "/")}`;
  }

  function copyButton(text, label = "Copy") {
    const button = h("button", { type: "button" }, label);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text());
      } catch {
        const area = h("textarea", { "aria-hidden": "true", class: "aside" });
        area.value = text();
        document.body.append(area);
        area.select();
        document.execCommand("copy");
        area.remove();
      }
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = label), 1500);
    });
    return button;
  }

  const isDark = () =>
    root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;

  function theme() {
    const button = document.getElementById("theme");
    if (!button) return;
    const show = () => (button.textContent = isDark() ? "Light" : "Dark");
    button.hidden = false;
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      try {
        localStorage.setItem("klm-theme", root.dataset.theme);
      } catch {}
      show();
      document.dispatchEvent(new Event("klm-theme"));
    });
    show();
  }

  document.addEventListener("DOMContentLoaded", theme);
  return { give, need, h, visible, isDark, words, number, cellAddress, copyButton, top };
})();
