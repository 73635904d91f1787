// Draws the tables that bear `data-chart`: a picture before each, of the numbers in `data-value`, in the words of the page.
(() => {
  const root = document.documentElement;
  const INK_ON_PAPER = { ink: "#000", grid: "#bbb", first: "#333", second: "#000" };
  const LEGEND = 40, LINE_OF_WORDS = 16, LINES = 240; // pixels
  const narrow = matchMedia("(max-width: 575px)");
  const pictures = new Map();
  let printing = false;

  const text = (cell) => cell.textContent.trim().replace(/\s+/g, " ");
  const rowsOf = (table) => [...table.tBodies[0].rows].filter((row) => row.querySelector("[data-value]") && !("undrawn" in row.dataset));

  // Every column with bare numbers is a series; what stands in its cells is how these are written.
  function seriesOf(table, rows) {
    const drawn = [...rows[0].cells].filter((cell) => "value" in cell.dataset).map((cell) => cell.cellIndex);
    return drawn.map((place) => ({
      label: text(table.tHead.rows[0].cells[place]),
      data: rows.map((row) => Number(row.cells[place].dataset.value)),
      written: rows.map((row) => text(row.cells[place])),
    }));
  }

  function colours() {
    if (printing) return INK_ON_PAPER;
    const style = getComputedStyle(root);
    return Object.fromEntries(Object.keys(INK_ON_PAPER).map((name) => [name, style.getPropertyValue(`--chart-${name}`).trim()]));
  }

  function wrapped(words, width) {
    const lines = [""];
    for (const word of words.split(" ")) {
      const last = lines.length - 1;
      if (lines[last] && lines[last].length + word.length >= width) lines.push(word);
      else lines[last] = `${lines[last]} ${word}`.trim();
    }
    return lines;
  }

  const number = (value) => value.toLocaleString(root.lang);

  // What every picture has in common; the second series differs in its form and not only in its colour.
  function common({ ink, grid }, series) {
    return {
      responsive: true,
      maintainAspectRatio: false,
      color: ink,
      font: { family: getComputedStyle(document.body).fontFamily, size: 13 },
      plugins: {
        legend: { display: series.length > 1, align: "start", labels: { color: ink, usePointStyle: true, boxHeight: 8, padding: 16 } },
        tooltip: { callbacks: { title: ([{ label }]) => [label].flat().join(" "), label: ({ dataset, dataIndex }) => `${dataset.label}: ${dataset.written?.[dataIndex] ?? number(dataset.data[dataIndex].y)}` } },
      },
      grid,
    };
  }

  // Each bar's number at its end, as the table writes it.
  const numbersAtEnds = (ink) => ({
    id: "numbers",
    afterDatasetsDraw(chart) {
      const { ctx } = chart;
      ctx.save();
      Object.assign(ctx, { fillStyle: ink, textBaseline: "middle", font: `12px ${getComputedStyle(document.body).fontFamily}` });
      chart.data.datasets.forEach(({ written }, place) => {
        chart.getDatasetMeta(place).data.forEach((bar, row) => ctx.fillText(written[row], bar.x + 6, bar.y + 1));
      });
      ctx.restore();
    },
  });

  function bars(table, rows) {
    const series = seriesOf(table, rows), paint = colours();
    const forms = [{ backgroundColor: paint.first, borderColor: paint.first }, { backgroundColor: "transparent", borderColor: paint.second }];
    const thickness = series.length > 1 ? 13 : 18;
    // A reason's number is a link beside its words: those are enough.
    const labels = rows.map((row) => wrapped(row.cells[0].firstChild.textContent.trim(), narrow.matches ? 18 : 40));
    const row = Math.max(series.length * 20 + 12, ...labels.map((words) => words.length * LINE_OF_WORDS + 8));
    return {
      type: "bar",
      height: rows.length * row + (series.length > 1 ? LEGEND : 0),
      data: { labels, datasets: series.map((each, place) => ({ ...each, ...forms[place], borderWidth: 1.5, borderRadius: 2, borderSkipped: false, maxBarThickness: thickness })) },
      options: {
        ...common(paint, series),
        indexAxis: "y",
        layout: { padding: { right: 64 } },
        scales: {
          x: { display: false, beginAtZero: true },
          y: {
            grid: { display: false }, border: { color: paint.grid },
            ticks: { color: paint.ink, autoSkip: false },
          },
        },
      },
      plugins: [numbersAtEnds(paint.ink)],
    };
  }

  // The moments of a table are by the shop's clock, whatever the clock of whoever looks.
  const byShopsClock = (iso) => Date.parse(`${iso.slice(0, 16)}Z`);
  const written = (moment, format) => new Intl.DateTimeFormat(root.lang, { ...format, timeZone: "UTC" }).format(moment);
  const momentOf = (row) => row.querySelector("time").dateTime;

  function lines(table, rows) {
    rows = [...rows].sort((one, other) => (momentOf(one) < momentOf(other) ? -1 : 1));
    const series = seriesOf(table, rows), paint = colours();
    const minutes = Number(table.dataset.minutes);
    const forms = [{ borderColor: paint.first, pointStyle: "circle" }, { borderColor: paint.second, pointStyle: "rectRot", borderDash: [5, 4] }];
    const datasets = series.map((each, place) => ({ ...each, ...forms[place], backgroundColor: forms[place].borderColor, borderWidth: 2, pointRadius: 3.5, cubicInterpolationMode: "monotone" }));
    const axis = minutes ? clock(datasets, rows, minutes) : months(rows);
    const options = common(paint, series);
    if (minutes) options.plugins.tooltip.callbacks.title = ([{ parsed }]) => written(parsed.x, { dateStyle: "medium", timeStyle: "short" });
    return {
      type: "line",
      height: LINES,
      data: { labels: rows.map((row) => text(row.cells[0])), datasets },
      options: {
        ...options,
        interaction: { mode: "index", intersect: false },
        scales: {
          x: { ...axis, grid: { display: false }, border: { color: paint.grid }, ticks: { ...axis.ticks, color: paint.ink, maxRotation: 0 } },
          y: { beginAtZero: true, grid: { color: paint.grid }, border: { display: false }, ticks: { color: paint.ink, precision: 0, maxTicksLimit: 6, callback: number } },
        },
      },
    };
  }

  const months = (rows) => ({
    ticks: {
      callback(value) {
        const [year, month] = momentOf(rows[value]).split("-");
        const name = written(Date.UTC(year, month - 1, 15), { month: "short" });
        return value === 0 || month === "01" ? [name, year] : name;
      },
    },
  });

  // Rows are missing where nothing happened: there the line is at zero.
  function clock(datasets, rows, minutes) {
    const step = minutes * 60_000, moments = rows.map((row) => byShopsClock(momentOf(row)));
    for (const each of datasets) {
      each.data = moments.flatMap((x, place) => {
        const before = moments[place - 1] ?? x - step, gap = x - before > step;
        return [...(place === 0 || gap ? [{ x: x - step, y: 0 }] : []), { x, y: each.data[place] }, ...((moments[place + 1] ?? Infinity) - x > step ? [{ x: x + step, y: 0 }] : [])];
      });
      delete each.written;
    }
    const whole = moments.at(-1) - moments[0], days = whole > 36 * 3_600_000;
    const format = days ? { day: "numeric", month: "short" } : { hour: "numeric", minute: "2-digit" };
    const between = whole / (narrow.matches ? 3 : 6) / 60_000;
    const stepSize = 60_000 * ([15, 30, 60, 120, 240, 480, 720].find((unit) => unit >= between && !days) ?? 1440 * Math.ceil(between / 1440));
    return {
      type: "linear",
      min: moments[0] - step,
      max: moments.at(-1) + step,
      ticks: { stepSize, includeBounds: false, callback: (moment) => written(moment, format) },
    };
  }

  function draw(table, moves) {
    const rows = rowsOf(table);
    const { height, ...config } = (table.dataset.chart === "line" ? lines : bars)(table, rows);
    if (!moves || matchMedia("(prefers-reduced-motion: reduce)").matches) config.options.animation = false;
    const canvas = pictures.get(table)?.canvas ?? frame(table);
    canvas.parentElement.style.height = `${height}px`;
    pictures.get(table)?.chart.destroy();
    pictures.set(table, { canvas, chart: new Chart(canvas, config) });
  }

  // The table goes below its picture, folded up where the picture says all of it.
  function frame(table) {
    const place = table.closest(".table-responsive");
    const picture = document.createElement("figure"), box = document.createElement("div"), canvas = document.createElement("canvas");
    picture.className = "chart";
    box.className = "chart-frame";
    const title = document.createElement("figcaption");
    title.className = "report-caption";
    title.textContent = text(table.caption);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", title.textContent);
    box.append(canvas);
    picture.append(title, box);
    place.before(picture);
    table.caption.classList.add("visually-hidden");
    if (table.dataset.fold) fold(place, table.dataset.fold);
    return canvas;
  }

  function fold(place, words) {
    const details = document.createElement("details"), summary = document.createElement("summary");
    details.className = "chart-table";
    summary.textContent = words;
    place.before(details);
    details.append(summary, place);
  }

  function drawAll() {
    for (const [table, { canvas, chart }] of pictures) {
      if (table.isConnected && canvas.isConnected) continue;
      chart.destroy();
      pictures.delete(table);
    }
    for (const table of document.querySelectorAll("table[data-chart]")) if (!pictures.has(table) && rowsOf(table).length) draw(table, true);
  }
  const redraw = () => [...pictures.keys()].forEach((table) => draw(table, false));
  const onPaper = (now) => {
    printing = now;
    redraw();
  };

  document.addEventListener("htmx:after:swap", drawAll);
  new MutationObserver(redraw).observe(root, { attributeFilter: ["data-bs-theme"] });
  narrow.addEventListener("change", redraw);
  addEventListener("beforeprint", () => onPaper(true));
  addEventListener("afterprint", () => onPaper(false));
  drawAll();
})();
