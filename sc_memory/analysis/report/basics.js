// What all parts of the page use: elements, numbers in words, colours, the tooltip. Texts from the data only ever become
// text nodes, whatever a region is called.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);

const byId = (id) => document.getElementById(id);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}
const html = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

// Numbers.

function scaled(value, step, units) {
  let unit = 0;
  while (Math.abs(value) >= step && unit + 1 < units.length) {
    value /= step;
    unit += 1;
  }
  const digits = Math.abs(value) >= 100 || value === Math.round(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${value.toFixed(digits)}${units[unit] ? "\u202f" + units[unit] : ""}`;
}
const countText = (value) => scaled(value, 1000, ["", "k", "M", "G", "T"]);
const bytesText = (value) => scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB"]);
const rateText = (value) => scaled(value, 1000, ["B/s", "kB/s", "MB/s", "GB/s", "TB/s"]);
// Times are picoseconds.
const timeText = (value) =>
  value >= 1e12 ? scaled(value / 1e12, 1e9, ["s"]) : scaled(value, 1000, ["ps", "ns", "\u00b5s", "ms"]);
const exactText = (value) => value.toLocaleString("en");
// "1 grant", "2 grants".
const counted = (value, word) => `${exactText(value)} ${word}${value === 1 ? "" : "s"}`;
const percentText = (part, whole) => (whole > 0 ? `${((100 * part) / whole).toFixed(1)}\u202f%` : "\u2013");
const addressText = (address) => "0x" + BigInt(address).toString(16).padStart(8, "0");

// Colours: each initiator has one, in the order of the data.

const kSeries = {
  light: ["#2a78d6", "#e0752d", "#1a9c6e", "#7c5cc4", "#d4a017", "#d24a7c", "#4c8f1f", "#6b7684"],
  dark: ["#5b9eee", "#e58a4a", "#35b98a", "#a68cf0", "#d9b13b", "#e2719b", "#7fb852", "#98a3b0"],
};
const theme = () => document.documentElement.dataset.theme;
const seriesColour = (index) => kSeries[theme()][index % kSeries.light.length];
const variable = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// From 0, nothing, to 1, the most.
function heatColour(part) {
  if (!(part > 0)) return variable("--heat-0");
  const stops = [0, 1, 2, 3].map((i) => variable(`--heat-${i}`).match(/[0-9a-f]{2}/gi).map((hex) => parseInt(hex, 16)));
  const at = Math.min(part, 1) * 3;
  const from = Math.min(Math.floor(at), 2);
  const mixed = stops[from].map((value, i) => Math.round(value + (at - from) * (stops[from + 1][i] - value)));
  return `rgb(${mixed.join(",")})`;
}
// Text on a heat colour.
function inkOn(colour) {
  const [r, g, b] = colour.startsWith("#")
    ? colour.match(/[0-9a-f]{2}/gi).map((hex) => parseInt(hex, 16))
    : colour.match(/\d+/g).map(Number);
  return 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#14202e" : "#f4f8fd";
}

// The tooltip: a title and rows of two texts.

function showTooltip(event, title, rows) {
  const tooltip = byId("tooltip");
  tooltip.replaceChildren(
    html("b", {}, title),
    ...rows.map(([name, value]) => html("div", { class: "row" }, html("span", {}, name), html("span", {}, value))));
  tooltip.hidden = false;
  const box = tooltip.getBoundingClientRect();
  const x = event.clientX + 16 + box.width > innerWidth ? event.clientX - 16 - box.width : event.clientX + 16;
  const y = Math.min(event.clientY + 14, innerHeight - box.height - 8);
  tooltip.style.left = `${Math.max(x, 8)}px`;
  tooltip.style.top = `${Math.max(y, 8)}px`;
}
function hideTooltip() {
  byId("tooltip").hidden = true;
}
// Attributes of an element that has one.
const tooltipOf = (title, rows) => ({ onmousemove: (event) => showTooltip(event, title, rows()), onmouseleave: hideTooltip });

// Round numbers that divide [0, most] or [from, to] into about `count` parts.
function ticks(from, to, count) {
  const rough = (to - from) / count;
  if (!(rough > 0)) return [from];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough);
  const result = [];
  for (let i = Math.ceil(from / step); i * step <= to; i += 1) result.push(i * step);
  return result;
}

function choice(label, options, chosen, onchange) {
  const select = html("select", { onchange: () => onchange(select.value) },
    ...options.map(([value, text]) => html("option", { value, selected: value === chosen }, text)));
  return html("label", {}, label, select);
}

// A table whose columns sort: {title, value(row), text(row), kind: "text" | "code" | "bar"}.
function table(columns, rows, sortedBy) {
  if (rows.length === 0) return html("p", { class: "nothing" }, "Nothing was seen.");
  let column = sortedBy;
  let descending = true;
  const body = html("tbody", {});
  const most = columns.map((c) => (c.kind === "bar" ? Math.max(...rows.map(c.value), 0) : 0));
  const cell = (c, row, i) => {
    const classes = [c.kind === "bar" ? "bar" : "", c.kind === "code" ? "code" : "", c.kind === "text" || c.kind === "code" ? "text" : ""];
    const part = c.kind === "bar" && most[i] > 0 ? (100 * c.value(row)) / most[i] : 0;
    return html("td", { class: classes.join(" ").trim() || undefined, style: part > 0 ? `--part:${part.toFixed(1)}%` : undefined },
      c.text ? c.text(row) : String(c.value(row)));
  };
  const heads = columns.map((c, i) =>
    html("th", { class: c.kind === "text" || c.kind === "code" ? "text" : undefined, onclick: () => sortBy(i) }, c.title));
  function sortBy(i) {
    descending = column === i ? !descending : columns[i].kind !== "text";
    column = i;
    draw();
  }
  function draw() {
    const key = columns[column].value;
    const order = [...rows].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0) * (descending ? -1 : 1));
    heads.forEach((head, i) => head.setAttribute("aria-sort", i === column ? (descending ? "descending" : "ascending") : "none"));
    body.replaceChildren(...order.map((row) => html("tr", {}, ...columns.map((c, i) => cell(c, row, i)))));
  }
  draw();
  return html("table", {}, html("thead", {}, html("tr", {}, ...heads)), body);
}
