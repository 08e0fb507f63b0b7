// Puts the page of a generator of pictures together: what is shown, and what is asked.

import { byId, latest, reporting, say } from "./ask.js";
import { Camera } from "./camera.js";
import { Painting } from "./painting.js";
import { packed, squared, unpacked } from "./pixels.js";
import { about, send } from "./server.js";
import { Stage } from "./stage.js";

class Pictures {
  constructor(told, examples) {
    Object.assign(this, { told, examples, whole: null, source: null, name: "" });
    this.stage = new Stage();
    this.painting = new Painting(told.hole, () => this.translate());
    this.camera = new Camera(told.side, (frame) => this.take(frame, "camera", true));
    this.translate = latest(() => this.ask());
    this.offerSides();
    this.offerDirections();
    this.listen();
    this.showExamples();
  }

  get direction() {
    return byId("direction").value;
  }

  offerSides() {
    const { side, most_side: most } = this.told;
    const sides = [side, 2 * side, 4 * side].filter((one) => one < most);
    const name = (one) => (one === side ? `${one} pixels, as in training` : `${one} pixels`);
    byId("side").append(...sides.map((one) => new Option(name(one), one)), new Option(`as it is, at most ${most}`, most));
  }

  offerDirections() {
    const found = Object.entries(this.told.directions);
    byId("direction-tool").hidden = found.length < 2;
    const names = { ab: "A to B", ba: "B to A" };
    byId("direction").append(...found.map(([one, title]) => new Option(names[one] ?? title, one)));
  }

  listen() {
    const again = () => this.whole && this.take(this.whole, this.name);
    byId("square").addEventListener("change", again);
    byId("side").addEventListener("change", () => this.translate());
    byId("direction").addEventListener("change", () => {
      this.showExamples();
      if (this.camera.running) this.translate();
      else this.begin();
    });
    byId("file").addEventListener("change", () => this.read(byId("file").files[0]));
    document.addEventListener("paste", (event) => this.read(event.clipboardData.files[0]));
    document.addEventListener("dragover", (event) => {
      event.preventDefault();
      document.body.classList.add("dropping");
    });
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) document.body.classList.remove("dropping");
    });
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      document.body.classList.remove("dropping");
      this.read(event.dataTransfer.files[0]);
    });
    byId("save").addEventListener("click", () => this.stage.save(`${this.name || "picture"}-made.png`));
  }

  // A file that was dropped, chosen or pasted; the server reads it, as it knows more kinds of files than browsers do.
  read(file) {
    if (!file) return;
    return reporting(async () => {
      this.camera.stop();
      const picture = unpacked(await (await send("decoded", file)).json());
      this.take(picture, file.name.replace(/\.[^.]*$/, ""));
    });
  }

  take(picture, name, live = false) {
    this.whole = picture;
    this.source = byId("square").checked ? squared(picture) : picture;
    this.name = name;
    this.painting.fit(this.source, live);
    return this.translate();
  }

  async ask() {
    if (!this.source) return;
    if (this.told.hole && !this.painting.painted && !this.painting.holed(this.source)) {
      this.stage.show(this.source, this.source);
      byId("size").textContent = "There is no hole yet.";
      return;
    }
    const started = performance.now();
    const direction = this.direction;
    const pixels = this.painting.applied(this.source);
    if (!this.camera.running) say("Making a picture ...");
    const question = { direction, most: Number(byId("side").value), ...packed(pixels) };
    const { before, after } = await (await send("translated", question)).json();
    if (direction !== this.direction) return; // another one was chosen meanwhile
    this.stage.show(unpacked(before), unpacked(after));
    this.painting.settle();
    const took = performance.now() - started;
    byId("size").textContent = `${after.width}\u00d7${after.height} pixels, made in ${took < 1000 ? `${Math.round(took)} ms` : `${(took / 1000).toFixed(1)} s`}`;
    byId("save").disabled = false;
    if (!this.camera.running) say("");
  }

  showExamples() {
    const found = this.examples[this.direction] ?? [];
    byId("examples-part").hidden = !found.length;
    byId("examples").replaceChildren(...found.map((picture, i) => this.example(unpacked(picture), i)));
  }

  example(picture, i) {
    const button = document.createElement("button");
    const canvas = document.createElement("canvas");
    button.type = "button";
    button.setAttribute("aria-label", `Picture ${i + 1}`);
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.getContext("2d").putImageData(picture, 0, 0);
    button.append(canvas);
    button.addEventListener("click", () => {
      this.camera.stop();
      byId("examples").querySelector("[aria-current]")?.removeAttribute("aria-current");
      button.setAttribute("aria-current", "true");
      this.take(picture, `held-out-${i + 1}`);
    });
    return button;
  }

  begin() {
    byId("examples").querySelector("button")?.click();
  }
}

reporting(async () => {
  const told = await about();
  const { recipe, epoch, averaged } = told;
  const titles = [...new Set(Object.values(told.directions))].filter(Boolean).join("; ");
  document.title = `${recipe || "generator"} - picture to picture`;
  byId("about").textContent =
    `${recipe || "a generator"}, ${Math.round(10 * epoch) / 10} epochs${averaged ? ", averaged weights" : ""}` +
    (titles ? `; ${titles}` : "");
  const pictures = new Pictures(told, await (await send("examples")).json());
  pictures.begin();
  document.body.dataset.ready = "yes";
});
