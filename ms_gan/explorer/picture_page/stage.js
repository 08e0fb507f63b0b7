// Two pictures one over the other; the slider says where the one ends and the other begins.

import { byId, draw } from "./ask.js";

const COARSE = 200; // pixels of a side: smaller pictures are shown pixel by pixel

export class Stage {
  constructor() {
    byId("divider").addEventListener("input", () => this.divide());
    this.divide();
  }

  divide() {
    byId("stage").style.setProperty("--divided", `${byId("divider").value}%`);
  }

  show(before, after) {
    const stage = byId("stage");
    draw(byId("before"), before);
    draw(byId("after"), after);
    byId("before").setAttribute("aria-label", "The picture");
    byId("after").setAttribute("aria-label", "What the generator makes of it");
    const shape = after.width / after.height;
    stage.style.aspectRatio = shape;
    stage.style.maxWidth = `${62 * shape}vh`;
    stage.classList.toggle("smooth", Math.max(after.width, after.height) > COARSE);
    stage.classList.add("filled");
  }

  save(name) {
    byId("after").toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    });
  }
}
