// Put at the end of a report by tests/browser.sh: uses the page as somebody would, compares what is drawn with the data,
// and leaves the result in the document.
"use strict";

const failures = [];
let checks = 0;
function check(condition, what) {
  checks += 1;
  if (!condition) failures.push(what);
}
const all = (selector) => [...document.querySelectorAll(selector)];
const rowsOf = (id) => all(`#${id} tbody tr`);
const inView = (element) => element.getBoundingClientRect().width > 0 && element.getBoundingClientRect().height > 0;
function drag(chart, from, to) {
  const box = chart.getBoundingClientRect();
  const at = (part) => ({ clientX: box.left + part * box.width, clientY: box.top + box.height / 2, bubbles: true });
  chart.dispatchEvent(new PointerEvent("pointerdown", at(from)));
  chart.dispatchEvent(new PointerEvent("pointermove", at(to)));
  chart.dispatchEvent(new PointerEvent("pointerup", at(to)));
}

try {
  check(document.documentElement.dataset.drawn === "true", "the page was drawn to its end");
  check(byId("title").textContent === data.title, "the title");
  check(all("#summary .fact").length >= 6 && all("#summary .fact").every(inView), "facts of the summary");

  // The map: a band for each range, the most accessed one in the strongest colour, none outside the picture.
  const bands = all("#map-picture .band");
  check(bands.length === data.map[0].ranges.length, `a band for each of ${data.map[0].ranges.length} ranges`);
  check(bands.every(inView), "every band has a size");
  const tops = bands.map((band) => Number(band.getAttribute("y")));
  check(tops.every((y, i) => i === 0 || y > tops[i - 1]), "bands go down with addresses");
  const values = bands.map((band) => Number(band.dataset.value));
  const hottest = bands[values.indexOf(Math.max(...values))];
  check(hottest.getAttribute("fill") === heatColour(1), "the hottest region has the strongest colour");
  check(bands.filter((band) => band.dataset.value === "0").every((band) => band.getAttribute("fill") === heatColour(0)), "untouched regions have no heat");

  // Bandwidth: a line for each initiator that moved data; hiding, zooming.
  const lines = () => all("#bandwidth-svg .line");
  check(lines().length === data.bandwidth.series.length, `a line for each of ${data.bandwidth.series.length} initiators`);
  check(lines().every((line) => !/NaN|Infinity/.test(line.getAttribute("d"))), "lines have numbers");
  all("#bandwidth-legend button")[0].click();
  check(lines().length === data.bandwidth.series.length - 1, "a click in the legend hides a line");
  all("#bandwidth-legend button")[0].click();
  check(lines().length === data.bandwidth.series.length, "another shows it again");
  const everything = timeSpan.to - timeSpan.from;
  drag(byId("bandwidth-svg"), 0.3, 0.6);
  check(timeSpan.to - timeSpan.from < 0.5 * everything && timeSpan.from > 0, "dragging zooms in");
  check(lines().every((line) => !/NaN|Infinity/.test(line.getAttribute("d"))), "zoomed lines have numbers");
  byId("bandwidth-svg").dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
  check(timeSpan.to - timeSpan.from === everything, "a double click shows everything again");

  // Direct memory access: marks for what happened, in each cause's colour, and the reasons in the table.
  const back = dmiEvents.filter(isTakenBack);
  check(all(".dmi-mark").length > 0 === dmiEvents.length > 0, "DMI events are drawn");
  check(all(".dmi-mark.back").length > 0 === back.length > 0, "invalidations are drawn");
  check(rowsOf("invalidations-table").length === Math.min(back.length, 1000), "a row for each invalidation");
  const whys = rowsOf("invalidations-table").map((row) => row.lastChild.textContent);
  check(whys.every((why) => data.dmi.causes.some((cause) => why.startsWith(cause))), "every invalidation has its cause");

  // Latencies: bars, and the numbers below; choosing a region by a click on the map.
  check(all("#latency-chart .bucket").length > 0, "latency bars");
  check(all("#latency-chart .bucket").every((bar) => Number(bar.getAttribute("height")) > 0), "bars have a height");
  const accesses = () => all(".numbers .name").map((name) => Number(name.nextSibling.textContent.replace(/,/g, ""))).reduce((a, b) => a + b, 0);
  const most = data.regions.indexOf(hottest.dataset.region);
  const count = (rows) => rows.reduce((sum, row) => sum + row.reads + row.writes, 0);
  check(accesses() === count(data.traffic), "all accesses are in the distribution");
  hottest.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  check(accesses() === count(data.traffic.filter((row) => row.region === most)), "a click on a region chooses its latencies");
  check(document.querySelector(".band.chosen").dataset.region === hottest.dataset.region, "and marks it");
  document.querySelector(".band.chosen").dispatchEvent(new MouseEvent("click", { bubbles: true }));
  check(accesses() === count(data.traffic), "another click takes it back");

  // Tables, and sorting them.
  check(rowsOf("pairs-table").length === data.traffic.length, "a row for each pair");
  check(rowsOf("pages-table").length === data.hot_pages.pages.length, "a row for each hot page");
  check(byId("waits").hidden === (data.waits.length === 0), "waits are shown if there were any");
  const reads = () => rowsOf("pairs-table").map((row) => Number(row.children[2].textContent.replace(/,/g, "")));
  all("#pairs-table th")[2].click();
  check(reads().every((value, i) => i === 0 || value <= reads()[i - 1]), "a click on a column sorts by it");
  all("#pairs-table th")[2].click();
  check(reads().every((value, i) => i === 0 || value >= reads()[i - 1]), "another turns the order round");

  // The tooltip.
  document.querySelector(".band").dispatchEvent(new MouseEvent("mousemove", { clientX: 200, clientY: 200, bubbles: true }));
  check(!byId("tooltip").hidden && byId("tooltip").textContent.includes(document.querySelector(".band").dataset.region), "a tooltip names the region");
  document.querySelector(".band").dispatchEvent(new MouseEvent("mouseleave"));
  check(byId("tooltip").hidden, "and goes");

  // Dark and light.
  const before = getComputedStyle(document.body).backgroundColor;
  byId("theme").click();
  check(getComputedStyle(document.body).backgroundColor !== before, "the theme changes");
  check(all("#map-picture .band").length === bands.length, "and everything is drawn again");
  byId("theme").click();

  check(document.documentElement.scrollWidth <= innerWidth, "nothing sticks out at the right");
  check(!/NaN|undefined|Infinity/.test(document.querySelector("main").innerText), "no text is NaN, undefined or Infinity");
} catch (error) {
  failures.push(`${error} ${error.stack}`);
}
document.documentElement.dataset.checks = failures.length === 0 ? `${checks} checks passed` : `failed: ${failures.join("; ")}`;
