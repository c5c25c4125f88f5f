/* A line with its interval, or beside another line, drawn from the table that stands below it: newest rows first, or,
   with data-rising, from the top down. Colours are the page's own, light and dark. */
(() => {
  "use strict";
  const RANGES = { nps: [-100, 100], csat: [0, 100], ces: [1, 7], count: [0, undefined] };
  const CROWDED = 30;

  const read = (table, rising) => {
    const rows = [...table.tBodies[0].rows];
    return (rising ? rows : rows.reverse()).map((row) => {
      const number = (name) => {
        const cell = row.querySelector(`[data-${name}]`);
        return cell ? Number(cell.dataset[name]) : null;
      };
      return {
        cells: [...row.cells].map((cell) => cell.textContent),
        value: number("value"), low: number("low"), high: number("high"), other: number("other"),
      };
    });
  };

  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    const of = (name) => style.getPropertyValue(name).trim();
    return { line: of("--accent-text"), soft: of("--accent-soft"), grid: of("--line"), text: of("--muted"), paper: of("--card") };
  };

  const draw = (place) => {
    const table = document.getElementById(place.dataset.chart);
    const rows = read(table, "rising" in place.dataset);
    const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
    const canvas = place.appendChild(document.createElement("canvas"));
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", place.dataset.label);
    const [least, most] = RANGES[place.dataset.kind];
    const c = colours();
    const bare = { pointRadius: 0, pointHitRadius: 0, tension: 0.25 };
    const edge = { ...bare, borderWidth: 0, backgroundColor: c.soft };
    const radius = rows.length > CROWDED || "rising" in place.dataset ? 0 : 3;
    const all = (name) => rows.map((row) => row[name]);
    const has = (name) => rows.some((row) => row[name] !== null);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const axis = { grid: { color: c.grid }, border: { display: false }, ticks: { color: c.text, maxTicksLimit: 8, maxRotation: 0 } };
    return new Chart(canvas, {
      type: "line",
      data: {
        labels: rows.map((row) => row.cells[0]),
        datasets: [
          { data: all("value"), borderColor: c.line, backgroundColor: c.line, borderWidth: 2.5, pointRadius: radius, pointHoverRadius: 5, tension: 0.25 },
          ...(has("other") ? [{ ...bare, data: all("other"), borderColor: c.text, borderWidth: 2, borderDash: [5, 4] }] : []),
          ...(has("high") ? [{ ...edge, data: all("high"), fill: "+1" }, { ...edge, data: all("low"), fill: false }] : []),
        ],
      },
      options: {
        animation: still ? false : { duration: 300 },
        maintainAspectRatio: false,
        interaction: { mode: "index", intersect: false },
        scales: { x: { ...axis, ticks: { ...axis.ticks, autoSkipPadding: 16 }, grid: { display: false } }, y: { ...axis, suggestedMin: place.dataset.kind === "nps" ? -20 : least, suggestedMax: most, min: undefined } },
        plugins: {
          legend: { display: false },
          tooltip: {
            displayColors: false,
            filter: (item) => item.datasetIndex === 0,
            callbacks: {
              title: (items) => `${heads[0]}: ${items[0].label}`,
              label: (item) => rows[item.dataIndex].cells.slice(1).map((text, at) => `${heads[at + 1]}: ${text}`),
            },
          },
        },
      },
    });
  };

  const ready = () => {
    if (typeof Chart === "undefined") return;
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    const places = [...document.querySelectorAll("[data-chart]")];
    let drawn = places.map(draw);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      drawn.forEach((chart) => chart.destroy());
      places.forEach((place) => place.replaceChildren());
      drawn = places.map(draw);
    });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
})();
