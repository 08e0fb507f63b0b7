// Puts the page together: the board, the swatches, the picture.

import { byId, draw, latest, picture, reporting, say, saveBlob } from "./ask.js";
import { Board } from "./board.js";
import { about, send } from "./server.js";

// Bytes for a map or a file.
async function raw(path, bytes) {
  return new Uint8Array(await (await send(path, new Blob([bytes]))).arrayBuffer());
}

const rgb = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

async function start() {
  const known = await about();
  const { width, height } = known.image;
  const state = { seed: 0, ink: null };
  const colours = known.colours.map(rgb);
  document.title = `${known.recipe || "generator"} - paint a map`;
  byId("about").textContent =
    `${known.recipe || "a generator"}, ${Math.round(10 * known.epoch) / 10} epochs${known.averaged ? ", averaged weights" : ""}; ` +
    `maps of ${known.classes.length} classes, ${width}\u00d7${height} pixels`;

  const paint = latest(async (since) => {
    const map = board.map.slice();
    const query = new URLSearchParams({ seed: state.seed, place: byId("place").value, strength: byId("strength").value });
    const bytes = await raw(`paint?${query}`, map);
    draw(byId("picture"), picture(bytes, known.image));
    performance.measure("stroke", { start: since, end: performance.now() });
    const seen = new Set(map);
    const names = [...seen].sort((a, b) => a - b).map((number) => board.name(number));
    byId("picture").setAttribute("aria-label", `Picture of a map with ${names.join(", ")}`);
  });
  const board = new Board(byId("map"), width, height, known.classes, colours, (since) => {
    byId("undo").disabled = !board.done.length;
    byId("redo").disabled = !board.undone.length;
    paint(since);
  }, say);

  swatches(known.classes, colours, board);
  tools(board);
  files(board);
  styles(known.style, state, paint);
  begin(board);
  await paint(performance.now());
  document.body.dataset.ready = "yes";
}

// A first map: a disc on the ground with a smaller one in it.
function begin(board) {
  const others = board.names.map((_, number) => number).filter((number) => number !== board.ground);
  const least = Math.min(board.width, board.height);
  const tool = board.tool;
  board.tool = "brush";
  for (const [share, number] of [[0.8, others[Math.min(3, others.length - 1)]], [0.25, others[0]]]) {
    Object.assign(board, { size: Math.round(share * least), chosen: number });
    board.disc(board.width / 2, board.height / 2);
  }
  board.tool = tool;
  board.size = Number(byId("size").value);
  board.chosen = Number(document.querySelector("input[name=class]:checked").value);
  board.draw();
}

function swatches(names, colours, board) {
  const labels = names.map((name, number) => {
    const label = document.createElement("label");
    const radio = document.createElement("input");
    Object.assign(radio, { type: "radio", name: "class", value: number, checked: number === board.chosen });
    radio.addEventListener("change", () => {
      board.chosen = number;
      if (board.tool === "eraser") choose(board, "brush");
    });
    const chip = document.createElement("canvas");
    draw(chip, new ImageData(Uint8ClampedArray.from([...colours[number], 255]), 1, 1));
    label.append(radio, chip, name);
    return label;
  });
  byId("swatches").replaceChildren(...labels);
}

function choose(board, tool) {
  board.tool = tool;
  document.querySelector(`input[name=tool][value=${tool}]`).checked = true;
}

function tools(board) {
  for (const radio of document.querySelectorAll("input[name=tool]")) {
    radio.addEventListener("change", () => (board.tool = radio.value));
  }
  const size = (value) => {
    byId("size").value = value;
    board.size = Number(byId("size").value);
    byId("size-value").textContent = board.size;
  };
  byId("size").addEventListener("input", () => size(byId("size").value));
  byId("undo").addEventListener("click", () => board.undo());
  byId("redo").addEventListener("click", () => board.redo());
  byId("clear").addEventListener("click", () => board.clear());
  const keys = { b: "brush", f: "bucket", e: "eraser" };
  document.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (key === "z" && !event.shiftKey) board.undo();
      else if (key === "y" || key === "z") board.redo();
      else return;
    } else if (key in keys) {
      choose(board, keys[key]);
      say(`tool: ${keys[key]}`);
    } else if (key === "[" || key === "]") {
      size(board.size + (key === "]" ? 1 : -1));
      say(`size ${board.size}`);
    } else {
      return;
    }
    event.preventDefault();
  });
}

function files(board) {
  byId("load").addEventListener("change", () => reporting(async () => {
    const [file] = byId("load").files;
    if (!file) return;
    byId("load").value = "";
    board.put(await raw("read", file));
    say(`Loaded ${file.name}.`);
  }));
  byId("save-map").addEventListener("click", () => {
    byId("map").blur();
    board.draw();
    byId("map").toBlob((blob) => saveBlob(blob, "map.png"));
  });
  byId("save-picture").addEventListener("click", () => byId("picture").toBlob((blob) => saveBlob(blob, "picture.png")));
}

function styles(width, state, paint) {
  byId("style-tools").hidden = !width;
  const changed = () => {
    byId("strength-value").textContent = Number(byId("strength").value).toFixed(2);
    paint(performance.now());
  };
  byId("strength").addEventListener("input", changed);
  byId("place").addEventListener("input", () => {
    if (Number(byId("strength").value) === 0) byId("strength").value = 1;
    changed();
  });
  byId("new-styles").addEventListener("click", () => {
    state.seed = Math.floor(Math.random() * 1e6);
    if (Number(byId("strength").value) === 0) byId("strength").value = 1;
    changed();
  });
}

reporting(start);
