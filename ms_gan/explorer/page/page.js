// Puts the parts of the page together.

import { byId, reporting, save } from "./ask.js";
import { Classes } from "./classes.js";
import { Corners } from "./corners.js";
import { Pins } from "./pins.js";
import { Samples } from "./samples.js";
import { about } from "./server.js";
import { Shown } from "./shown.js";

async function start() {
  const state = {
    about: await about(),
    truncation: 1,
    save: (path, question, name) => reporting(() => save(path, { ...question, truncation: state.truncation }, name)),
  };
  state.classes = new Classes(state.about, () => refresh());
  const { recipe, epoch, averaged, image, latent } = state.about;
  document.title = `${recipe || "generator"} - latent explorer`;
  byId("about").textContent =
    `${recipe || "a generator"}, ${Math.round(10 * epoch) / 10} epochs${averaged ? ", averaged weights" : ""}; ` +
    `${image.width}\u00d7${image.height} images of ${latent.width} ${latent.distribution} numbers`;
  byId("truncation").max = state.about.largest_truncation;

  const shown = new Shown(state, (sample) => pins.add(sample));
  const show = (sample) => {
    shown.show(sample);
    samples.mark(sample.name);
  };
  const samples = new Samples(state, show, (sample) => pins.add(sample));
  const corners = new Corners(state, show, () => shown.sample);
  const pins = new Pins(state, show, (sample, place) => {
    if (place < 4) corners.set(place, sample);
  });

  const refresh = () => {
    shown.move();
    samples.refresh();
    corners.refresh();
    pins.refresh();
  };
  byId("truncation").addEventListener("input", () => {
    state.truncation = Number(byId("truncation").value);
    byId("truncation-value").textContent = state.truncation.toFixed(2);
    refresh();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input[type=number], select");
    if (event.key.toLowerCase() === "p" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      pins.add(shown.sample);
    }
  });

  await samples.refresh();
  if (!samples.shown.length) return; // why has been said
  show(samples.shown[0]);
  await corners.fill(samples.shown);
  document.body.dataset.ready = "yes";
}

reporting(start);
