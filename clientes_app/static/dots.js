// The field of dots of a campaign: one for each client in sending order, in the colour of its message's state.
(() => {
  const LOWEST = 5, HIGHEST = 14, FIELD_HEIGHT = 200, PAUSE_MS = 90;
  const HOLLOW = new Set(["o", "c"]);
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
    words = box.querySelector("p");
    pen = canvas.getContext("2d");
    shown = [];
    canvas.addEventListener("pointermove", point);
    canvas.addEventListener("pointerdown", point);
    canvas.addEventListener("pointerleave", leave);
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
    colours = Object.fromEntries([..."pesfio"].map((state) => [state, style.getPropertyValue(`--dot-${state}`).trim()]));
    colours.c = colours.o;
    shown = Array(count).fill("");
  }

  function drawAnew() {
    if (Math.round(canvas.clientWidth * (devicePixelRatio || 1)) === canvas.width) return;
    shown = [];
    look();
  }

  function draw(place, state) {
    const x = (place % columns) * pitch, y = Math.floor(place / columns) * pitch;
    const radius = pitch * 0.36, line = Math.max(1, pitch * 0.12);
    pen.clearRect(x, y, pitch, pitch);
    pen.beginPath();
    pen.arc(x + pitch / 2, y + pitch / 2, HOLLOW.has(state) ? radius - line / 2 : radius, 0, 2 * Math.PI);
    if (HOLLOW.has(state)) {
      pen.lineWidth = line;
      pen.strokeStyle = colours[state];
      pen.stroke();
    } else {
      pen.fillStyle = colours[state];
      pen.fill();
    }
  }

  function point({ offsetX, offsetY }) {
    const column = Math.floor(offsetX / pitch);
    const place = Math.floor(offsetY / pitch) * columns + column;
    if (column >= columns || place < 0 || place >= shown.length || place === asked) return;
    asked = place;
    clearTimeout(timer);
    timer = setTimeout(tell, PAUSE_MS, place);
  }

  async function tell(place) {
    const answer = await fetch(field().dataset.one.replace(/0\/$/, `${place}/`)).catch(() => null);
    if (answer?.ok && !answer.redirected && place === asked) words.innerHTML = await answer.text();
  }

  function leave({ pointerType }) {
    clearTimeout(timer);
    asked = undefined;
    if (pointerType === "mouse") words.replaceChildren();
  }

  look();
  new MutationObserver(look).observe(live, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-dots", "data-ended"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    shown = [];
    look();
  });
})();
