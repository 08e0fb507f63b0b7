// The class that a conditional generator is asked for, and the shown latent in every class.

import { ask, byId, draw, latest } from "./ask.js";

const BETWEEN = "between classes";

export class Classes {
  // changed(): called after another class was chosen. label: its number; null: each latent has its own.
  constructor(about, changed) {
    Object.assign(this, { about, names: about.classes ?? [], label: null, latent: null, place: 0 });
    this.count = Math.min(this.names.length, about.most_images);
    this.show = latest((sample, truncation) => this.load(sample, truncation));
    byId("class-tool").hidden = byId("in-classes").hidden = !this.names.length;
    byId("class").append(...this.names.map((name, i) => new Option(name, i)));
    byId("class").addEventListener("change", () => {
      const { value } = byId("class");
      this.label = value === "" ? null : Number(value);
      changed();
    });
    byId("strip").replaceChildren(...Array.from({ length: this.count }, (_, i) => this.cell(i)));
    byId("strip").addEventListener("keydown", (event) => this.key(event));
  }

  // What a question says of the classes of its latents; nothing where the generator takes no labels.
  of(samples) {
    return this.names.length ? { labels: samples.map((sample) => sample.label), ...this.chosen() } : {};
  }

  chosen() {
    return this.label === null ? {} : { label: this.label };
  }

  // A sample's name, with the class that it is shown in.
  name(sample) {
    if (!this.names.length) return sample.name;
    const label = this.label ?? sample.label;
    return `${sample.name}, ${typeof label === "number" ? `class ${this.names[label]}` : BETWEEN}`;
  }

  cell(i) {
    const [button, name] = ["button", "span"].map((kind) => document.createElement(kind));
    button.type = "button";
    button.tabIndex = i ? -1 : 0;
    name.textContent = this.names[i];
    button.append(document.createElement("canvas"), name);
    button.setAttribute("aria-label", `Class ${this.names[i]}`);
    button.addEventListener("click", () => {
      this.focusable(i);
      byId("class").value = i;
      byId("class").dispatchEvent(new Event("change"));
    });
    return button;
  }

  // One cell alone is reached by Tab; the arrow keys move between them.
  focusable(place) {
    this.place = place;
    [...byId("strip").children].forEach((cell, i) => (cell.tabIndex = i === place ? 0 : -1));
  }

  key(event) {
    const move = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (!move) return;
    event.preventDefault();
    const place = this.place + move;
    if (place < 0 || place >= this.count) return;
    this.focusable(place);
    byId("strip").children[place].focus();
  }

  async load(sample, truncation) {
    if (!this.names.length) return;
    const labels = Array.from({ length: this.count }, (_, i) => i);
    const question = { latents: labels.map(() => sample.latent), labels, truncation };
    const made = await ask("images", question, this.about.image);
    made.forEach(({ image }, i) => {
      const cell = byId("strip").children[i];
      draw(cell.firstChild, image);
      if (i === (this.label ?? sample.label)) cell.setAttribute("aria-current", "true");
      else cell.removeAttribute("aria-current");
    });
  }
}
