// The grid of samples of a seed.

import { ask, byId, draw, latest, save, say } from "./ask.js";

export class Samples {
  // show(sample): called for one that is clicked; pin(sample): for one that is to be pinned.
  constructor(state, show, pin) {
    Object.assign(this, { state, show, pin, start: 0, shown: [], place: 0, marked: "" });
    this.refresh = latest(() => this.load());
    this.offerCounts();
    byId("seed-form").addEventListener("submit", (event) => event.preventDefault());
    byId("seed").addEventListener("change", () => this.turnTo(0));
    byId("new-seed").addEventListener("click", () => {
      byId("seed").value = Math.floor(Math.random() * 1e6);
      this.turnTo(0);
    });
    byId("count").addEventListener("change", () => this.turnTo(0));
    byId("earlier").addEventListener("click", () => this.turnTo(Math.max(0, this.start - this.count)));
    byId("later").addEventListener("click", () => this.turnTo(this.start + this.count));
    byId("grid-png").addEventListener("click", () => this.save());
    byId("grid").addEventListener("keydown", (event) => this.key(event));
  }

  get count() {
    return Number(byId("count").value);
  }

  offerCounts() {
    const most = this.state.about.most_images;
    const counts = [4, 9, 16, 36, 64, 100, 144].filter((count) => count <= most);
    byId("count").append(...counts.map((count) => new Option(count, count)));
    byId("count").value = Math.min(64, counts[counts.length - 1]);
  }

  turnTo(start) {
    this.start = start;
    return this.refresh();
  }

  async load() {
    const field = byId("seed");
    if (!field.checkValidity()) throw new Error("The seed should be a whole number, 0 to " + field.max + ".");
    const seed = Number(field.value);
    const start = this.start;
    const question = { seed, start, count: this.count, truncation: this.state.truncation, ...this.state.classes.chosen() };
    const began = performance.now();
    this.shown = await ask("samples", question, this.state.about.image);
    this.shown.forEach((sample, i) => (sample.name = `seed ${seed}, number ${start + i}`));
    this.draw(start);
    say(`${this.shown.length} samples of seed ${seed} in ${Math.round(performance.now() - began)} ms.`);
  }

  draw(start) {
    const grid = byId("grid");
    const columns = Math.round(Math.sqrt(this.shown.length));
    if (grid.children.length !== this.shown.length) {
      grid.replaceChildren(...this.shown.map((_, i) => this.cell(i)));
      grid.style.setProperty("--columns", columns);
      this.place = 0;
    }
    this.shown.forEach((sample, i) => {
      draw(grid.children[i].firstChild, sample.image);
      grid.children[i].setAttribute("aria-label", this.state.classes.name(sample));
    });
    this.focusable(this.place);
    this.mark(this.marked);
    byId("numbers").textContent = `numbers ${start} to ${start + this.shown.length - 1}`;
    byId("earlier").disabled = start === 0;
  }

  cell(i) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(document.createElement("canvas"));
    button.addEventListener("click", () => {
      this.focusable(i);
      this.show(this.shown[i]);
    });
    button.addEventListener("dblclick", () => this.pin(this.shown[i]));
    return button;
  }

  // One cell alone is reached by Tab; the arrow keys move between them.
  focusable(place) {
    this.place = place;
    [...byId("grid").children].forEach((cell, i) => (cell.tabIndex = i === place ? 0 : -1));
  }

  key(event) {
    const columns = Math.round(Math.sqrt(this.shown.length));
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    if (event.key in moves) {
      const place = this.place + moves[event.key];
      if (place >= 0 && place < this.shown.length) {
        this.focusable(place);
        byId("grid").children[place].focus();
      }
      event.preventDefault();
    } else if (event.key.toLowerCase() === "p") {
      this.pin(this.shown[this.place]);
      // The page pins what is shown at this key; here it is what has the focus.
      event.stopPropagation();
    }
  }

  // Shows which sample is the one that the sliders move.
  mark(name) {
    this.marked = name;
    this.shown.forEach((sample, i) => {
      if (sample.name === name) byId("grid").children[i].setAttribute("aria-current", "true");
      else byId("grid").children[i].removeAttribute("aria-current");
    });
  }

  save() {
    const latents = this.shown.map((sample) => sample.latent);
    const columns = Math.round(Math.sqrt(latents.length));
    const question = { latents, columns, ...this.state.classes.of(this.shown) };
    return this.state.save("picture", question, `seed-${byId("seed").value}-from-${this.start}.png`);
  }
}
