// The square of images between four corners, and the point in it.

import { ask, byId, draw, latest } from "./ask.js";

const NAMES = ["top left", "top right", "bottom left", "bottom right"];

export class Corners {
  // show(sample): called with the sample at the point; current(): what a pressed corner is to take.
  constructor(state, show, current) {
    Object.assign(this, { state, show, corners: [], square: [], x: 0.5, y: 0.5 });
    this.side = Math.min(8, Math.floor(Math.sqrt(state.about.most_images)));
    this.move = latest(() => this.ask());
    this.refresh = latest(() => this.load());
    byId("corners").replaceChildren(...NAMES.map((name, i) => this.button(name, i, current)));
    byId("between-png").addEventListener("click", () => {
      const question = { latents: this.square.map((sample) => sample.latent), columns: this.side };
      state.save("picture", { ...question, ...state.classes.of(this.square) }, "between.png");
    });
    const pad = byId("pad");
    pad.addEventListener("pointerdown", (event) => {
      pad.setPointerCapture(event.pointerId);
      this.drag(event);
    });
    pad.addEventListener("pointermove", (event) => pad.hasPointerCapture(event.pointerId) && this.drag(event));
    pad.addEventListener("keydown", (event) => this.key(event));
    this.place();
  }

  button(name, i, current) {
    const button = document.createElement("button");
    button.type = "button";
    button.title = `Put what is shown at the ${name}`;
    button.append(document.createElement("canvas"));
    button.addEventListener("click", () => this.set(i, current()));
    return button;
  }

  fill(samples) {
    this.corners = samples.slice(0, 4);
    return this.refresh();
  }

  set(i, sample) {
    this.corners[i] = sample;
    return this.refresh();
  }

  question(points) {
    const { truncation, classes } = this.state;
    return { corners: this.corners.map((sample) => sample.latent), points, truncation, ...classes.of(this.corners) };
  }

  // The images of the whole square, in one request.
  async load() {
    const side = this.side;
    const points = Array.from({ length: side * side }, (_, i) => [i % side, Math.floor(i / side)]);
    const question = this.question(points.map((point) => point.map((place) => place / (side - 1))));
    const samples = await ask("mixed", question, this.state.about.image);
    this.square = samples;
    const { height, width } = this.state.about.image;
    const canvas = byId("between");
    Object.assign(canvas, { width: side * width, height: side * height });
    const ground = canvas.getContext("2d");
    samples.forEach(({ image }, i) => ground.putImageData(image, points[i][0] * width, points[i][1] * height));
    [0, side - 1, side * (side - 1), side * side - 1].forEach((place, i) => {
      const button = byId("corners").children[i];
      draw(button.firstChild, samples[place].image);
      button.setAttribute("aria-label", `Put what is shown at the ${NAMES[i]}; there now: ${this.name(i)}`);
    });
  }

  name(i) {
    return this.state.classes.name(this.corners[i]);
  }

  async ask() {
    const name = `between corners, ${this.text()}`;
    const [sample] = await ask("mixed", this.question([[this.x, this.y]]), this.state.about.image);
    this.show({ ...sample, name });
  }

  text() {
    return `${Math.round(100 * this.x)} % right, ${Math.round(100 * this.y)} % down`;
  }

  // A corner's image has its middle half a cell inside the square: there x and y are 0 or 1.
  drag(event) {
    const square = byId("pad").getBoundingClientRect();
    const cell = 1 / this.side;
    const along = (offset, length) => Math.min(1, Math.max(0, (offset / length - cell / 2) / (1 - cell)));
    this.x = along(event.clientX - square.left, square.width);
    this.y = along(event.clientY - square.top, square.height);
    this.place();
    this.move();
  }

  key(event) {
    const step = event.shiftKey ? 0.01 : 0.05;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (event.key === "Home") [this.x, this.y] = [0.5, 0.5];
    else if (event.key in moves) {
      const [x, y] = moves[event.key];
      this.x = Math.min(1, Math.max(0, this.x + x));
      this.y = Math.min(1, Math.max(0, this.y + y));
    } else return;
    event.preventDefault();
    this.place();
    this.move();
  }

  place() {
    const cell = 1 / this.side;
    const along = (part) => `${100 * (cell / 2 + part * (1 - cell))}%`;
    byId("point").style.left = along(this.x);
    byId("point").style.top = along(this.y);
    byId("pad").setAttribute("aria-valuenow", Math.round(100 * this.x));
    byId("pad").setAttribute("aria-valuetext", this.text());
  }
}
