// The hole that a person paints: strokes over the picture, each a list of points from 0 to 1 and a width.

import { byId } from "./ask.js";

const SHOWN = "#e8488a";

export class Painting {
  // changed(): called after each stroke, and when one is taken back.
  constructor(wanted, changed) {
    Object.assign(this, { changed, strokes: [], size: "", stroke: null });
    this.hole = document.createElement("canvas"); // opaque where the hole is
    byId("painting").hidden = !wanted;
    if (!wanted) return;
    const stage = byId("stage");
    stage.classList.add("paintable");
    stage.addEventListener("pointerdown", (event) => this.start(event));
    stage.addEventListener("pointermove", (event) => this.move(event));
    stage.addEventListener("pointerup", () => this.end());
    stage.addEventListener("pointercancel", () => this.end());
    byId("undo").addEventListener("click", () => this.keep(this.strokes.slice(0, -1)));
    byId("clear").addEventListener("click", () => this.keep([]));
  }

  get painted() {
    return this.strokes.length > 0;
  }

  // A picture is to be painted on; the hole stays where a camera's frames follow each other.
  fit({ width, height }, live) {
    const size = `${width} ${height}`;
    if (live && size === this.size) return;
    if (!live) this.strokes = [];
    this.size = size;
    Object.assign(this.hole, { width, height });
    Object.assign(byId("strokes"), { width, height });
    this.redraw();
  }

  keep(strokes) {
    this.strokes = strokes;
    this.redraw();
    this.changed();
  }

  redraw() {
    this.hole.getContext("2d").clearRect(0, 0, this.hole.width, this.hole.height);
    for (const stroke of this.strokes) this.line(this.hole, stroke);
    this.settle();
    for (const id of ["undo", "clear"]) byId(id).disabled = !this.painted;
  }

  start(event) {
    if (!this.size || event.button) return;
    byId("stage").setPointerCapture(event.pointerId);
    this.stroke = { width: Number(byId("brush").value) / 100, points: [] };
    this.move(event);
  }

  move(event) {
    if (!this.stroke) return;
    const { left, top, width, height } = byId("stage").getBoundingClientRect();
    this.stroke.points.push([(event.clientX - left) / width, (event.clientY - top) / height]);
    this.line(byId("strokes"), this.stroke);
  }

  end() {
    if (!this.stroke) return;
    const strokes = [...this.strokes, this.stroke];
    this.stroke = null;
    this.strokes = strokes;
    this.line(this.hole, strokes[strokes.length - 1]);
    for (const id of ["undo", "clear"]) byId(id).disabled = false;
    this.changed();
  }

  line(canvas, { width, points }) {
    const pen = canvas.getContext("2d");
    Object.assign(pen, { lineCap: "round", lineJoin: "round", strokeStyle: SHOWN, lineWidth: width * canvas.width });
    pen.beginPath();
    points.forEach(([x, y]) => pen.lineTo(x * canvas.width, y * canvas.height));
    if (points.length === 1) pen.lineTo(points[0][0] * canvas.width + 0.01, points[0][1] * canvas.height);
    pen.stroke();
  }

  // What was painted has become a hole: the paint over it goes.
  settle() {
    if (this.stroke) return;
    byId("strokes").getContext("2d").clearRect(0, 0, this.hole.width, this.hole.height);
  }

  // Whether a picture has a hole of its own.
  holed({ data }) {
    for (let at = 3; at < data.length; at += 4) if (data[at] < 128) return true;
    return false;
  }

  // The picture, transparent where the painted hole is and nowhere else; without one, it keeps those it has.
  applied(picture) {
    if (!this.painted) return picture;
    const hole = this.hole.getContext("2d").getImageData(0, 0, picture.width, picture.height).data;
    const data = new Uint8ClampedArray(picture.data);
    for (let at = 3; at < data.length; at += 4) data[at] = hole[at] > 127 ? 0 : 255;
    return new ImageData(data, picture.width, picture.height);
  }
}
