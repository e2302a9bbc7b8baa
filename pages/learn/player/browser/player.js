// Plays the film of a training: frames by number, of networks that trained one after the other. What stands still comes
// once as the scene (pages/learn/player/film.py); forecasting/labs/frames.py says what frames hold. Drawings are only
// changed, never made anew, so that nothing flickers. All words come translated.

const FILMS = 4; // runs that are remembered
const ASK_AGAIN = 400; // milliseconds before lost frames are asked for once more
const FULL_LENGTH = 8; // seconds that a whole film takes at speed 1
const SPEEDS = [0.5, 1, 2, 4];
const HEIGHT = { wide: 230, narrow: 230, phone: 170 };
const PHONE = 560; // pixels of width below which panels stand in one column
const EDGE = { left: 44, right: 10, top: 8, bottom: 34 };
const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  play: "M5 3.5v13l11-6.5z",
  pause: "M5 3.5h3.6v13H5zM11.4 3.5H15v13h-3.6z",
  back: "M13 3.5v13L4.5 10zM3 3.5h1.8v13H3z",
  forward: "M7 3.5v13l8.5-6.5zM15.2 3.5H17v13h-1.8z",
};

const films = new Map(); // run -> film
const views = new WeakMap(); // place in the page -> view
let asked = 0;

export default function ({ data, parentElement, setStateValue }) {
  let view = views.get(parentElement);
  if (!view) views.set(parentElement, (view = new View(parentElement)));
  view.take(data, setStateValue);
}

/** What has come of a run: the scene, the frames in their order, and those of each network. */
function filmOf(run) {
  let film = films.get(run);
  if (!film) {
    film = { run, scene: null, frames: [], stops: [], left: null };
    films.set(run, film);
    for (const old of films.keys()) if (films.size > FILMS && old !== run) films.delete(old);
  }
  return film;
}

/** Add what is new; false where something before it was lost on the way. */
function add(film, data) {
  if (data.scene) film.scene = data.scene;
  if (!film.scene || data.first > film.frames.length) return false;
  const news = JSON.parse(data.frames).slice(film.frames.length - data.first);
  if (news.length) {
    film.frames.push(...news);
    film.stops = [...new Set(film.frames.map((frame) => frame.at))].sort((a, b) => a - b);
  }
  return true;
}

class View {
  constructor(place) {
    this.place = place;
    this.film = null;
    this.live = false;
    this.follows = false; // shows the newest frame
    this.playing = false;
    this.speed = 1;
    this.cursor = -1; // the frame that is shown while it follows; frames beyond it are not shown then
    this.at = 0; // the epoch or step that is shown
    this.askedAt = 0;
    this.still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.tick = this.tick.bind(this);
    this.waiting = false; // for the next picture of the browser
  }

  take(data, setStateValue) {
    const film = filmOf(data.run);
    if (!add(film, data)) {
      if (performance.now() - this.askedAt > ASK_AGAIN) {
        this.askedAt = performance.now();
        const count = film.scene ? film.frames.length : 0;
        setStateValue("have", { run: film.run, count, turn: ++asked + Date.now() });
      }
      if (!film.scene) return;
    }
    const another = this.film !== film;
    const ended = this.live && !data.live && !another;
    this.live = data.live;
    const kept = another ? film.left : null; // where the reader had gone before the page was drawn anew
    if (another) {
      this.film = film;
      this.speed = kept?.speed ?? this.speed;
      this.build();
      this.playing = false;
      this.follows = data.live && !this.still && !kept;
      this.cursor = -1;
      this.at = kept?.at ?? (data.live ? 0 : this.last());
      this.chosen = kept?.chosen ?? null;
      this.drawn = null;
    } else if (ended && this.still && !this.touched) {
      this.at = this.last();
    }
    if (data.scene && !another) this.build(); // in another language
    if (another || ended) this.touched = Boolean(kept);
    this.root.dataset.run = film.run;
    this.root.dataset.frames = film.frames.length; // for tests, and who looks
    this.live_button.hidden = !this.live;
    this.wake();
  }

  last() {
    return this.film.stops.at(-1) ?? 0;
  }

  // --- what is drawn once ---------------------------------------------------------------------------------------

  build() {
    const { scene } = this.film;
    const form = JSON.stringify([scene.tracks, scene.panels.map((panel) => [panel.name, panel.title])]);
    if (this.form === form) {
      this.panels.forEach((panel, number) => (panel.about = scene.panels[number]));
      this.legend();
      return; // the same drawing with other values
    }
    this.form = form;
    this.root?.remove();
    this.root = element("section", { class: "player", "aria-label": scene.words.title });
    this.key = element("div", { class: "key" });
    this.written = null;
    const grid = element("div", { class: "panels" });
    this.panels = scene.panels.map((about) => this.panel(about));
    grid.append(...this.panels.map((panel) => panel.figure));
    this.root.append(this.key, grid, this.controls(scene.words));
    this.place.append(this.root);
    this.legend();
    this.watcher?.disconnect();
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(grid);
    this.grid = grid;
    this.resize();
  }

  legend() {
    const { scene } = this.film;
    const names = new Set(scene.panels.flatMap((panel) => Object.keys(panel.given ?? {})));
    this.film.frames.forEach((frame) => Object.values(frame.given ?? {}).forEach((g) => Object.keys(g).forEach((n) => names.add(n))));
    const lines = [...names].map((name) => scene.lines[name]).filter(Boolean);
    const entries = [...lines, ...(scene.tracks.length > 1 || lines.length ? scene.tracks : [])];
    const written = JSON.stringify(entries);
    if (this.written === written) return;
    this.written = written;
    this.key.replaceChildren(
      ...entries.map((line) => {
        const swatch = svg("svg", { width: 22, height: 10, "aria-hidden": "true" });
        swatch.append(svg("path", { d: "M1 5H21", ...stroke(line) }));
        const entry = element("span", {});
        entry.append(swatch, line.label);
        return entry;
      }),
    );
  }

  panel(about) {
    const figure = element("figure", { class: `panel span${about.span}` });
    const title = element("figcaption", {}, about.title);
    figure.append(title);
    if (about.kind === "text") {
      const said = element("pre", { class: about.name, tabindex: "0", "aria-label": about.alt });
      figure.append(said);
      return { about, figure, said };
    }
    const drawing = svg("svg", { role: "img", "aria-label": about.alt });
    const clip = `clip-${Math.random().toString(36).slice(2)}`;
    const shape = svg("rect", {});
    const definition = svg("clipPath", { id: clip });
    definition.append(shape);
    const axes = svg("g", { class: "axes" });
    const given = svg("g", { "clip-path": `url(#${clip})` });
    const drawn = svg("g", { "clip-path": `url(#${clip})` });
    const marks = svg("g", {});
    drawing.append(definition, axes, given, drawn, marks);
    figure.append(drawing);
    const panel = { about, figure, title, drawing, shape, axes, given, drawn, marks, paths: new Map() };
    if (about.kind === "states" && this.film.scene.tracks.length > 1) {
      const choice = element("select", { "aria-label": about.alt });
      this.film.scene.tracks.forEach((track) => choice.append(element("option", { value: track.name }, track.label)));
      choice.value = this.film.scene.tracks.at(-1).name;
      choice.addEventListener("change", () => {
        this.chosen = choice.value;
        this.wake();
      });
      title.append(" ", choice);
      panel.choice = choice;
    }
    return panel;
  }

  controls(words) {
    const bar = element("div", { class: "controls" });
    const back = button("back", words.back, () => this.step(-1));
    this.play_button = button("play", words.play, () => this.toggle());
    const forward = button("forward", words.forward, () => this.step(1));
    this.slider = element("input", { type: "range", min: 0, max: 0, value: 0, "aria-label": words.slider });
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    const speed = element("select", { "aria-label": words.speed, title: words.speed });
    SPEEDS.forEach((factor) => speed.append(element("option", { value: factor }, `${factor} ×`)));
    speed.value = String(this.speed);
    speed.addEventListener("change", () => {
      this.speed = Number(speed.value);
      this.wake();
    });
    this.live_button = element("button", { type: "button", class: "live", "aria-pressed": "false" }, words.live);
    this.live_button.addEventListener("click", () => this.follow());
    this.readout = element("output", {});
    bar.append(back, this.play_button, forward, this.slider, speed, this.live_button, this.readout);
    return bar;
  }

  // --- what the reader does -------------------------------------------------------------------------------------

  go(number) {
    this.touched = true;
    this.playing = this.follows = false;
    this.at = this.film.stops[number] ?? 0;
    this.wake();
  }

  step(by) {
    const { stops } = this.film;
    this.go(Math.min(stops.length - 1, Math.max(0, this.place_of() + by)));
  }

  toggle() {
    this.touched = true;
    const plays = this.playing || (this.follows && this.live);
    this.follows = false;
    this.playing = !plays;
    if (this.playing && this.at >= this.last()) this.at = 0;
    this.since = null;
    this.wake();
  }

  follow() {
    this.playing = false;
    this.follows = true;
    this.cursor = this.film.frames.length - 2;
    this.wake();
  }

  place_of() {
    return Math.max(0, this.film.stops.findLastIndex((stop) => stop <= this.at));
  }

  // --- what moves -----------------------------------------------------------------------------------------------

  wake() {
    if (!this.waiting) {
      this.waiting = true;
      requestAnimationFrame(this.tick);
    }
  }

  tick(now) {
    this.waiting = false;
    if (!this.root.isConnected) return;
    const { frames, stops } = this.film;
    let more = false;
    if (this.follows && frames.length) {
      const pending = frames.length - 1 - this.cursor;
      if (pending > 0) this.cursor += Math.ceil(pending / 6);
      this.at = frames[this.cursor].at;
      more = this.cursor < frames.length - 1;
    } else if (this.playing) {
      const rate = this.speed * Math.max(3, stops.length / FULL_LENGTH);
      this.since ??= now;
      const steps = Math.floor(((now - this.since) / 1000) * rate);
      if (steps > 0) {
        this.since += (steps * 1000) / rate;
        this.at = stops[Math.min(stops.length - 1, this.place_of() + steps)];
      }
      if (this.at >= this.last() && !this.live) this.playing = false;
      more = this.playing;
    }
    this.draw();
    if (more) this.wake();
  }

  resize() {
    const width = this.grid.clientWidth;
    if (!width) return;
    this.grid.classList.toggle("phone", width < PHONE);
    const height = width < PHONE ? HEIGHT.phone : HEIGHT.wide;
    for (const panel of this.panels) {
      if (!panel.drawing) continue;
      panel.width = panel.figure.clientWidth;
      panel.height = height;
      set(panel.drawing, { width: panel.width, height });
      panel.axed = panel.laid = null;
    }
    this.draw();
  }

  /** The newest frame of a network that is shown now and has something of a kind. */
  frame(track, has) {
    const { frames } = this.film;
    const upto = this.follows ? this.cursor : frames.length - 1;
    for (let number = upto; number >= 0; number--) {
      const frame = frames[number];
      if (frame.track === track && frame.at <= this.at && has(frame)) return frame;
    }
    return null;
  }

  draw() {
    const { scene, frames, stops } = this.film;
    if (frames.length && frames.some((frame) => frame.given)) this.legend();
    for (const panel of this.panels) {
      const kind = panel.about.kind;
      if (kind === "text") this.say(panel);
      else if (!panel.width) continue;
      else if (kind === "loss") this.loss(panel);
      else if (kind === "map") this.map(panel);
      else this.lines(panel);
    }
    const place = this.place_of();
    set(this.slider, { max: Math.max(0, stops.length - 1) });
    this.slider.value = place;
    this.slider.style.setProperty("--done", `${(100 * place) / Math.max(1, stops.length - 1)}%`);
    const said = scene.tracks.map((track) => {
      const loss = this.frame(track.name, (frame) => frame.loss !== null)?.loss;
      const text = loss === undefined ? "–" : short(loss);
      return scene.tracks.length > 1 ? `${track.label} ${text}` : text;
    });
    const at = fill(scene.words.at, { at: this.at.toLocaleString("en"), total: scene.total.toLocaleString("en") });
    const text = frames.length ? `${at} · ${fill(scene.words.loss, { loss: said.join(" · ") })}` : scene.words.waiting;
    if (this.readout.textContent !== text) {
      this.readout.textContent = text;
      this.slider.setAttribute("aria-valuetext", text);
    }
    const moves = this.playing || (this.follows && this.live);
    const name = moves ? scene.words.pause : scene.words.play;
    if (this.play_button.title !== name) {
      set(this.play_button, { title: name, "aria-label": name });
      this.play_button.querySelector("path").setAttribute("d", moves ? ICONS.pause : ICONS.play);
    }
    this.live_button.setAttribute("aria-pressed", String(this.follows));
    this.root.dataset.at = this.at;
    this.film.left = this.touched ? { at: this.at, speed: this.speed, chosen: this.chosen } : null;
  }

  say(panel) {
    const frame = this.frame(this.film.scene.tracks[0].name, (one) => one.texts?.[panel.about.name] !== undefined);
    const text = frame ? frame.texts[panel.about.name] : panel.about.before;
    if (panel.said.textContent !== text) panel.said.textContent = text;
  }

  lines(panel) {
    const { about } = panel;
    const scene = this.film.scene;
    const box = boxOf(panel);
    const across = (index) => box.left + (index / Math.max(1, about.count - 1)) * box.width;
    const reach = about.kind === "states" ? this.reach(panel) : 500; // thousandths shown above and below the middle
    const up = (value) => box.top + (0.5 - (value - 500) / (2 * reach)) * box.height;
    const middle = (about.y[0] + about.y[1]) / 2;
    const half = ((about.y[1] - about.y[0]) / 1000) * reach;
    axes(panel, box, about.x, [middle - half, middle + half], about.xTitle);
    const firsts = this.film.frames.filter((frame) => frame.given?.[about.name]);
    const laid = `${this.film.run} ${panel.width} ${firsts.length}`;
    if (panel.laid !== laid) {
      panel.laid = laid;
      const all = Object.assign({}, about.given, ...firsts.map((frame) => frame.given[about.name]));
      panel.given.replaceChildren(
        ...Object.entries(all).map(([name, values]) => svg("path", { d: path(values, 0, across, up), ...stroke(scene.lines[name]) })),
      );
      if (about.begin) {
        const x = across(about.begin - 0.5);
        panel.given.append(svg("path", { class: "border", d: `M${x} ${box.top}V${box.top + box.height}` }));
      }
    }
    const out = [];
    const mine = about.kind === "states" ? scene.tracks.filter((track) => track.name === this.track(panel)) : scene.tracks;
    const used = new Set();
    for (const track of mine) {
      const values = this.frame(track.name, (frame) => frame.lines?.[about.name])?.lines[about.name];
      if (!values) continue;
      const several = Array.isArray(values[0]) ? values : [values];
      several.forEach((one, number) => {
        const name = about.kind === "states" ? String(number) : track.name;
        used.add(name);
        const opacity = several.length > 1 ? 1 - (0.65 * number) / (several.length - 1) : 1;
        this.path(panel, name, { d: path(one, about.begin, across, up), ...stroke(track), "stroke-opacity": opacity });
        if (about.kind !== "states") out.push(...outside(one, about.begin, across, box, track.color));
      });
    }
    for (const [name, one] of panel.paths) if (!used.has(name)) set(one, { d: "" });
    if (out.length || panel.marks.childElementCount) {
      panel.marks.replaceChildren(...out.map(({ d, color }) => {
        const mark = svg("path", { d, fill: color });
        mark.append(svg("title", {}, scene.words.outside));
        return mark;
      }));
    }
  }

  /** The network whose states are shown: the one that the reader chose, or the one that trains, or the last. */
  track(panel) {
    const { tracks } = this.film.scene;
    const newest = this.follows ? this.film.frames[this.cursor]?.track : null;
    const name = this.chosen ?? newest ?? panel.choice?.value ?? tracks.at(-1).name;
    if (panel.choice && panel.choice.value !== name) panel.choice.value = name;
    return name;
  }

  /** How far hidden states go from zero in the whole film so far: those of a small task fill little of their range. */
  reach(panel) {
    const { frames, run } = this.film;
    if (panel.reached?.run !== run) panel.reached = { run, count: 0, most: 40 };
    for (; panel.reached.count < frames.length; panel.reached.count++) {
      for (const line of frames[panel.reached.count].lines?.[panel.about.name] ?? []) {
        for (const value of line) panel.reached.most = Math.max(panel.reached.most, Math.abs(value - 500) * 1.1);
      }
    }
    return Math.min(500, panel.reached.most);
  }

  path(panel, name, attributes) {
    let one = panel.paths.get(name);
    if (!one) {
      one = svg("path", {});
      panel.paths.set(name, one);
      panel.drawn.append(one);
    }
    set(one, attributes);
  }

  loss(panel) {
    const { scene, frames } = this.film;
    const known = frames.filter((frame) => frame.loss > 0).map((frame) => Math.log10(frame.loss));
    const low = known.length ? Math.min(...known) : -2;
    const high = known.length ? Math.max(...known) : 0;
    const room = Math.max(0.1, 0.06 * (high - low));
    const y = [low - room, high + room];
    const box = boxOf(panel);
    axes(panel, box, [0, scene.total], y, panel.about.xTitle, true);
    const across = (at) => box.left + (at / Math.max(1, scene.total)) * box.width;
    const up = (loss) => box.top + (1 - (Math.log10(loss) - y[0]) / (y[1] - y[0])) * box.height;
    for (const track of scene.tracks) {
      let d = "";
      for (const frame of frames) {
        if (frame.track === track.name && frame.loss > 0) d += `${d ? "L" : "M"}${round(across(frame.at))} ${round(up(frame.loss))}`;
      }
      this.path(panel, track.name, { d, ...stroke(track) });
      const now = this.frame(track.name, (frame) => frame.loss > 0);
      const dot = now ? circle(across(now.at), up(now.loss), 4) : "";
      this.path(panel, `${track.name} now`, { d: dot, fill: track.color, stroke: "none" });
    }
    const x = round(across(this.at));
    this.path(panel, "cursor", { class: "cursor", d: `M${x} ${box.top}V${box.top + box.height}`, fill: "none" });
  }

  map(panel) {
    const { about } = panel;
    const { scene } = this.film;
    const box = { left: 30, top: 6, width: panel.width - 38, height: panel.height - 34 };
    const wide = box.width / about.columns.length;
    const high = box.height / about.rows.length;
    if (panel.laid !== `${this.film.run} ${panel.width}`) {
      panel.laid = `${this.film.run} ${panel.width}`;
      set(panel.shape, { x: 0, y: 0, width: panel.width, height: panel.height });
      const letters = [
        ...about.rows.map((letter, row) => label(box.left - 8, box.top + (row + 0.5) * high + 4, letter, "end")),
        ...about.columns.map((letter, column) => label(box.left + (column + 0.5) * wide, panel.height - 10, letter, "middle")),
      ];
      panel.axes.replaceChildren(...letters);
      panel.cells = about.rows.map((letter, row) =>
        about.columns.map((_, column) =>
          svg("rect", {
            x: box.left + column * wide + 1, y: box.top + row * high + 1, width: Math.max(1, wide - 2), height: Math.max(1, high - 2),
            rx: 3, fill: scene.tracks[0].color, "fill-opacity": 0,
            class: about.wanted[column] === letter ? "cell wanted" : "cell",
          }),
        ),
      );
      panel.drawn.replaceChildren(...panel.cells.flat());
    }
    const shares = this.frame(scene.tracks[0].name, (frame) => frame.lines?.[about.name])?.lines[about.name];
    if (!shares) return;
    panel.cells.forEach((row, place) => row.forEach((cell, column) => cell.setAttribute("fill-opacity", (shares[column][place] ?? 0) / 1000)));
  }
}

// --- drawing ------------------------------------------------------------------------------------------------------

function boxOf(panel) {
  return {
    left: EDGE.left, top: EDGE.top,
    width: Math.max(10, panel.width - EDGE.left - EDGE.right), height: panel.height - EDGE.top - EDGE.bottom,
  };
}

/** Axes with ticks, made anew only where their size or their range has changed. */
function axes(panel, box, x, y, title, log = false) {
  const axed = JSON.stringify([box, x, y, title]);
  if (panel.axed === axed) return;
  panel.axed = axed;
  const pad = log ? 6 : 0; // a dot at the edge is drawn whole
  set(panel.shape, { x: box.left - pad, y: box.top - pad, width: box.width + 2 * pad, height: box.height + 2 * pad });
  const parts = [];
  for (const value of ticks(x[0], x[1], Math.max(2, Math.floor(box.width / 70)))) {
    const at = round(box.left + ((value - x[0]) / (x[1] - x[0] || 1)) * box.width);
    parts.push(label(at, box.top + box.height + 14, plain(value), "middle"));
  }
  for (const value of log ? decades(y[0], y[1]) : ticks(y[0], y[1], 4)) {
    const at = round(box.top + (1 - (value - y[0]) / (y[1] - y[0] || 1)) * box.height);
    parts.push(svg("path", { class: "grid", d: `M${box.left} ${at}H${box.left + box.width}` }));
    parts.push(label(box.left - 6, at + 4, log ? short(10 ** value) : plain(value), "end"));
  }
  parts.push(label(box.left + box.width / 2, box.top + box.height + 29, title ?? "", "middle"));
  panel.axes.replaceChildren(...parts);
}

function path(values, begin, across, up) {
  let d = "";
  let pen = "M";
  values.forEach((value, index) => {
    if (value === null) return void (pen = "M");
    d += `${pen}${round(across(begin + index))} ${round(up(value))}`;
    pen = "L";
  });
  const alone = values.filter((value) => value !== null).length === 1; // a dot, which a line of one point would not be
  if (!alone) return d;
  const index = values.findIndex((value) => value !== null);
  return circle(across(begin + index), up(values[index]), 3);
}

/** Triangles at the edge where a line leaves the panel for the first time. */
function outside(values, begin, across, box, color) {
  const marks = [];
  const above = values.findIndex((value) => value > 1000);
  const below = values.findIndex((value) => value !== null && value < 0);
  const lost = values.findIndex((value) => value === null);
  for (const [index, top] of [[above, true], [below, false], [above < 0 && below < 0 ? lost : -1, true]]) {
    if (index < 0) continue;
    const x = round(across(begin + index));
    const y = top ? box.top + 1 : box.top + box.height - 1;
    const by = top ? 8 : -8;
    marks.push({ d: `M${x} ${y}L${x - 5} ${y + by}H${x + 5}Z`, color });
  }
  return marks;
}

function ticks(low, high, most) {
  const raw = (high - low) / most || 1;
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * size).find((one) => one >= raw * 0.999);
  const values = [];
  for (let value = Math.ceil(low / step - 1e-9) * step; value <= high + step * 1e-9; value += step) values.push(Math.abs(value) < step * 1e-9 ? 0 : value);
  return values;
}

function decades(low, high) {
  const whole = [];
  const every = Math.max(1, Math.ceil((high - low) / 5));
  for (let value = Math.ceil(low); value <= high; value += every) whole.push(value);
  if (whole.length > 1) return whole;
  return ticks(10 ** low, 10 ** high, 4).filter((value) => value > 0).map((value) => Math.log10(value));
}

const round = (value) => Math.round(value * 10) / 10;
const plain = (value) => String(Number(value.toPrecision(6)));
const short = (loss) => (loss !== 0 && (loss < 1e-3 || loss >= 1e5) ? loss.toExponential(loss.toPrecision(1) == loss ? 0 : 1) : String(Number(loss.toPrecision(2))));
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const circle = (x, y, r) => `M${round(x - r)} ${round(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
const stroke = (line) => ({ fill: "none", stroke: line.color, "stroke-width": line.width ?? 1.8, "stroke-dasharray": line.dash ?? "none" });
const label = (x, y, text, anchor) => svg("text", { x, y, "text-anchor": anchor }, text);

function button(icon, name, act) {
  const one = element("button", { type: "button", title: name, "aria-label": name });
  const drawing = svg("svg", { width: 20, height: 20, "aria-hidden": "true" });
  drawing.append(svg("path", { d: ICONS[icon], fill: "currentColor" }));
  one.append(drawing);
  one.addEventListener("click", act);
  return one;
}

function set(one, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    const text = String(value);
    if (one.getAttribute(name) !== text) one.setAttribute(name, text);
  }
}

function element(tag, attributes, text = "") {
  const one = document.createElement(tag);
  set(one, attributes);
  if (text) one.textContent = text;
  return one;
}

function svg(tag, attributes, text = "") {
  const one = document.createElementNS(SVG, tag);
  set(one, attributes);
  if (text) one.textContent = text;
  return one;
}
