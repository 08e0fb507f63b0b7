// The sample that is shown, and the sliders that move it along directions.

import { ask, byId, draw, latest } from "./ask.js";

const ROWS = 6; // sliders at a time

export class Shown {
  // base: what was chosen; shifts: amount by "kind index"; sample: base moved by the shifts.
  constructor(state, pin) {
    Object.assign(this, { state, pin, base: null, sample: null, shifts: new Map(), first: 0 });
    this.move = latest(() => this.ask());
    byId("pin").addEventListener("click", () => this.pin(this.sample));
    byId("reset").addEventListener("click", () => {
      this.shifts.clear();
      this.turnTo(this.first);
      this.move();
    });
    byId("shown-png").addEventListener("click", () => {
      const name = this.sample.name.replace(/[^a-z0-9]+/gi, "-");
      const question = { latents: [this.sample.latent], columns: 1, ...state.classes.of([this.sample]) };
      state.save("picture", question, `${name}.png`);
    });
    byId("fewer").addEventListener("click", () => this.turnTo(this.first - ROWS));
    byId("further").addEventListener("click", () => this.turnTo(this.first + ROWS));
    for (const radio of document.querySelectorAll("input[name=kind]")) {
      radio.addEventListener("change", () => this.turnTo(0));
      if (radio.value === "principal" && !state.about.principal) radio.disabled = true;
      if (radio.value === "axis" && !state.about.principal) radio.checked = true;
    }
    byId("sliders").replaceChildren(...Array.from({ length: ROWS }, (_, row) => this.slider(row)));
    this.turnTo(0);
  }

  get kind() {
    return document.querySelector("input[name=kind]:checked").value;
  }

  get directions() {
    return this.kind === "principal" ? this.state.about.principal : this.state.about.latent.width;
  }

  show(sample) {
    this.base = sample;
    this.shifts.clear();
    this.draw(sample);
    this.turnTo(this.first);
  }

  draw(sample) {
    this.sample = sample;
    const canvas = byId("shown");
    draw(canvas, sample.image);
    canvas.setAttribute("aria-label", `Image of ${this.state.classes.name(sample)}`);
    byId("shown-name").textContent = this.state.classes.name(sample);
    this.state.classes.show(sample, this.state.truncation);
  }

  async ask() {
    const shifts = [...this.shifts].map(([key, amount]) => {
      const [kind, index] = key.split(" ");
      return { kind, index: Number(index), amount };
    });
    const { truncation, classes } = this.state;
    const question = { latents: [this.base.latent], shifts, truncation, ...classes.of([this.base]) };
    const base = this.base;
    const [sample] = await ask("shifted", question, this.state.about.image);
    if (base !== this.base) return; // another one was chosen meanwhile
    const moved = [...this.shifts.values()].some((amount) => amount);
    this.draw({ ...sample, name: base.name + (moved ? ", moved" : "") });
  }

  slider(row) {
    const label = document.createElement("label");
    const name = document.createElement("span");
    const range = document.createElement("input");
    const value = document.createElement("output");
    const most = this.state.about.largest_amount;
    Object.assign(range, { type: "range", min: -most, max: most, step: 0.1 });
    range.addEventListener("input", () => {
      this.shifts.set(`${this.kind} ${this.first + row}`, Number(range.value));
      this.label(row);
      this.move();
    });
    range.addEventListener("dblclick", () => {
      range.value = 0;
      range.dispatchEvent(new Event("input"));
    });
    label.append(name, range, value);
    return label;
  }

  label(row) {
    const [name, range, value] = byId("sliders").children[row].children;
    const amount = Number(range.value);
    name.textContent = `${this.kind === "principal" ? "direction" : "axis"} ${this.first + row + 1}`;
    value.textContent = (amount > 0 ? "+" : "") + amount.toFixed(1);
  }

  turnTo(first) {
    this.first = Math.min(Math.max(0, first), ROWS * Math.floor((this.directions - 1) / ROWS));
    [...byId("sliders").children].forEach((label, row) => {
      label.hidden = this.first + row >= this.directions;
      label.children[1].value = this.shifts.get(`${this.kind} ${this.first + row}`) ?? 0;
      this.label(row);
    });
    const last = Math.min(this.first + ROWS, this.directions);
    byId("directions-range").textContent = `${this.first + 1} to ${last} of ${this.directions}`;
    byId("fewer").disabled = this.first === 0;
    byId("further").disabled = last === this.directions;
  }
}
