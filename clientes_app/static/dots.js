// The field of dots of a campaign: one for each client in sending order, in the colour and shape of its message's state.
(() => {
  const LOWEST = 5, HIGHEST = 14, FIELD_HEIGHT = 200, PAUSE_MS = 90;
  // The form says the state as well as the colour does: a cross, a square, a triangle, a ring, else a disc.
  const DISC = new Path2D("M-1 0a1 1 0 1 0 2 0a1 1 0 1 0-2 0");
  const SHAPES = { f: new Path2D("M-1-1L1 1M1-1L-1 1"), n: new Path2D("M-1-1H1V1H-1z"), i: new Path2D("M0-1L1 1H-1z") };
  const OUTLINED = new Set("fnoc");
  const live = document.getElementById("live");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let canvas, pen, words, shown, colours, columns, pitch, asked, timer;
  let wasRunning = false;

  const decode = (runs) => [...runs.matchAll(/([a-z])(\d+)/g)].flatMap(([, state, length]) => Array(Number(length)).fill(state));
  const field = () => document.getElementById("dots");

  // Only what has changed is drawn, so that nothing flickers.
  function look() {
    const box = field();
    if (!box) return;
    const states = decode(box.dataset.dots);
    if (canvas !== box.querySelector("canvas")) adopt(box);
    if (shown.length !== states.length) measure(states.length);
    states.forEach((state, place) => shown[place] === state || draw(place, state));
    shown = states;
    const ended = "ended" in box.dataset;
    if (ended && wasRunning && !calm.matches) canvas.animate({ opacity: [1, 0.4, 1] }, { duration: 1400, easing: "ease-in-out" });
    wasRunning = !ended;
  }

  function adopt(box) {
    canvas = box.querySelector("canvas");
    words = box.querySelector(".dots-whose");
    pen = canvas.getContext("2d");
    shown = [];
    for (const type of ["pointermove", "pointerdown"]) canvas.addEventListener(type, point);
    canvas.addEventListener("pointerleave", leave);
    canvas.addEventListener("keydown", step);
    new ResizeObserver(drawAnew).observe(box);
  }

  function measure(count) {
    canvas.width = 1; // shows it, so that it has a width
    const width = canvas.clientWidth;
    const sharpness = devicePixelRatio || 1;
    pitch = Math.min(HIGHEST, Math.max(LOWEST, Math.floor(Math.sqrt((width * FIELD_HEIGHT) / count))));
    columns = Math.max(1, Math.floor(width / pitch));
    const height = Math.ceil(count / columns) * pitch;
    canvas.width = Math.round(width * sharpness);
    canvas.height = Math.round(height * sharpness);
    canvas.style.height = `${height}px`;
    pen.setTransform(sharpness, 0, 0, sharpness, 0, 0);
    const style = getComputedStyle(canvas);
    colours = Object.fromEntries([..."pesfinoc"].map((state) => [state, style.getPropertyValue(`--dot-${state}`).trim()]));
    colours.frame = style.color;
    shown = Array(count).fill("");
  }

  function drawAnew() {
    if (Math.round(canvas.clientWidth * (devicePixelRatio || 1)) === canvas.width) return;
    shown = [];
    look();
  }

  function draw(place, state) {
    const left = (place % columns) * pitch, top = Math.floor(place / columns) * pitch;
    const isOutlined = OUTLINED.has(state), size = pitch * (isOutlined ? 0.3 : 0.36);
    pen.clearRect(left, top, pitch, pitch);
    pen.save();
    pen.transform(size, 0, 0, size, left + pitch / 2, top + pitch / 2);
    pen.lineWidth = state === "f" ? 0.65 : 0.4;
    pen.fillStyle = pen.strokeStyle = colours[state];
    pen[isOutlined ? "stroke" : "fill"](SHAPES[state] ?? DISC);
    pen.restore();
    pen.strokeStyle = colours.frame;
    if (place === asked) pen.strokeRect(left + 0.5, top + 0.5, pitch - 1, pitch - 1);
  }

  function point({ type, offsetX, offsetY }) {
    const column = Math.floor(offsetX / pitch);
    const place = Math.floor(offsetY / pitch) * columns + column;
    // A tap asks again: the message may have gone on since.
    if (column < columns && place >= 0 && place < shown.length && (place !== asked || type === "pointerdown")) ask(place);
  }

  function step(event) {
    const last = shown.length - 1;
    const place = { ArrowRight: asked + 1, ArrowLeft: asked - 1, ArrowDown: asked + columns, ArrowUp: asked - columns, Home: 0, End: last }[event.key];
    if (place === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (!(place < 0 || place > last)) ask(place || 0); // the first, where none was asked about
  }

  function ask(place) {
    const before = asked;
    asked = place;
    for (const each of [before, place]) if (shown[each]) draw(each, shown[each]);
    clearTimeout(timer);
    if (place !== undefined) timer = setTimeout(tell, PAUSE_MS, place);
  }

  async function tell(place) {
    const answer = await fetch(field().dataset.one.replace(/0\/$/, `${place}/`)).catch(() => null);
    if (answer?.ok && !answer.redirected && place === asked) words.innerHTML = await answer.text();
  }

  // A finger leaves with each tap, and what it asked is still to be told.
  function leave({ pointerType }) {
    if (pointerType !== "mouse") return;
    ask(undefined);
    words.replaceChildren();
  }

  look();
  new MutationObserver(look).observe(live, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-dots", "data-ended"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    shown = [];
    look();
  });
})();
