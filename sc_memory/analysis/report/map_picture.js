// The memory map as a column, lowest address at the top, coloured by what was accessed. Heights grow with the logarithm
// of sizes, so that a register block and a gigabyte fit on one page; holes are narrow.
"use strict";

const regionTotals = (() => {
  const totals = data.regions.map((name) => ({
    name, reads: 0, writes: 0, transactions: 0, bytes: 0, errors: 0, latency: 0, grants: 0, invalidations: 0,
  }));
  for (const row of data.traffic) {
    const total = totals[row.region];
    total.reads += row.reads;
    total.writes += row.writes;
    total.transactions += row.reads + row.writes + row.ignored;
    total.bytes += row.bytes_read + row.bytes_written;
    total.errors += row.errors;
    total.latency += row.reads * row.read_latency.mean + row.writes * row.write_latency.mean;
  }
  for (const [region, counts] of Object.entries(data.dmi.by_region)) {
    totals[region].grants = counts.grants;
    totals[region].invalidations = counts.invalidations;
  }
  return totals;
})();
const meanLatency = (total) => (total.reads + total.writes > 0 ? total.latency / (total.reads + total.writes) : 0);

const kMetrics = {
  bytes: { title: "bytes", value: (total) => total.bytes, text: bytesText },
  transactions: { title: "transactions", value: (total) => total.transactions, text: countText },
  latency: { title: "mean latency", value: meanLatency, text: timeText },
  invalidations: { title: "DMI invalidations", value: (total) => total.invalidations, text: countText },
};

function drawMap(chosenRegion, choose) {
  const state = drawMap.state || (drawMap.state = { metric: "bytes", space: "0" });
  const redraw = () => drawMap(chosenRegion, choose);
  byId("map-tools").replaceChildren(
    choice("Colour", Object.entries(kMetrics).map(([key, metric]) => [key, metric.title]), state.metric, (value) => {
      state.metric = value;
      redraw();
    }),
    ...(data.map.length > 1
      ? [choice("Address space", data.map.map((space, i) => [String(i), space.name]), state.space, (value) => {
          state.space = value;
          redraw();
        })]
      : []));
  const space = data.map[Number(state.space)];
  if (!space || space.ranges.length === 0) {
    byId("map-picture").replaceChildren(html("p", { class: "nothing" }, "The map is empty."));
    return;
  }
  byId("map-picture").replaceChildren(mapPicture(layOut(space.ranges), kMetrics[state.metric], chosenRegion, choose));
}

// Bands with their place on the page; a hole has no range.
function layOut(ranges) {
  const bands = [];
  let y = 8;
  let next = 0n;
  for (const range of ranges) {
    const first = BigInt(range.first);
    const last = BigInt(range.last);
    if (first > next) {
      bands.push({ size: first - next, top: y, height: 15 });
      y += 15;
    }
    const bits = Math.log2(Number(last - first) + 1);
    const height = 21 + Math.max(0, bits - 12) * 1.7;
    bands.push({ range, first, last, size: last - first + 1n, top: y, height });
    y += height;
    next = last + 1n;
  }
  if (next < 1n << 64n) bands.push({ size: (1n << 64n) - next, top: y, height: 15 });
  return bands;
}

const sizeText = (size) => scaled(Number(size), 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]);

function mapPicture(bands, metric, chosenRegion, choose) {
  const kLeft = 104;
  const kWidth = 232;
  const kBar = 92;
  const most = Math.max(...regionTotals.map(metric.value), 0);
  // Traffic differs by orders of magnitude: what matters is which.
  const part = (value) => (most > 0 && value > 0 ? 0.12 + 0.88 * (Math.log10(1 + (999 * value) / most) / 3) : 0);
  const bottom = bands[bands.length - 1].top + bands[bands.length - 1].height;
  const picture = svg("svg", { viewBox: `0 0 ${kLeft + kWidth + kBar + 12} ${bottom + 8}`, role: "img", "aria-label": "Memory map" });
  for (const band of bands) {
    const middle = band.top + band.height / 2 + 4;
    if (!band.range) {
      picture.append(
        svg("rect", { class: "hole", x: kLeft, y: band.top, width: kWidth, height: band.height }),
        svg("text", { x: kLeft + kWidth / 2, y: band.top + 11, "text-anchor": "middle", style: "font-size:9px" }, `${sizeText(band.size)} unused`));
      continue;
    }
    const total = regionTotals[band.range.region];
    const value = metric.value(total);
    const colour = heatColour(part(value));
    const rows = () => [
      ["addresses", `${addressText(band.first)} \u2013 ${addressText(band.last)}`],
      ["kind", band.range.kind + (band.range.readonly ? ", read-only" : "")],
      ["size", sizeText(band.size)],
      ["reads", exactText(total.reads)],
      ["writes", exactText(total.writes)],
      ["bytes", bytesText(total.bytes)],
      ["mean latency", timeText(meanLatency(total))],
      ["DMI grants", exactText(total.grants)],
      ["invalidations", exactText(total.invalidations)],
    ];
    const name = total.name.length > 26 ? total.name.slice(0, 25) + "\u2026" : total.name;
    picture.append(
      svg("rect", {
        class: band.range.region === chosenRegion ? "band chosen" : "band", "data-region": total.name, "data-value": value,
        x: kLeft, y: band.top, width: kWidth, height: band.height, rx: 3, fill: colour,
        onclick: () => choose(band.range.region), ...tooltipOf(total.name, rows),
      }),
      svg("text", { class: "label", x: kLeft + 9, y: middle, style: `fill:${inkOn(colour)};pointer-events:none` }, name),
      svg("text", { class: "address", x: kLeft - 8, y: band.top + 12, "text-anchor": "end" }, addressText(band.first)));
    if (value > 0) {
      picture.append(
        svg("rect", { x: kLeft + kWidth + 6, y: band.top + band.height / 2 + 3, width: Math.max((kBar - 10) * (value / most), 1.5), height: 4, rx: 2, fill: "var(--accent)" }),
        svg("text", { x: kLeft + kWidth + 6, y: band.top + band.height / 2 - 1, style: "font-size:10px" }, metric.text(value)));
    }
    picture.append(...hotMarks(band, kLeft + kWidth));
  }
  return picture;
}

// A mark at the right edge of a band for each of its hot pages.
function hotMarks(band, x) {
  const begin = BigInt(band.range.offset);
  const marks = [];
  for (const page of data.hot_pages.pages.slice(0, 32)) {
    const offset = BigInt(page.offset);
    if (page.region !== band.range.region || offset < begin || offset >= begin + band.size) continue;
    const y = band.top + band.height * (Number(offset - begin) / Number(band.size));
    marks.push(svg("line", { class: "hot", x1: x - 8, x2: x, y1: y + 1, y2: y + 1 }));
  }
  return marks;
}
