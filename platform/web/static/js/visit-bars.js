/* The drawing of a visit: a bar is dragged or moved with the arrows, and follows the numbers that are typed. */
const figure = document.querySelector(".visit-drawing");
const NAMESPACE = "http://www.w3.org/2000/svg";
const FINE_UNTIL = 30;
const PAGE = 15;
const CLOCK = /^(\d{1,4}):([0-5]\d)(?:\s*h)?$/;
const SPOKEN =
  /^(?:(\d{1,4})(?:[.,](\d{1,2}))?\s*(?:h|hs|hrs?|hours?|horas?)\.?(?:\s*(?:y|and)\s)?)?\s*(?:(\d{1,6})\s*(?:(?:m|mins?|minutos?|minutes?|')\.?)?)?$/;

/* As `read_length` on the server; null where it says none. */
function readLength(text) {
  const typed = text.trim().toLowerCase();
  const clock = CLOCK.exec(typed);
  if (clock) return Number(clock[1]) * 60 + Number(clock[2]);
  const said = SPOKEN.exec(typed);
  if (!said || !(said[1] || said[3])) return null;
  return Math.round(Number(`${said[1] ?? 0}.${said[2] ?? 0}`) * 60) + Number(said[3] ?? 0);
}

function make(name, attributes) {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function start(svg) {
  const form = figure.closest("form");
  const field = (name) => form.elements.namedItem(name);
  const total = field("duration_minutes");
  const bars = [...svg.querySelectorAll("[data-row]")].map((group, index) => makeBar(group, index + 1));
  let whole = readLength(total.value);

  function makeBar(group, number) {
    const name = group.dataset.row;
    const bar = {
      name,
      number,
      from: field(`requirements-${name}-starts_after_minutes`),
      length: field(`requirements-${name}-duration_minutes`),
      same: field(`requirements-${name}-same_as`),
      body: group.querySelector(".part-bar"),
      text: group.querySelector("text"),
      end: make("svg", { class: "part-end", y: group.querySelector(".track").getAttribute("y"), overflow: "visible" }),
    };
    const grip = make("rect", { x: -6, width: 24, height: 24, rx: 4 });
    bar.end.append(grip, make("path", { d: "M-3 6v12M3 6v12" }));
    bar.handles = { start: bar.body, length: grip };
    for (const [kind, element] of Object.entries(bar.handles)) {
      element.setAttribute("role", "slider");
      element.setAttribute("tabindex", "0");
      element.setAttribute("aria-label", figure.dataset[kind].replace("#", number));
      element.addEventListener("keydown", (event) => onKey(event, bar, kind));
      element.addEventListener("pointerdown", (event) => onPointer(event, bar, kind));
    }
    group.append(bar.end);
    return bar;
  }

  function read(bar) {
    const begins = Math.min(readLength(bar.from.value) ?? 0, whole);
    const lasts = readLength(bar.length.value);
    return { begins, ends: lasts ? Math.min(begins + lasts, whole) : whole, isOpen: !lasts };
  }

  function findStep() {
    return whole > FINE_UNTIL ? 5 : 1;
  }

  /* The least and the most that a handle can say; it never says less than it may, however short the visit is. */
  function findLimits(bar, kind) {
    const { begins, ends, isOpen } = read(bar);
    const step = findStep();
    if (kind === "length") return [Math.min(step, whole - begins), whole - begins];
    return [0, Math.max(0, isOpen ? whole - step : whole - (ends - begins))];
  }

  function tell(input) {
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function put(bar, kind, wanted) {
    const [least, most] = findLimits(bar, kind);
    const minutes = Math.min(Math.max(wanted, least), most);
    const input = kind === "start" ? bar.from : bar.length;
    // What lasts to the end follows when the visit gets longer.
    const text = kind === "length" && minutes === most ? "" : String(minutes);
    if (input.value === text) return;
    input.value = text;
    tell(input);
  }

  function getValue(bar, kind) {
    const { begins, ends } = read(bar);
    return kind === "start" ? begins : ends - begins;
  }

  function onKey(event, bar, kind) {
    const step = findStep();
    const value = getValue(bar, kind);
    const [least, most] = findLimits(bar, kind);
    const up = Math.floor(value / step) * step + step;
    const down = Math.ceil(value / step) * step - step;
    const wanted = {
      ArrowRight: up,
      ArrowUp: up,
      ArrowLeft: down,
      ArrowDown: down,
      PageUp: value + PAGE,
      PageDown: value - PAGE,
      Home: least,
      End: most,
    }[event.key];
    if (wanted === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    put(bar, kind, wanted);
  }

  function onPointer(event, bar, kind) {
    if (event.button) return;
    event.preventDefault();
    const handle = bar.handles[kind];
    const before = [bar.from.value, bar.length.value];
    const value = getValue(bar, kind);
    handle.focus({ focusVisible: false });
    handle.setPointerCapture(event.pointerId);
    const onMove = (now) => {
      const minutes = value + ((now.clientX - event.clientX) / svg.getBoundingClientRect().width) * whole;
      const step = findStep();
      put(bar, kind, Math.round(minutes / step) * step);
    };
    const giveBack = () => {
      [bar.from.value, bar.length.value] = before;
      tell(bar.from);
    };
    const stop = new AbortController();
    const onStop = (now) => {
      stop.abort();
      if (now.type === "pointercancel") giveBack();
    };
    const onEscape = (key) => {
      if (key.key !== "Escape") return;
      key.preventDefault();
      stop.abort();
      giveBack();
    };
    const { signal } = stop;
    handle.addEventListener("pointermove", onMove, { signal });
    handle.addEventListener("pointerup", onStop, { signal });
    handle.addEventListener("pointercancel", onStop, { signal });
    addEventListener("keydown", onEscape, { signal, capture: true });
  }

  function meets(one, other) {
    const [a, b] = [read(one), read(other)];
    return a.begins < b.ends && b.begins < a.ends;
  }

  function draw() {
    whole = readLength(total.value);
    // What is no length yet leaves the drawing as it was.
    if (!whole) return;
    for (const bar of bars) {
      const { begins, ends } = read(bar);
      const other = bars.find((each) => each !== bar && each.name === bar.same?.value);
      const clashes = other !== undefined && meets(bar, other);
      bar.body.setAttribute("x", `${(100 * begins) / whole}%`);
      bar.body.setAttribute("width", `${(100 * (ends - begins)) / whole}%`);
      bar.body.classList.toggle("clash", clashes);
      bar.end.setAttribute("x", `${(100 * ends) / whole}%`);
      const said = [String(bar.number), `${begins}–${ends} min`];
      if (other) said.push(figure.dataset.same.replace("#", other.number));
      if (clashes) said.push(figure.dataset.clash);
      bar.text.textContent = said.join(" · ");
      for (const [kind, handle] of Object.entries(bar.handles)) {
        const [least, most] = findLimits(bar, kind);
        const now = { min: least, max: most, now: getValue(bar, kind), text: said.slice(1).join(" · ") };
        for (const [key, value] of Object.entries(now)) handle.setAttribute(`aria-value${key}`, value);
      }
    }
  }

  svg.removeAttribute("aria-hidden");
  svg.classList.add("drags");
  figure.querySelector(".spoken").remove();
  form.addEventListener("input", draw);
  form.addEventListener("change", draw);
  addEventListener("pageshow", draw);
  draw();
}

if (figure) start(figure.querySelector("svg"));
