// The field of dots of a campaign: one for each client in sending order, in the colour and shape of its message's state.
(() => {
  const LOWEST = 5, HIGHEST = 14, FIELD_HEIGHT = 200, PAUSE_MS = 90;
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
    canvas.addEventListener("pointermove", point);
    canvas.addEventListener("pointerdown", point);
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
    colours = Object.fromEntries([..."pesfino"].map((state) => [state, style.getPropertyValue(`--dot-${state}`).trim()]));
    colours.c = colours.o;
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
    pen.clearRect(left, top, pitch, pitch);
    pen.fillStyle = pen.strokeStyle = colours[state];
    pen.lineWidth = Math.max(1, pitch * (state === "f" ? 0.2 : 0.12));
    pen.beginPath();
    const isFilled = trace(state, left + pitch / 2, top + pitch / 2, pitch * 0.36);
    if (isFilled) pen.fill();
    else pen.stroke();
    if (place === asked) frame(left, top);
  }

  // The form says the state as well as the colour does; returns whether it is filled.
  function trace(state, x, y, radius) {
    const inner = radius - pen.lineWidth / 2;
    if (state === "f") {
      for (const side of [-1, 1]) {
        pen.moveTo(x - radius, y - side * radius);
        pen.lineTo(x + radius, y + side * radius);
      }
    } else if (state === "n") pen.rect(x - inner, y - inner, 2 * inner, 2 * inner);
    else if (state === "i") {
      pen.moveTo(x, y - radius);
      pen.lineTo(x + radius, y + radius);
      pen.lineTo(x - radius, y + radius);
    } else pen.arc(x, y, state === "o" || state === "c" ? inner : radius, 0, 2 * Math.PI);
    return !"fnoc".includes(state);
  }

  function frame(left, top) {
    pen.lineWidth = 1;
    pen.strokeStyle = colours.frame;
    pen.strokeRect(left + 0.5, top + 0.5, pitch - 1, pitch - 1);
  }

  function point({ type, offsetX, offsetY }) {
    const column = Math.floor(offsetX / pitch);
    const place = Math.floor(offsetY / pitch) * columns + column;
    // A tap asks again: the message may have gone on since.
    if (column < columns && place >= 0 && place < shown.length && (place !== asked || type === "pointerdown")) ask(place);
  }

  function step(event) {
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, Home: -Infinity, End: Infinity };
    const by = steps[event.key];
    if (!by || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const last = shown.length - 1;
    const wanted = asked === undefined ? (by === Infinity ? last : 0) : asked + by;
    const isWithin = Math.abs(by) === Infinity || (wanted >= 0 && wanted <= last);
    if (isWithin) ask(Math.min(last, Math.max(0, wanted)));
  }

  function ask(place) {
    mark(place);
    clearTimeout(timer);
    timer = setTimeout(tell, PAUSE_MS, place);
  }

  function mark(place) {
    const before = asked;
    asked = place;
    for (const each of [before, place]) if (shown[each]) draw(each, shown[each]);
  }

  async function tell(place) {
    const answer = await fetch(field().dataset.one.replace(/0\/$/, `${place}/`)).catch(() => null);
    if (answer?.ok && !answer.redirected && place === asked) words.innerHTML = await answer.text();
  }

  // A finger leaves with each tap, and what it asked is still to be told.
  function leave({ pointerType }) {
    if (pointerType !== "mouse") return;
    clearTimeout(timer);
    mark(undefined);
    words.replaceChildren();
  }

  look();
  new MutationObserver(look).observe(live, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-dots", "data-ended"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    shown = [];
    look();
  });
})();
