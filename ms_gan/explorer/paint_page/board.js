// A map of class numbers on a canvas: tools, undo, keyboard.

const MOST_UNDONE = 100;
export const UNKNOWN = 255;

export class Board {
  // canvas: shows the map; colours: [r, g, b] of each class; changed(): called after every change; told(text): for people.
  constructor(canvas, width, height, names, colours, changed, told) {
    Object.assign(this, { canvas, width, height, names, colours, changed, told });
    canvas.width = width;
    canvas.height = height;
    this.ground = Math.max(0, names.indexOf("background"));
    this.map = new Uint8Array(width * height).fill(this.ground);
    this.undone = [];
    this.done = [];
    this.tool = "brush";
    this.size = 5;
    this.chosen = this.ground ? 0 : 1;
    this.cursor = { x: width >> 1, y: height >> 1 };
    this.last = null; // where the stroke that is being painted was
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const kind of ["pointerup", "pointercancel"]) canvas.addEventListener(kind, () => (this.last = null));
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("focus", () => this.draw());
    canvas.addEventListener("blur", () => this.draw());
    this.draw();
  }

  // The class that the tool paints with.
  get paint() {
    return this.tool === "eraser" ? this.ground : this.chosen;
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    return {
      x: Math.floor(((event.clientX - box.left) / box.width) * this.width),
      y: Math.floor(((event.clientY - box.top) / box.height) * this.height),
    };
  }

  press(event) {
    if (event.button > 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.remember();
    this.cursor = this.within(this.at(event));
    if (this.tool === "bucket") {
      this.fill(this.cursor);
    } else {
      this.last = this.at(event);
      this.stroke(this.last, this.last);
    }
    this.show(event.timeStamp);
  }

  move(event) {
    if (!this.last) return;
    const to = this.at(event);
    this.stroke(this.last, to);
    this.last = to;
    this.cursor = this.within(to);
    this.show(event.timeStamp);
  }

  within({ x, y }) {
    return { x: Math.min(Math.max(x, 0), this.width - 1), y: Math.min(Math.max(y, 0), this.height - 1) };
  }

  // A line of discs from one place to another.
  stroke(from, to) {
    const steps = Math.max(1, Math.abs(to.x - from.x), Math.abs(to.y - from.y));
    for (let i = 0; i <= steps; i++) {
      this.disc(from.x + ((to.x - from.x) * i) / steps, from.y + ((to.y - from.y) * i) / steps);
    }
  }

  disc(x, y) {
    const radius = this.size / 2;
    const shift = this.size % 2 ? 0 : 0.5; // an even disc lies between pixels
    const [left, top] = [Math.round(x) - shift, Math.round(y) - shift];
    for (let row = Math.max(0, Math.ceil(top - radius)); row <= Math.min(this.height - 1, top + radius); row++) {
      for (let column = Math.max(0, Math.ceil(left - radius)); column <= Math.min(this.width - 1, left + radius); column++) {
        if ((row - top) ** 2 + (column - left) ** 2 <= radius ** 2) this.map[row * this.width + column] = this.paint;
      }
    }
  }

  fill({ x, y }) {
    const from = this.map[y * this.width + x];
    if (from === this.paint) return;
    const waiting = [[x, y]];
    while (waiting.length) {
      const [column, row] = waiting.pop();
      const place = row * this.width + column;
      if (column < 0 || row < 0 || column >= this.width || row >= this.height || this.map[place] !== from) continue;
      this.map[place] = this.paint;
      waiting.push([column + 1, row], [column - 1, row], [column, row + 1], [column, row - 1]);
    }
  }

  remember() {
    this.done.push(this.map.slice());
    if (this.done.length > MOST_UNDONE) this.done.shift();
    this.undone = [];
  }

  undo() {
    this.turn(this.done, this.undone, "undone");
  }

  redo() {
    this.turn(this.undone, this.done, "done again");
  }

  turn(from, to, word) {
    if (!from.length) return;
    to.push(this.map);
    this.map = from.pop();
    this.told(`The last change is ${word}.`);
    this.show();
  }

  // Take over another map.
  put(map) {
    this.remember();
    this.map = Uint8Array.from(map);
    this.show();
  }

  clear() {
    this.put(new Uint8Array(this.map.length).fill(this.ground));
  }

  name(number) {
    return number === UNKNOWN ? "unknown" : this.names[number];
  }

  key(event) {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key in moves && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const [x, y] = moves[event.key];
      const by = event.shiftKey ? 8 : 1;
      this.cursor = this.within({ x: this.cursor.x + by * x, y: this.cursor.y + by * y });
      const number = this.map[this.cursor.y * this.width + this.cursor.x];
      this.told(`column ${this.cursor.x + 1}, row ${this.cursor.y + 1}: ${this.name(number)}`);
      this.draw();
    } else if (event.key === " " || event.key === "Enter") {
      this.remember();
      if (this.tool === "bucket") this.fill(this.cursor);
      else this.disc(this.cursor.x, this.cursor.y);
      this.told(`painted ${this.name(this.paint)}`);
      this.show(event.timeStamp);
    } else {
      return;
    }
    event.preventDefault();
  }

  show(since = performance.now()) {
    this.draw();
    this.changed(since);
  }

  draw() {
    const image = new ImageData(this.width, this.height);
    this.map.forEach((number, i) => image.data.set([...(this.colours[number] ?? [48, 48, 48]), 255], 4 * i));
    if (document.activeElement === this.canvas && this.canvas.matches(":focus-visible")) {
      const place = 4 * (this.cursor.y * this.width + this.cursor.x);
      for (let i = 0; i < 3; i++) image.data[place + i] ^= 128;
    }
    this.canvas.getContext("2d").putImageData(image, 0, 0);
    const number = this.map[this.cursor.y * this.width + this.cursor.x];
    this.canvas.setAttribute(
      "aria-label",
      `Map of ${this.width} by ${this.height} pixels; at column ${this.cursor.x + 1}, row ${this.cursor.y + 1}: ${this.name(number)}`,
    );
  }
}
