"use strict";
// Draws the charts, moves the slider, and loads the page again while the run trains. It fetches nothing.

const { charts, grids } = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const number = (value) => (value === null || value === undefined ? "–" : String(+value.toPrecision(4)));

// What is to outlive a reload; browsers may forbid it to pages from disk.
const memory = {
  get(key) { try { return sessionStorage.getItem(location.pathname + " " + key); } catch { return null; } },
  set(key, value) { try { sessionStorage.setItem(location.pathname + " " + key, value); } catch { /* forgotten */ } },
};

/* Charts */

const HEIGHT = 230, LEFT = 46, RIGHT = 14, TOP = 12, BOTTOM = 34, DOTTED = 16; // points up to which a curve has dots
let cursor = null; // epoch that is pointed at
let seen = null; // epoch of the grid that is shown

function element(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Round numbers in [low, high], about `count` of them. */
function ticks(low, high, count) {
  const raw = (high - low) / count, power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= raw);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) found.push(+(i * step).toPrecision(12));
  return found;
}

/** 1, 2 and 5 times the powers of ten in [low, high]; round numbers where those are too few. */
function logTicks(low, high) {
  const found = [];
  const factors = high / low > 1000 ? [1] : [1, 2, 5];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const factor of factors) {
      const tick = +(factor * 10 ** power).toPrecision(12);
      if (tick >= low && tick <= high) found.push(tick);
    }
  }
  return found.length > 2 ? found : ticks(low, high, 4);
}

/** The range of a chart's axes. */
function ranges(chart) {
  const xs = chart.series.flatMap((series) => series.x);
  let ys = chart.series.flatMap((series) => series.y).filter((y) => y !== null);
  const log = chart.scale === "log" && ys.every((y) => y > 0);
  if (!ys.length) ys = [0, 1];
  let low = Math.min(...ys), high = Math.max(...ys);
  if (chart.scale === "share" && low >= 0 && high <= 1) [low, high] = [0, 1];
  else if (log) [low, high] = [low / (1.15 * (high / low) ** 0.2), high * 1.15]; // room for a label below
  else [low, high] = [low >= 0 ? 0 : low - (high - low) * 0.05, high + (high - low || 1) * 0.05];
  const first = Math.min(0, ...xs);
  return { first, last: Math.max(first + 1e-6, ...xs), low, high: high > low ? high : low + 1, log };
}

function scales(chart, width) {
  const r = ranges(chart), height = HEIGHT - TOP - BOTTOM, bent = r.log ? Math.log : (y) => y;
  return {
    ...r,
    x: (value) => LEFT + ((value - r.first) / (r.last - r.first)) * (width - LEFT - RIGHT),
    y: (value) => TOP + height - ((bent(value) - bent(r.low)) / (bent(r.high) - bent(r.low))) * height,
    epoch: (place) => r.first + ((place - LEFT) / (width - LEFT - RIGHT)) * (r.last - r.first),
  };
}

/** The path through points, with a gap wherever there is no value. */
function path(xs, ys, s) {
  let drawn = "", pen = "M";
  xs.forEach((x, i) => {
    if (ys[i] === null) { pen = "M"; return; }
    drawn += `${pen}${s.x(x).toFixed(1)} ${s.y(ys[i]).toFixed(1)}`;
    pen = "L";
  });
  return drawn;
}

function bandPath(series, s) {
  const known = series.x.map((_, i) => i).filter((i) => series.band[0][i] !== null);
  const within = (y) => s.y(Math.min(s.high, Math.max(s.low, y))).toFixed(1);
  const edge = (which) => (i) => `${s.x(series.x[i]).toFixed(1)} ${within(series.band[which][i])}`;
  return known.length ? `M${known.map(edge(0)).join("L")}L${known.reverse().map(edge(1)).join("L")}Z` : "";
}

function axes(svg, chart, s, width) {
  for (const tick of s.log ? logTicks(s.low, s.high) : ticks(s.low, s.high, 4)) {
    const y = s.y(tick);
    svg.append(element("line", { class: "rule", x1: LEFT, x2: width - RIGHT, y1: y, y2: y }));
    svg.append(element("text", { x: LEFT - 8, y: y + 4, "text-anchor": "end" }, number(tick)));
  }
  for (const tick of ticks(s.first, s.last, Math.min(8, width / 70))) {
    svg.append(element("text", { x: s.x(tick), y: HEIGHT - BOTTOM + 18, "text-anchor": "middle" }, number(tick)));
  }
  svg.append(element("text", { x: width - RIGHT, y: HEIGHT - 1, "text-anchor": "end" }, "epoch"));
}

function mark(svg, series, s, width, labelled) {
  const [x, y] = [s.x(series.best[0]), s.y(series.best[1])];
  svg.append(element("circle", { class: `best c${series.colour}`, cx: x, cy: y, r: 5 }));
  if (!labelled) return;
  // Below its curve, of which it is the lowest point, unless the axis is there.
  const below = y + 30 < HEIGHT - BOTTOM, anchor = x > width / 2 ? "end" : "start";
  const at = { x: x + (anchor === "end" ? 4 : -4), y: below ? y + 22 : y - 12, "text-anchor": anchor };
  svg.append(element("text", { class: "label", ...at }, `best ${number(series.best[1])}`));
}

function draw(plot) {
  const chart = charts[plot.dataset.chart], width = Math.max(240, plot.clientWidth), s = scales(chart, width);
  const svg = element("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, "aria-hidden": "true" });
  axes(svg, chart, s, width);
  for (const series of chart.series) {
    if (series.band) svg.append(element("path", { class: `band c${series.colour}`, d: bandPath(series, s) }));
    svg.append(element("path", { class: `line c${series.colour}`, d: path(series.x, series.y, s) }));
    const alone = series.x.length <= DOTTED ? series.x : [];
    alone.forEach((x, i) => series.y[i] !== null && svg.append(
      element("circle", { class: `dot c${series.colour}`, cx: s.x(x), cy: s.y(series.y[i]), r: 3.5 })));
  }
  const marked = chart.series.filter((series) => series.best);
  for (const series of marked) mark(svg, series, s, width, marked.length === 1);
  const pointers = svg.appendChild(element("g", {}));
  plot.replaceChildren(svg);
  plot.drawn = { chart, s, pointers };
  point(plot);
}

/** Index of the point nearest to an epoch. */
function nearest(xs, epoch) {
  let best = 0;
  xs.forEach((x, i) => { if (Math.abs(x - epoch) < Math.abs(xs[best] - epoch)) best = i; });
  return best;
}

/** Show the cursor and the grid's epoch in a chart, and the values there in its legend. */
function point(plot) {
  if (!plot.drawn) return [];
  const { chart, s, pointers } = plot.drawn;
  pointers.replaceChildren();
  const upright = (name, epoch) => pointers.append(
    element("line", { class: name, x1: s.x(epoch), x2: s.x(epoch), y1: TOP, y2: HEIGHT - BOTTOM }));
  if (seen !== null && seen >= s.first && seen <= s.last) upright("seen", seen);
  if (cursor !== null && cursor >= s.first && cursor <= s.last) upright("cursor", cursor);
  const values = plot.parentElement.querySelectorAll(".value");
  return chart.series.map((series, i) => {
    if (!series.x.length) return "";
    const at = cursor === null ? series.x.length - 1 : nearest(series.x, cursor), y = series.y[at];
    values[i].textContent = number(y);
    if (cursor !== null && y !== null) pointers.append(
      element("circle", { class: `dot c${series.colour}`, cx: s.x(series.x[at]), cy: s.y(y), r: 4.5 }));
    return `${series.name} ${number(y)}`;
  }).filter(Boolean);
}

const plots = [...document.querySelectorAll(".plot")];
function moveTo(epoch) {
  cursor = epoch;
  plots.forEach(point);
}

/** Move the cursor from point to point, at most 60 of them, and say what is there. */
function stepCursor(plot, key) {
  const { chart } = plot.drawn;
  const xs = chart.series.reduce((longest, series) => (series.x.length > longest.length ? series.x : longest), []);
  const stride = Math.ceil(xs.length / 60), at = cursor === null ? xs.length - 1 : nearest(xs, cursor);
  const to = { ArrowLeft: at - stride, ArrowRight: at + stride, Home: 0, End: xs.length - 1 }[key];
  moveTo(xs[Math.max(0, Math.min(xs.length - 1, to))]);
  byId("spoken").textContent = `Epoch ${number(cursor)}: ${point(plot).join(", ")}`;
}

for (const plot of plots) {
  const epochAt = (event) => {
    const box = plot.getBoundingClientRect(), { s } = plot.drawn;
    return Math.max(s.first, Math.min(s.last, s.epoch(((event.clientX - box.left) / box.width) * Math.max(240, box.width))));
  };
  plot.addEventListener("pointermove", (event) => moveTo(epochAt(event)));
  plot.addEventListener("pointerleave", () => moveTo(null));
  plot.addEventListener("click", (event) => showNearest(epochAt(event)));
  plot.addEventListener("blur", () => moveTo(null));
  plot.addEventListener("keydown", (event) => {
    if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) {
      event.preventDefault();
      stepCursor(plot, event.key);
    } else if (event.key === "Enter" && cursor !== null) showNearest(cursor);
    else if (event.key === "Escape") moveTo(null);
  });
  new ResizeObserver(() => draw(plot)).observe(plot);
}

/* Samples */

const slider = byId("when"), sheet = byId("grid");
if (sheet) grids[grids.length - 1].source = sheet.src;

function show(index) {
  const grid = grids[index];
  sheet.src = grid.source;
  sheet.alt = sheet.alt.replace(/after .*$/, `after ${grid.label}`);
  byId("label").textContent = grid.label;
  slider.value = index;
  slider.setAttribute("aria-valuetext", grid.label);
  seen = grid.epoch;
  plots.forEach(point);
  // The newest stays the newest when there is a newer one.
  memory.set("grid", index === grids.length - 1 ? "" : grid.label);
}

function showNearest(epoch) {
  if (slider && grids.every((grid) => grid.epoch !== null)) show(nearest(grids.map((grid) => grid.epoch), epoch));
}

let playing = null;
function play() {
  if (playing === null) {
    if (+slider.value === grids.length - 1) show(0);
    playing = setInterval(() => (+slider.value < grids.length - 1 ? show(+slider.value + 1) : play()), 250);
  } else {
    clearInterval(playing);
    playing = null;
  }
  byId("play").textContent = playing === null ? "▶" : "❚❚";
  byId("play").setAttribute("aria-label", playing === null ? "Play the training" : "Pause");
}

if (slider) {
  const before = grids.findIndex((grid) => grid.label === memory.get("grid"));
  show(before < 0 ? grids.length - 1 : before);
  slider.addEventListener("input", () => show(+slider.value));
  byId("play").addEventListener("click", play);
}

/* While the run trains */

const wait = Number(document.body.dataset.reload), pause = byId("pause");
const LATE = 10; // times that long without news: the run may be gone

function age() {
  const seconds = Date.now() / 1000 - byId("written").getAttribute("datetime");
  if (seconds > LATE * wait) byId("age").textContent = `: no news for ${Math.round(seconds / 60)} minutes, so it may have been killed`;
  return seconds;
}

function tell() {
  pause.textContent = memory.get("paused") ? "Resume updates" : "Pause updates";
}

if (wait) {
  pause.hidden = false;
  tell();
  pause.addEventListener("click", () => { memory.set("paused", memory.get("paused") ? "" : "yes"); tell(); });
  scrollTo(0, Number(memory.get("scroll") || 0));
  addEventListener("pagehide", () => memory.set("scroll", scrollY));
  let touched = 0; // who reads or moves something is not interrupted
  for (const kind of ["pointermove", "pointerdown", "keydown", "wheel"]) addEventListener(kind, () => (touched = Date.now()));
  setInterval(() => {
    if (!memory.get("paused") && !document.hidden && playing === null && Date.now() - touched > 3000) location.reload();
  }, Math.max(wait, age() > LATE * wait ? 300 : 0) * 1000);
}
