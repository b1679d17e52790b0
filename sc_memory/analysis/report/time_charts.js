// Bandwidth and direct memory access over simulated time, with one zoom for both.
"use strict";

// Of all charts; as wide as the page has room for, so that texts keep their size.
const plot = { width: 860, left: 74, right: 12, top: 8 };
const setPlotWidth = () => {
  plot.width = Math.max(byId("bandwidth-chart").clientWidth, 300);
};
// So many labels of a time fit below a chart.
const labelsBelow = () => Math.floor((plot.width - plot.left) / 105);

const timeSpan = { from: 0, to: Math.max(data.simulated_ps, 1) };
const hiddenInitiators = new Set();

const timeX = (time) =>
  plot.left + ((time - timeSpan.from) / (timeSpan.to - timeSpan.from)) * (plot.width - plot.left - plot.right);
const timeAt = (x) =>
  timeSpan.from + ((x - plot.left) / (plot.width - plot.left - plot.right)) * (timeSpan.to - timeSpan.from);

// A chart with a time axis below, in which dragging zooms.
function timeChart(id, height) {
  const bottom = height - 24;
  const chart = svg("svg", { viewBox: `0 0 ${plot.width} ${height}`, id, role: "img" });
  for (const time of ticks(timeSpan.from, timeSpan.to, labelsBelow())) {
    chart.append(
      svg("line", { class: "grid", x1: timeX(time), x2: timeX(time), y1: plot.top, y2: bottom }),
      svg("text", { x: timeX(time), y: height - 8, "text-anchor": "middle" }, timeText(time)));
  }
  chart.append(svg("line", { class: "axis", x1: plot.left, x2: plot.width - plot.right, y1: bottom, y2: bottom }));
  addZoom(chart, bottom);
  return chart;
}

function addZoom(chart, bottom) {
  const selection = svg("rect", { class: "selection", y: plot.top, height: bottom - plot.top, width: 0 });
  let began = null;
  const place = (event) => {
    const box = chart.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * plot.width;
    return Math.min(Math.max(x, plot.left), plot.width - plot.right);
  };
  chart.append(selection);
  chart.addEventListener("pointerdown", (event) => {
    began = place(event);
    event.preventDefault();
  });
  chart.addEventListener("pointermove", (event) => {
    if (began === null) return;
    const now = place(event);
    selection.setAttribute("x", Math.min(began, now));
    selection.setAttribute("width", Math.abs(now - began));
  });
  const finish = (event) => {
    if (began === null) return;
    const edges = [began, place(event)].sort((a, b) => a - b);
    began = null;
    selection.setAttribute("width", 0);
    if (edges[1] - edges[0] > 6) zoomTo(timeAt(edges[0]), timeAt(edges[1]));
  };
  chart.addEventListener("pointerup", finish);
  chart.addEventListener("pointerleave", finish);
  chart.addEventListener("dblclick", () => zoomTo(0, Math.max(data.simulated_ps, 1)));
}

function zoomTo(from, to) {
  timeSpan.from = from;
  timeSpan.to = to;
  drawBandwidth();
  drawDmi();
}

// Bandwidth: one line for each initiator, in bytes a second.

function initiatorLegend(initiators) {
  return initiators.map((initiator) =>
    html("button", {
      type: "button", "aria-pressed": String(!hiddenInitiators.has(initiator)),
      onclick: () => {
        if (!hiddenInitiators.delete(initiator)) hiddenInitiators.add(initiator);
        drawBandwidth();
        drawDmi();
      },
    }, html("span", { class: "swatch", style: `background:${seriesColour(initiator)}` }), data.initiators[initiator]));
}

function drawBandwidth() {
  const { width_ps: width, series } = data.bandwidth;
  byId("bandwidth-legend").replaceChildren(...initiatorLegend(series.map((one) => one.initiator)));
  const shown = series.filter((one) => !hiddenInitiators.has(one.initiator));
  const first = Math.max(Math.floor(timeSpan.from / width), 0);
  const end = Math.min(Math.ceil(timeSpan.to / width), Math.ceil(Math.max(data.simulated_ps, 1) / width));
  // The last bucket may be cut short by the end of the simulation.
  const spanOf = (i) => Math.min(width, Math.max(data.simulated_ps - i * width, width / 100));
  const rate = (one, i) => ((one.bytes[i] || 0) * 1e12) / spanOf(i);
  let most = 1;
  for (const one of shown) for (let i = first; i < end; i += 1) most = Math.max(most, rate(one, i));
  const height = 240;
  const bottom = height - 24;
  const chart = timeChart("bandwidth-svg", height);
  const y = (value) => bottom - (value / (most * 1.06)) * (bottom - plot.top - 4);
  for (const value of ticks(0, most, 4)) {
    chart.append(
      svg("line", { class: "grid", x1: plot.left, x2: plot.width - plot.right, y1: y(value), y2: y(value) }),
      svg("text", { x: plot.left - 8, y: y(value) + 4, "text-anchor": "end" }, rateText(value)));
  }
  for (const one of shown) chart.append(...bandwidthLine(one, rate, first, end, width, y, bottom));
  if (shown.length > 0) chart.append(...bandwidthCursor(shown, rate, width, bottom));
  byId("bandwidth-chart").replaceChildren(
    series.length > 0 ? chart : html("p", { class: "nothing" }, "No transaction moved data. Direct accesses are seen only by probes that hold them back."));
}

// Steps, since a bucket is a mean over its width.
function bandwidthLine(one, rate, first, end, width, y, bottom) {
  const left = plot.left;
  const right = plot.width - plot.right;
  const clamp = (x) => Math.min(Math.max(x, left), right).toFixed(1);
  let path = "";
  for (let i = first; i < end; i += 1) {
    const height = y(rate(one, i)).toFixed(1);
    path += `${path === "" ? "M" : "L"}${clamp(timeX(i * width))},${height}L${clamp(timeX(Math.min((i + 1) * width, data.simulated_ps)))},${height}`;
  }
  const colour = seriesColour(one.initiator);
  return [
    svg("path", { d: `${path}L${clamp(timeX(end * width))},${bottom}L${clamp(timeX(first * width))},${bottom}Z`, fill: colour, opacity: 0.1 }),
    svg("path", { class: "line", "data-initiator": data.initiators[one.initiator], d: path, fill: "none", stroke: colour, "stroke-width": 1.6, "stroke-linejoin": "round" }),
  ];
}

function bandwidthCursor(shown, rate, width, bottom) {
  const cursor = svg("line", { class: "cursor", y1: plot.top, y2: bottom, visibility: "hidden" });
  const sheet = svg("rect", { x: plot.left, y: plot.top, width: plot.width - plot.left - plot.right, height: bottom - plot.top, fill: "transparent" });
  sheet.addEventListener("mousemove", (event) => {
    const box = sheet.getBoundingClientRect();
    const x = plot.left + ((event.clientX - box.left) / box.width) * (plot.width - plot.left - plot.right);
    const i = Math.floor(timeAt(x) / width);
    fill(cursor, { x1: x, x2: x, visibility: "visible" }, []);
    showTooltip(event, `${timeText(i * width)} \u2013 ${timeText(Math.min((i + 1) * width, data.simulated_ps))}`,
      shown.map((one) => [data.initiators[one.initiator], rateText(rate(one, i))]));
  });
  sheet.addEventListener("mouseleave", () => {
    cursor.setAttribute("visibility", "hidden");
    hideTooltip();
  });
  return [cursor, sheet];
}

// Direct memory access: a lane for each initiator; grants above, what was taken back below, by cause.

const kCauseColours = {
  light: ["#cf3b3a", "#d4a017", "#7c5cc4", "#1a9c6e", "#e0752d", "#4c8f1f", "#d24a7c", "#6b7684", "#0e8a9c"],
  dark: ["#ec7170", "#d9b13b", "#a68cf0", "#35b98a", "#e58a4a", "#7fb852", "#e2719b", "#98a3b0", "#4fc3d4"],
};
const causeColour = (cause) => kCauseColours[theme()][cause % kCauseColours.light.length];
const dmiEvents = data.dmi.events.map(([time, kind, initiator, region, first, last, cause, now]) =>
  ({ time, kind, initiator, region, first, last, cause, now }));
const kGranted = 0;
const kRefused = 1;
const isTakenBack = (event) => event.kind > kRefused;

function causeText(event) {
  const cause = data.dmi.causes[event.cause];
  if (event.cause !== 0) return `${cause}: of ${data.regions[event.region]}`;
  return event.now === event.region ? `${cause}: ${data.regions[event.region]} is served otherwise`
                                    : `${cause}: ${data.regions[event.now]} is there instead of ${data.regions[event.region]}`;
}

function drawDmi() {
  const counts = data.dmi.counts;
  byId("dmi-summary").textContent = `${counted(counts[0], "grant")} and ${counted(counts[1], "refusal")}; ` +
    `${counted(counts[2], "grant")} and ${counted(counts[3], "refusal")} taken back.` +
    (data.dmi.dropped > 0 ? ` The latest ${exactText(dmiEvents.length)} of these events are drawn.` : "");
  const causes = data.dmi.causes.map((text, i) => [text, i]).filter(([, i]) => data.dmi.cause_counts[i] > 0);
  byId("dmi-legend").replaceChildren(...(dmiEvents.length === 0 ? [] : [
    html("span", { class: "entry" }, html("span", { class: "swatch", style: "background:var(--accent)" }), "granted"),
    html("span", { class: "entry" }, html("span", { class: "swatch", style: "background:var(--faint)" }), "refused"),
    ...causes.map(([text, i]) =>
      html("span", { class: "entry" }, html("span", { class: "swatch", style: `background:${causeColour(i)}` }), `taken back by ${text}`))]));
  const lanes = [...new Set(dmiEvents.map((event) => event.initiator))].filter((lane) => !hiddenInitiators.has(lane)).sort((a, b) => a - b);
  if (dmiEvents.length === 0) {
    byId("dmi-chart").replaceChildren(html("p", { class: "nothing" }, "Nobody asked for direct memory access."));
    return;
  }
  const height = 32 + Math.max(lanes.length, 1) * 46;
  const chart = timeChart("dmi-svg", height);
  lanes.forEach((lane, i) => {
    const middle = plot.top + 22 + i * 46;
    const name = data.initiators[lane];
    chart.append(
      svg("text", { x: plot.left - 8, y: middle + 4, "text-anchor": "end" }, name.length > 11 ? name.slice(0, 10) + "\u2026" : name),
      svg("line", { class: "axis", x1: plot.left, x2: plot.width - plot.right, y1: middle, y2: middle }),
      ...dmiMarks(dmiEvents.filter((event) => event.initiator === lane), middle));
  });
  byId("dmi-chart").replaceChildren(chart);
}

// Events that fall on one place become one mark, the higher the more.
function dmiMarks(events, middle) {
  const groups = new Map();
  for (const event of events) {
    if (event.time < timeSpan.from || event.time > timeSpan.to) continue;
    const x = Math.round(timeX(event.time) / 3) * 3;
    const key = `${x} ${event.kind > kRefused ? `back ${event.cause}` : event.kind}`;
    if (!groups.has(key)) groups.set(key, { x, events: [] });
    groups.get(key).events.push(event);
  }
  return [...groups.values()].map(({ x, events: group }) => {
    const one = group[0];
    const length = Math.min(7 + 4 * Math.log2(group.length), 20);
    const colour = isTakenBack(one) ? causeColour(one.cause) : one.kind === kGranted ? "var(--accent)" : "var(--faint)";
    const title = group.length === 1 ? data.dmi.events_text[one.kind] : `${group.length} times ${data.dmi.events_text[one.kind]}`;
    const rows = () => group.slice(0, 6).flatMap((event) => [
      [timeText(event.time), `${data.regions[event.region]} ${addressText(event.first)} \u2013 ${addressText(event.last)}`],
      ...(isTakenBack(event) ? [["why", causeText(event)]] : []),
    ]).concat(group.length > 6 ? [["", `and ${group.length - 6} more`]] : []);
    return svg("line", {
      class: isTakenBack(one) ? "dmi-mark back" : "dmi-mark", x1: x, x2: x, y1: middle, y2: isTakenBack(one) ? middle + length : middle - length,
      stroke: colour, "stroke-width": 2.6, "stroke-linecap": "round", ...tooltipOf(title, rows),
    });
  });
}
