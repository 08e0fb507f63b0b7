// The tray of pinned samples.

import { ask, byId, draw, latest, say } from "./ask.js";

export class Pins {
  // show(sample): called for one that is clicked; added(sample, place): after one came.
  constructor(state, show, added) {
    Object.assign(this, { state, show, added, pins: [] });
    this.refresh = latest(() => this.load());
    const latents = () => this.pins.map((sample) => sample.latent);
    for (const [id, kind] of [["walk-gif", "GIF"], ["walk-webp", "WEBP"]]) {
      byId(id).addEventListener("click", () => {
        const [steps, milliseconds] = ["steps", "milliseconds"].map((name) => Number(byId(name).value));
        const question = { latents: latents(), kind, steps, milliseconds, ...state.classes.of(this.pins) };
        state.save("walk", question, `walk.${kind.toLowerCase()}`);
      });
    }
    byId("pins-png").addEventListener("click", () => {
      const question = { latents: latents(), columns: this.pins.length, ...state.classes.of(this.pins) };
      state.save("picture", question, "pinned.png");
    });
    byId("unpin-all").addEventListener("click", () => this.keep(() => false));
    this.draw();
  }

  add(sample) {
    if (this.pins.length === this.state.about.most_images) return say("No more pins: the tray is full.", true);
    const same = (one, other) => String([one.latent, one.label]) === String([other.latent, other.label]);
    if (this.pins.some((pin) => same(pin, sample))) {
      return say(`${sample.name} is pinned already.`);
    }
    this.pins.push({ ...sample });
    this.draw();
    say(`Pinned ${sample.name}.`);
    this.added(sample, this.pins.length - 1);
  }

  keep(wanted) {
    this.pins = this.pins.filter(wanted);
    this.draw();
  }

  // The same pins under another truncation.
  async load() {
    if (!this.pins.length) return;
    const pins = this.pins;
    const { truncation, classes } = this.state;
    const question = { latents: pins.map((sample) => sample.latent), truncation, ...classes.of(pins) };
    const samples = await ask("images", question, this.state.about.image);
    samples.forEach((sample, i) => (pins[i].image = sample.image));
    this.draw();
  }

  draw() {
    byId("pins").replaceChildren(...this.pins.map((sample) => this.item(sample)));
    byId("no-pins").hidden = this.pins.length > 0;
    byId("pins-tools").hidden = this.pins.length === 0;
    for (const id of ["walk-gif", "walk-webp"]) byId(id).disabled = this.pins.length < 2;
  }

  item(sample) {
    const [item, image, remove] = ["li", "button", "button"].map((kind) => document.createElement(kind));
    image.type = remove.type = "button";
    image.append(document.createElement("canvas"));
    image.setAttribute("aria-label", `Show ${this.state.classes.name(sample)}`);
    image.title = this.state.classes.name(sample);
    draw(image.firstChild, sample.image);
    image.addEventListener("click", () => this.show(sample));
    remove.textContent = "\u00d7";
    remove.className = "remove";
    remove.setAttribute("aria-label", `Unpin ${sample.name}`);
    remove.addEventListener("click", () => {
      const place = this.pins.indexOf(sample);
      this.keep((other) => other !== sample);
      // The focus would be lost with the button.
      (byId("pins").children[Math.min(place, this.pins.length - 1)]?.lastChild ?? byId("pin")).focus();
      say(`Unpinned ${sample.name}.`);
    });
    item.append(image, remove);
    return item;
  }
}
