// The page: samples of a seed, one of them in large, and the images between four of them.

const MOST_SAMPLES = 512;
const LARGEST_SEED = 2n ** 63n - 1n;
const REACH = 6; // of a slider, in standard deviations
const PAUSE = 12; // milliseconds of work after which the browser may draw

const find = (id) => document.getElementById(id);
const about = JSON.parse(find("description").textContent);
const layers = readLayers(about.layers, find("weights").textContent, about.classes.length);
const [channels, height, width] = about.image;
const costly = layers.reduce((sum, layer) => sum + layer.weight.length * layer.taken[0] * layer.taken[1], 0) > 2e7;
const atOnce = costly ? 24 : 64;

const state = { seed: 0n, count: 0, latents: [], labels: [], chosen: 0, name: "", latent: null, corners: [], drawing: 0 };
const strip = new Strip(about.classes, paint, showClass);

// Paints the image of a latent, in a class if there are classes.
function paint(canvas, latent, label) {
  const image = new ImageData(width, height);
  generate(layers, latent, label).forEach((value, i) => {
    const [pixel, channel] = [Math.floor(i / channels), i % channels];
    const level = (Math.min(1, Math.max(-1, value)) + 1) * 127.5;
    if (channels === 1) image.data.fill(level, 4 * pixel, 4 * pixel + 3);
    else image.data[4 * pixel + channel] = level;
    image.data[4 * pixel + 3] = 255;
  });
  [canvas.width, canvas.height] = [width, height];
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// Runs a drawing before the next frame, once however often it was asked for.
function soon(draw) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  };
}

function download(canvas, name) {
  canvas.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  });
}

// ---- samples

function latentOf(number) {
  const block = Math.floor(number / BLOCK);
  state.latents[block] ||= latentBlock(state.seed, block, about.width, about.distribution);
  return state.latents[block][number % BLOCK];
}

// The class that a sample has by itself; nothing where there are no classes.
function ownLabel(number) {
  if (!about.classes.length) return undefined;
  const block = Math.floor(number / BLOCK);
  state.labels[block] ||= labelBlock(state.seed, block, about.counts);
  return pure(state.labels[block][number % BLOCK]);
}

function sampleButton(number) {
  const button = document.createElement("button");
  button.type = "button";
  button.tabIndex = number === state.chosen ? 0 : -1;
  button.setAttribute("aria-pressed", String(number === state.chosen));
  button.setAttribute("aria-label", `Sample ${number + 1}${strip.name(ownLabel(number))}`);
  button.append(document.createElement("canvas"));
  button.addEventListener("click", () => choose(number));
  return button;
}

// Adds samples to the grid, with pauses; a newer drawing ends it.
async function addSamples(count) {
  const drawing = ++state.drawing;
  const began = performance.now();
  find("grid").setAttribute("aria-busy", "true");
  const last = Math.min(MOST_SAMPLES, state.count + count);
  const first = find("grid").children.length;
  state.count = last;
  for (let number = first; number < last; number++) find("grid").append(sampleButton(number));
  let paused = performance.now();
  for (const [number, button] of [...find("grid").children].entries()) {
    if (button.dataset.done) continue;
    paint(button.firstChild, latentOf(number), strip.of(ownLabel(number)));
    button.dataset.done = "yes";
    if (performance.now() - paused > PAUSE) {
      await new Promise((resolve) => setTimeout(resolve));
      if (drawing !== state.drawing) return;
      paused = performance.now();
    }
  }
  find("grid").removeAttribute("aria-busy");
  find("more").disabled = last === MOST_SAMPLES;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  find("status").textContent = `${last} samples of seed ${state.seed}; the last ${last - first} took ${seconds} s.`;
}

function showSeed(seed) {
  Object.assign(state, { seed, count: 0, latents: [], labels: [], chosen: 0, drawing: state.drawing + 1 });
  find("seed").value = String(seed);
  find("grid").replaceChildren();
  state.corners = [0, 1, 2, 3].map((number) => ({
    latent: latentOf(number),
    label: ownLabel(number),
    name: `sample ${number + 1}`,
  }));
  addSamples(atOnce);
  choose(0);
  drawCorners();
  drawFour();
}

// Draws everything anew in another class.
function showClass() {
  const count = state.count;
  state.count = 0;
  find("grid").replaceChildren();
  addSamples(count);
  moveSliders();
  drawCorners();
  drawFour();
}

function choose(number) {
  for (const [place, button] of [...find("grid").children].entries()) {
    button.setAttribute("aria-pressed", String(place === number));
    button.tabIndex = place === number ? 0 : -1;
  }
  state.chosen = number;
  resetSliders();
}

// Arrow keys move between samples, Home and End to the first and the last.
function moveInGrid(event) {
  const buttons = [...find("grid").children];
  const at = buttons.indexOf(document.activeElement);
  const columns = buttons.filter((button) => button.offsetTop === buttons[0].offsetTop).length;
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  const to = { Home: 0, End: buttons.length - 1 }[event.key] ?? at + (steps[event.key] ?? NaN);
  if (at < 0 || !buttons[to]) return;
  event.preventDefault();
  buttons[at].tabIndex = -1;
  buttons[to].tabIndex = 0;
  buttons[to].focus();
}

function saveGrid() {
  const columns = 8;
  const gap = 2;
  const canvas = document.createElement("canvas");
  const images = [...find("grid").querySelectorAll("[data-done] canvas")];
  canvas.width = columns * (width + gap) + gap;
  canvas.height = Math.ceil(images.length / columns) * (height + gap) + gap;
  const context = canvas.getContext("2d");
  context.fillRect(0, 0, canvas.width, canvas.height);
  images.forEach((image, i) => {
    context.drawImage(image, gap + (i % columns) * (width + gap), gap + Math.floor(i / columns) * (height + gap));
  });
  download(canvas, `${document.title} seed ${state.seed}`);
}

// ---- one sample and its directions

const sliders = about.directions.map((direction, i) => {
  const row = document.createElement("div");
  const label = document.createElement("label");
  const input = document.createElement("input");
  const output = document.createElement("output");
  row.className = "slider";
  label.textContent = `Direction ${i + 1}`;
  label.htmlFor = input.id = `direction-${i + 1}`;
  Object.assign(input, { type: "range", min: -REACH, max: REACH, step: 0.1, value: 0 });
  row.append(label, input, output);
  input.addEventListener("input", moveSliders);
  find("sliders").append(row);
  return { direction, input, output };
});

const drawOne = soon(() => {
  const own = ownLabel(state.chosen);
  paint(find("one"), state.latent, strip.of(own));
  strip.draw(state.latent, own);
});

function moveSliders() {
  state.latent = Float32Array.from(latentOf(state.chosen));
  for (const { direction, input, output } of sliders) {
    output.textContent = Number(input.value).toFixed(1);
    direction.forEach((part, i) => (state.latent[i] += part * Number(input.value)));
  }
  const moved = sliders.some(({ input }) => Number(input.value) !== 0);
  state.name = `Sample ${state.chosen + 1} of seed ${state.seed}${moved ? ", moved" : ""}`;
  find("one-heading").textContent = state.name + strip.name(ownLabel(state.chosen));
  drawOne();
}

function resetSliders() {
  for (const { input } of sliders) input.value = 0;
  moveSliders();
}

// ---- between four samples

const PLACES = ["Top left", "Top right", "Bottom left", "Bottom right"];
const corners = PLACES.map((place, i) => {
  const button = document.createElement("button");
  button.type = "button";
  button.append(document.createElement("canvas"));
  button.addEventListener("click", () => {
    state.corners[i] = { latent: state.latent, label: ownLabel(state.chosen), name: state.name };
    drawCorners();
    drawFour();
    find("status").textContent = `${place} corner: ${state.name}.`;
  });
  find("square").append(button);
  return button;
});

function drawCorners() {
  corners.forEach((button, i) => {
    const { latent, label, name } = state.corners[i];
    const there = name + strip.name(label);
    button.setAttribute("aria-label", `${PLACES[i]} corner: ${there}; press to put the large sample here`);
    paint(button.firstChild, latent, strip.of(label));
  });
}

const drawFour = soon(() => {
  const [across, down] = [Number(find("across").value) / 100, Number(find("down").value) / 100];
  const mix = (from, to, share) => between(from, to, share, about.distribution);
  const inSquare = (way, [a, b, c, d]) => way(way(a, b, across), way(c, d, across), down);
  const latent = inSquare(mix, state.corners.map((corner) => corner.latent));
  const label = about.classes.length ? inSquare(mixLabels, state.corners.map((corner) => strip.of(corner.label))) : undefined;
  paint(find("four"), latent, label);
  find("point").style.left = `${100 * across}%`;
  find("point").style.top = `${100 * down}%`;
  for (const id of ["across", "down"]) find(id).nextElementSibling.textContent = find(id).value;
});

function drag(event) {
  if (!(event.buttons & 1)) return;
  const box = find("pad").getBoundingClientRect();
  find("across").value = (100 * (event.clientX - box.left)) / box.width;
  find("down").value = (100 * (event.clientY - box.top)) / box.height;
  drawFour();
}

// ---- start

function listen() {
  find("seed-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const seed = BigInt(find("seed").value);
    if (seed > LARGEST_SEED) find("status").textContent = `A seed is a number from 0 to ${LARGEST_SEED}.`;
    else showSeed(seed);
  });
  find("new-seed").addEventListener("click", () => showSeed(BigInt(Math.floor(Math.random() * 1e6))));
  find("more").addEventListener("click", () => addSamples(atOnce));
  find("save-grid").addEventListener("click", saveGrid);
  find("grid").addEventListener("keydown", moveInGrid);
  find("reset").addEventListener("click", resetSliders);
  find("save-one").addEventListener("click", () => download(find("one"), `${document.title} ${state.name}`));
  find("save-four").addEventListener("click", () => download(find("four"), `${document.title} between four`));
  for (const id of ["across", "down"]) find(id).addEventListener("input", drawFour);
  find("pad").addEventListener("pointerdown", (event) => {
    find("pad").setPointerCapture(event.pointerId);
    drag(event);
  });
  find("pad").addEventListener("pointermove", drag);
}

function tell() {
  const trained = about.step ? `trained for ${about.step.toLocaleString("en")} steps (${+about.epoch.toFixed(1)} epochs)` : "not trained";
  const colours = channels === 1 ? "grey" : "colour";
  find("about").textContent =
    `A generator of ${colours} images of ${width}×${height} pixels, ${trained}${about.averaged ? ", averaged weights" : ""}.`;
  find("made").textContent =
    `Made by ms_gan ${about.version}. Everything happens in this page; it asks for nothing from anywhere. A seed has the ` +
    "same images as in infer.py; pixels differ by 2 levels of 255 at most, because weights are kept in 16 bits here.";
}

tell();
listen();
showSeed(0n);
