// The page: summary, tables, and what happens when a region is chosen.
"use strict";

function drawSummary() {
  byId("title").textContent = data.title;
  byId("subtitle").textContent = data.subtitle;
  const total = (value) => regionTotals.reduce((sum, region) => sum + value(region), 0);
  const errors = total((region) => region.errors);
  const facts = [
    [timeText(data.simulated_ps), "simulated"],
    [countText(total((region) => region.transactions)), "transactions"],
    [bytesText(total((region) => region.bytes)), "moved"],
    [timeText(total((region) => region.latency) / Math.max(total((region) => region.reads + region.writes), 1)), "mean latency"],
    [countText(data.dmi.counts[0]), "DMI grants"],
    [countText(data.dmi.counts[2]), "DMI invalidations"],
    ...(errors > 0 ? [[countText(errors), "error responses", "bad"]] : []),
    ...data.facts.map(({ name, value }) => (/^\d{5,}$/.test(value) ? [countText(Number(value)), name] : [value, name])),
  ];
  byId("summary").replaceChildren(...facts.map(([value, name, kind]) =>
    html("div", { class: kind ? `fact ${kind}` : "fact" }, html("b", {}, value), html("span", {}, name))));
}

const meanText = (latency) => (latency.count > 0 ? timeText(latency.mean) : "\u2013");

function drawTables() {
  const seen = regionTotals.filter((region) => region.transactions + region.grants + region.invalidations > 0);
  byId("regions-table").replaceChildren(table([
    { title: "region", kind: "text", value: (row) => row.name },
    { title: "reads", value: (row) => row.reads, text: (row) => exactText(row.reads) },
    { title: "writes", value: (row) => row.writes, text: (row) => exactText(row.writes) },
    { title: "bytes", kind: "bar", value: (row) => row.bytes, text: (row) => bytesText(row.bytes) },
    { title: "mean latency", value: meanLatency, text: (row) => (row.reads + row.writes > 0 ? timeText(meanLatency(row)) : "\u2013") },
    { title: "errors", value: (row) => row.errors, text: (row) => exactText(row.errors) },
    { title: "DMI grants", value: (row) => row.grants, text: (row) => exactText(row.grants) },
    { title: "invalidations", value: (row) => row.invalidations, text: (row) => exactText(row.invalidations) },
  ], seen, 3));
  const allBytes = seen.reduce((sum, region) => sum + region.bytes, 0);
  const bytesOf = (row) => row.bytes_read + row.bytes_written;
  byId("pairs-table").replaceChildren(table([
    { title: "initiator", kind: "text", value: (row) => data.initiators[row.initiator] },
    { title: "region", kind: "text", value: (row) => data.regions[row.region] },
    { title: "reads", value: (row) => row.reads, text: (row) => exactText(row.reads) },
    { title: "writes", value: (row) => row.writes, text: (row) => exactText(row.writes) },
    { title: "bytes", kind: "bar", value: bytesOf, text: (row) => bytesText(bytesOf(row)) },
    { title: "share", value: bytesOf, text: (row) => percentText(bytesOf(row), allBytes) },
    { title: "read latency", value: (row) => row.read_latency.mean, text: (row) => meanText(row.read_latency) },
    { title: "write latency", value: (row) => row.write_latency.mean, text: (row) => meanText(row.write_latency) },
    { title: "errors", value: (row) => row.errors, text: (row) => exactText(row.errors) },
  ], data.traffic, 4));
  byId("pages-table").replaceChildren(table([
    { title: "region", kind: "text", value: (row) => data.regions[row.region] },
    { title: "offset", kind: "code", value: (row) => Number(row.offset), text: (row) => addressText(row.offset) },
    // The count may be too high by as many as `error` says.
    { title: "accesses", kind: "bar", value: (row) => row.count, text: (row) => (row.error > 0 ? "\u2264\u202f" : "") + exactText(row.count) },
    { title: "share", value: (row) => row.count, text: (row) => percentText(row.count, data.hot_pages.total) },
  ], data.hot_pages.pages, 2));
  byId("waits").hidden = data.waits.length === 0;
  byId("waits-table").replaceChildren(table([
    { title: "region", kind: "text", value: (row) => data.regions[row.region] },
    { title: "who waited", kind: "text", value: (row) => data.initiators[row.waiter] },
    { title: "for whom", kind: "text", value: (row) => data.initiators[row.behind] },
    { title: "times", value: (row) => row.waits, text: (row) => exactText(row.waits) },
    { title: "in all", kind: "bar", value: (row) => row.time, text: (row) => timeText(row.time) },
    { title: "each", value: (row) => row.time / row.waits, text: (row) => timeText(row.time / row.waits) },
  ], data.waits, 4));
}

function drawInvalidations() {
  const kMost = 1000;
  const back = dmiEvents.filter(isTakenBack);
  byId("invalidations").hidden = back.length === 0;
  byId("invalidations-summary").textContent = back.length > kMost
    ? `The latest ${exactText(kMost)} of ${exactText(data.dmi.counts[2] + data.dmi.counts[3])}.`
    : "What initiators were told to forget, and why.";
  byId("invalidations-table").replaceChildren(table([
    { title: "time", kind: "text", value: (row) => row.time, text: (row) => timeText(row.time) },
    { title: "initiator", kind: "text", value: (row) => data.initiators[row.initiator] },
    { title: "region", kind: "text", value: (row) => data.regions[row.region] },
    { title: "addresses", kind: "code", value: (row) => Number(row.first), text: (row) => `${addressText(row.first)} \u2013 ${addressText(row.last)}` },
    { title: "what", kind: "text", value: (row) => data.dmi.events_text[row.kind] },
    { title: "why", kind: "text", value: causeText },
  ], back.slice(-kMost), 0));
}

let chosenRegion = null;
function chooseRegion(region) {
  chosenRegion = region === chosenRegion ? null : region;
  latencyChoice.region = chosenRegion === null ? "all" : String(chosenRegion);
  drawMap(chosenRegion, chooseRegion);
  drawLatency();
}

// Of the two columns the shorter one has room for the hot pages.
function placeHotPages() {
  const pages = byId("pages");
  pages.remove();
  const [left, right] = document.querySelectorAll(".stack");
  (left.offsetHeight <= right.offsetHeight ? left : right).append(pages);
}

function drawAll() {
  setPlotWidth();
  drawSummary();
  drawMap(chosenRegion, chooseRegion);
  drawBandwidth();
  drawDmi();
  drawLatency();
  drawTables();
  drawInvalidations();
  placeHotPages();
}

const darkScheme = matchMedia("(prefers-color-scheme: dark)");
function useTheme(name) {
  document.documentElement.dataset.theme = name;
  drawAll();
}
byId("theme").addEventListener("click", () => useTheme(theme() === "dark" ? "light" : "dark"));
darkScheme.addEventListener("change", () => useTheme(darkScheme.matches ? "dark" : "light"));
useTheme(darkScheme.matches ? "dark" : "light");
addEventListener("resize", drawAll);
document.documentElement.dataset.drawn = "true";
