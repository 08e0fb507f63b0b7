// Asking for samples, drawing them, saving files.

import { send } from "./server.js";

export const byId = (id) => document.getElementById(id);

let fading;

// What happened, for eyes and for screen readers; it fades unless something went wrong.
export function say(text, wrong = false) {
  const status = byId("status");
  status.textContent = text;
  status.className = wrong ? "wrong" : "";
  clearTimeout(fading);
  if (!wrong) fading = setTimeout(() => status.classList.add("faded"), 4000);
}

// Samples: each a latent, before truncation, its image, and its own class where the generator takes labels.
export async function ask(path, question, image) {
  const { latents, images, labels } = await (await send(path, question)).json();
  const bytes = Uint8Array.from(atob(images), (letter) => letter.charCodeAt(0));
  const size = image.channels * image.height * image.width;
  return latents.map((latent, i) => ({
    latent,
    image: picture(bytes.subarray(i * size, (i + 1) * size), image),
    label: labels?.[i],
  }));
}

export function picture(bytes, { channels, height, width }) {
  const pixels = new Uint8ClampedArray(4 * height * width).fill(255);
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) pixels[4 * i + c] = bytes[channels * i + (channels < 3 ? 0 : c)];
  }
  return new ImageData(pixels, width, height);
}

export function draw(canvas, image) {
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext("2d").putImageData(image, 0, 0);
}

export async function save(path, question, name) {
  say("Making " + name + " ...");
  saveBlob(await (await send(path, question)).blob(), name);
}

export function saveBlob(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
  say("Saved " + name + ".");
}

// Runs `work` with the newest arguments, once at a time: what was asked for meanwhile, but for the last, is left out.
export function latest(work) {
  let next = null;
  let busy = false;
  return async (...given) => {
    next = given;
    if (busy) return;
    busy = true;
    while (next) {
      const now = next;
      next = null;
      await reporting(() => work(...now));
    }
    busy = false;
  };
}

export async function reporting(work) {
  try {
    await work();
  } catch (fault) {
    say(fault.message, true);
  }
}
