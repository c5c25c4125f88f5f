/* A line with its interval, drawn from the table that stands below it. Colours are the page's own, light and dark. */
(() => {
  "use strict";
  const RANGES = { nps: [-100, 100], csat: [0, 100], ces: [1, 7] };

  const read = (table) =>
    [...table.tBodies[0].rows].reverse().map((row) => {
      const number = (name) => {
        const cell = row.querySelector(`[data-${name}]`);
        return cell ? Number(cell.dataset[name]) : null;
      };
      return {
        label: row.cells[0].textContent, shown: row.cells[1].textContent, span: row.cells[2].textContent,
        value: number("value"), low: number("low"), high: number("high"), n: row.cells[3].textContent,
      };
    });

  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    const of = (name) => style.getPropertyValue(name).trim();
    return { line: of("--accent-text"), soft: of("--accent-soft"), grid: of("--line"), text: of("--muted"), paper: of("--card") };
  };

  const draw = (place) => {
    const table = document.getElementById(place.dataset.chart);
    const months = read(table);
    const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
    const canvas = place.appendChild(document.createElement("canvas"));
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", place.dataset.label);
    const [least, most] = RANGES[place.dataset.kind];
    const c = colours();
    const edge = { borderWidth: 0, pointRadius: 0, pointHitRadius: 0, backgroundColor: c.soft, tension: 0.25 };
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const axis = { grid: { color: c.grid }, border: { display: false }, ticks: { color: c.text, maxTicksLimit: 8, maxRotation: 0 } };
    return new Chart(canvas, {
      type: "line",
      data: {
        labels: months.map((month) => month.label),
        datasets: [
          { data: months.map((month) => month.value), borderColor: c.line, backgroundColor: c.line, borderWidth: 2.5, pointRadius: 3, pointHoverRadius: 5, tension: 0.25 },
          { ...edge, data: months.map((month) => month.high), fill: "+1" },
          { ...edge, data: months.map((month) => month.low), fill: false },
        ],
      },
      options: {
        animation: still ? false : { duration: 300 },
        maintainAspectRatio: false,
        interaction: { mode: "index", intersect: false },
        scales: { x: { ...axis, grid: { display: false } }, y: { ...axis, suggestedMin: place.dataset.kind === "nps" ? -20 : least, suggestedMax: most, min: undefined } },
        plugins: {
          legend: { display: false },
          tooltip: {
            displayColors: false,
            filter: (item) => item.datasetIndex === 0,
            callbacks: {
              label: (item) => {
                const month = months[item.dataIndex];
                return [`${heads[1]}: ${month.shown}`, `${heads[2]}: ${month.span}`, `${heads[3]}: ${month.n}`];
              },
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
