// How long accesses took: histograms over a logarithmic time, reads and writes apart.
"use strict";

// The buckets of several rows as one list of [first, last, count], and what they amount to.
function addedLatency(rows, kind) {
  const buckets = new Map();
  let count = 0;
  let sum = 0;
  let min = Infinity;
  let max = 0;
  for (const row of rows) {
    const latency = row[kind];
    if (latency.count === 0) continue;
    count += latency.count;
    sum += latency.count * latency.mean;
    min = Math.min(min, latency.min);
    max = Math.max(max, latency.max);
    for (const [first, last, number] of latency.buckets) {
      const known = buckets.get(first);
      buckets.set(first, [first, last, number + (known ? known[2] : 0)]);
    }
  }
  const sorted = [...buckets.values()].sort((a, b) => a[0] - b[0]);
  return { count, mean: count > 0 ? sum / count : 0, min: count > 0 ? min : 0, max, buckets: sorted };
}

function quantile(latency, q) {
  let left = q * latency.count;
  for (const [, last, number] of latency.buckets) {
    left -= number;
    if (left <= 0) return Math.min(last, latency.max);
  }
  return latency.max;
}

const latencyChoice = { initiator: "all", region: "all" };

function drawLatency() {
  const used = (key) => [...new Set(data.traffic.map((row) => row[key]))];
  const options = (names, key) => [["all", "all"], ...used(key).map((i) => [String(i), names[i]])];
  byId("latency-tools").replaceChildren(
    choice("Initiator", options(data.initiators, "initiator"), latencyChoice.initiator, (value) => {
      latencyChoice.initiator = value;
      drawLatency();
    }),
    choice("Region", options(data.regions, "region"), latencyChoice.region, (value) => chooseRegion(value === "all" ? null : Number(value))));
  const rows = data.traffic.filter((row) =>
    (latencyChoice.initiator === "all" || row.initiator === Number(latencyChoice.initiator)) &&
    (latencyChoice.region === "all" || row.region === Number(latencyChoice.region)));
  const series = [
    { name: "reads", colour: "var(--read)", latency: addedLatency(rows, "read_latency") },
    { name: "writes", colour: "var(--write)", latency: addedLatency(rows, "write_latency") },
  ].filter((one) => one.latency.count > 0);
  byId("latency-legend").replaceChildren(...series.map((one) =>
    html("span", { class: "entry" }, html("span", { class: "swatch", style: `background:${one.colour}` }), one.name)));
  byId("latency-chart").replaceChildren(
    series.length > 0 ? latencyChart(series) : html("p", { class: "nothing" }, "No transactions."));
  byId("latency-numbers").replaceChildren(...(series.length > 0 ? [latencyNumbers(series)] : []));
}

// Where a time is on the axis: 0 has a place of its own at the left, and all of it if nothing took any time.
function latencyAxis(series) {
  const width = plot.width - plot.left - plot.right;
  const positive = series.flatMap((one) => one.latency.buckets).filter(([, last]) => last > 0);
  if (positive.length === 0) return { x: () => plot.left, from: 0, to: -1, zero: width };
  const low = Math.min(...positive.map(([first]) => Math.max(first, 1)));
  const high = Math.max(...positive.map(([, last]) => last), low * 10);
  const from = Math.floor(Math.log10(low) * 4 - 0.5) / 4;
  const to = Math.max(Math.ceil(Math.log10(high) * 4 + 0.5) / 4, from + 1);
  const zero = series.some((one) => one.latency.buckets.some(([, last]) => last === 0)) ? 34 : 0;
  const left = plot.left + zero;
  const x = (time) => (time <= 0 ? plot.left : left + ((Math.log10(time) - from) / (to - from)) * (width - zero));
  return { x, from, to, zero };
}

function latencyChart(series) {
  const height = 210;
  const bottom = height - 24;
  const axis = latencyAxis(series);
  const chart = svg("svg", { viewBox: `0 0 ${plot.width} ${height}`, id: "latency-svg", role: "img" });
  if (axis.zero > 0) chart.append(svg("text", { x: plot.left + 10, y: height - 8, "text-anchor": "middle" }, "0"));
  const decades = axis.to - axis.from;
  for (let power = Math.ceil(axis.from); power <= axis.to; power += 1) {
    for (const factor of decades * 3 <= labelsBelow() ? [1, 2, 5] : [1]) {
      const time = factor * 10 ** power;
      if (Math.log10(time) > axis.to) continue;
      chart.append(
        svg("line", { class: "grid", x1: axis.x(time), x2: axis.x(time), y1: plot.top, y2: bottom }),
        svg("text", { x: axis.x(time), y: height - 8, "text-anchor": "middle" }, timeText(time)));
    }
  }
  const total = series.reduce((sum, one) => sum + one.latency.count, 0);
  const most = Math.max(...series.flatMap((one) => one.latency.buckets.map(([, , number]) => number)));
  const y = (number) => bottom - Math.max((number / most) * (bottom - plot.top - 6), number > 0 ? 1.5 : 0);
  for (const value of ticks(0, most, 3)) {
    chart.append(
      svg("line", { class: "grid", x1: plot.left, x2: plot.width - plot.right, y1: y(value), y2: y(value) }),
      svg("text", { x: plot.left - 8, y: y(value) + 4, "text-anchor": "end" }, countText(value)));
  }
  chart.append(svg("line", { class: "axis", x1: plot.left, x2: plot.width - plot.right, y1: bottom, y2: bottom }));
  series.forEach((one, i) => {
    for (const [first, last, number] of one.latency.buckets) {
      const begin = last === 0 ? plot.left + 3 : axis.x(Math.max(first, 1));
      const end = last === 0 ? plot.left + 18 : axis.x(last + 1);
      // Side by side within a bucket, and never thinner than can be seen.
      const width = Math.max((end - begin) / series.length, 3);
      chart.append(svg("rect", {
        class: "bucket", x: begin + i * width, y: y(number), width: Math.max(width - 1, 2), height: bottom - y(number), rx: 1.5, fill: one.colour,
        ...tooltipOf(first === last ? timeText(first) : `${timeText(first)} \u2013 ${timeText(last)}`,
          () => [[one.name, exactText(number)], ["of all", percentText(number, total)]]),
      }));
    }
  });
  return chart;
}

function latencyNumbers(series) {
  const heads = ["", "accesses", "mean", "median", "90\u202f%", "99\u202f%", "most"];
  return html("div", { class: "numbers" }, ...heads.map((head) => html("span", { class: "head" }, head)),
    ...series.flatMap(({ name, colour, latency }) => [
      html("span", { class: "name" }, html("span", { class: "swatch", style: `background:${colour}` }), name),
      ...[exactText(latency.count), timeText(latency.mean), timeText(quantile(latency, 0.5)), timeText(quantile(latency, 0.9)),
        timeText(quantile(latency, 0.99)), timeText(latency.max)].map((text) => html("span", {}, text))]));
}
