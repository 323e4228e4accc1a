// Where one looks at the drawing, and how near.

class View {
  constructor(svg, world) {
    Object.assign(this, { svg, world, x: 0, y: 0, scale: 1 });
    let drag = null;
    svg.addEventListener("pointerdown", (event) => {
      if (event.button === 0 && !event.target.closest(".node")) drag = { x: event.clientX, y: event.clientY, from: this.now() };
    });
    window.addEventListener("pointermove", (event) => {
      if (drag) this.go({ ...drag.from, x: drag.from.x + event.clientX - drag.x, y: drag.from.y + event.clientY - drag.y });
    });
    window.addEventListener("pointerup", () => { drag = null; });
    svg.addEventListener("wheel", (event) => {
      event.preventDefault();
      const box = svg.getBoundingClientRect();
      this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), event.clientX - box.left, event.clientY - box.top);
    }, { passive: false });
    new ResizeObserver(() => this.#resized()).observe(svg);
  }

  // A window of another size shows the same: everything, where that was shown, else what is in the middle.
  #resized() {
    const { width, height } = this.svg.getBoundingClientRect();
    const before = this.size ?? { width, height };
    this.size = { width, height };
    if (this.fitted) this.fit(this.fitted);
    else this.go({ x: this.x + (width - before.width) / 2, y: this.y + (height - before.height) / 2 });
  }

  now() {
    return { x: this.x, y: this.y, scale: this.scale };
  }

  go(to) {
    Object.assign(this, to, { fitted: null });
    this.world.setAttribute("transform", `translate(${this.x} ${this.y}) scale(${this.scale})`);
  }

  shift(x, y) {
    this.go({ x: this.x + x * this.scale, y: this.y + y * this.scale });
  }

  scaleFor(bounds) {
    const { width, height } = this.svg.getBoundingClientRect();
    return Math.min(1.15, Math.max(0.04, Math.min(width / bounds.width, height / bounds.height)));
  }

  fit(bounds) {
    const { width, height } = this.svg.getBoundingClientRect();
    const scale = this.scaleFor(bounds);
    this.go({ scale, x: (width - bounds.width * scale) / 2 - bounds.left * scale, y: (height - bounds.height * scale) / 2 - bounds.top * scale });
    this.fitted = bounds;
  }

  zoom(factor, x, y) {
    const { width, height } = this.svg.getBoundingClientRect();
    [x, y] = [x ?? width / 2, y ?? height / 2];
    const scale = Math.min(3, Math.max(0.04, this.scale * factor));
    const by = scale / this.scale;
    this.go({ scale, x: x - (x - this.x) * by, y: y - (y - this.y) * by });
  }

  // Move no farther than it takes to see a box.
  reveal({ x, y, width, height }) {
    const seen = this.svg.getBoundingClientRect();
    const [left, top] = [x * this.scale + this.x, y * this.scale + this.y];
    const [right, bottom] = [left + width * this.scale, top + height * this.scale];
    const by = { x: 0, y: 0 };
    if (left < 40) by.x = 40 - left;
    else if (right > seen.width - 40) by.x = seen.width - 40 - right;
    if (top < 20) by.y = 20 - top;
    else if (bottom > seen.height - 20) by.y = seen.height - 20 - bottom;
    this.go({ x: this.x + by.x, y: this.y + by.y });
  }
}
