// The chooser of a class, and the large sample in every class. Without classes neither is on the page.

class Strip {
  // changed(): called after another class was chosen. label: its number; null: each sample has its own.
  constructor(names, paint, changed) {
    Object.assign(this, { names, paint, label: null, drawing: 0 });
    if (!names.length) {
      for (const id of ["class-tool", "in-classes"]) document.getElementById(id).remove();
      return;
    }
    this.chooser = document.getElementById("class");
    this.chooser.append(...names.map((name, i) => new Option(name, i)));
    this.chooser.addEventListener("change", () => {
      this.label = this.chooser.value === "" ? null : Number(this.chooser.value);
      changed();
    });
    this.cells = names.slice(0, MOST_SHOWN).map((name, i) => this.cell(name, i));
    const strip = document.getElementById("strip");
    strip.append(...this.cells);
    strip.addEventListener("keydown", (event) => this.key(event));
  }

  // The label of a sample whose own is given, and how it is called.
  of(own) {
    return this.label === null ? own : pure(this.label);
  }

  name(own) {
    if (!this.names.length) return "";
    const label = this.of(own).filter(([, share]) => share > 0);
    return label.length === 1 ? `, class ${this.names[label[0][0]]}` : ", between classes";
  }

  cell(name, i) {
    const [button, caption] = ["button", "span"].map((kind) => document.createElement(kind));
    button.type = "button";
    button.tabIndex = i ? -1 : 0;
    caption.textContent = name;
    button.append(document.createElement("canvas"), caption);
    button.setAttribute("aria-label", `Class ${name}`);
    button.addEventListener("click", () => {
      this.cells.forEach((other, place) => (other.tabIndex = place === i ? 0 : -1));
      this.chooser.value = i;
      this.chooser.dispatchEvent(new Event("change"));
    });
    return button;
  }

  // Arrow keys move between classes; one of them alone is reached by Tab.
  key(event) {
    const at = this.cells.indexOf(document.activeElement);
    const to = this.cells[at + ({ ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key] ?? NaN)];
    if (!to) return;
    event.preventDefault();
    this.cells[at].tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  }

  // Draws a latent in every class, with pauses; a newer drawing ends it.
  async draw(latent, own) {
    if (!this.names.length) return;
    const drawing = ++this.drawing;
    const shown = this.of(own);
    for (const [i, cell] of this.cells.entries()) {
      await new Promise((resolve) => setTimeout(resolve));
      if (drawing !== this.drawing) return;
      this.paint(cell.firstChild, latent, pure(i));
      cell.setAttribute("aria-pressed", String(shown.length === 1 && shown[0][0] === i));
    }
  }
}
