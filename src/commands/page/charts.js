// Draws every chart that the page describes in #charts; runs in the reader's browser.
const charts = JSON.parse(document.getElementById("charts").textContent);
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`);
const fixed = (value, digits) => (value == null ? "–" : value.toFixed(digits));
const day = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);

const dates = (_, splits) =>
  splits.map((seconds) =>
    new Date(seconds * 1000).toLocaleDateString("en-GB", { day: "numeric", month: "short" })
  );

/** Whiskers of the intervals, through the points of the first series. */
const whiskers = ({ low, high }) => ({
  hooks: {
    draw: (plot) => {
      const { ctx } = plot;
      ctx.save();
      ctx.strokeStyle = colour("one");
      ctx.lineWidth = 1.5 * devicePixelRatio;
      ctx.setLineDash([]);
      ctx.beginPath();
      plot.data[0].forEach((x, i) => {
        const at = plot.valToPos(x, "x", true);
        ctx.moveTo(at, plot.valToPos(low[i], "y", true));
        ctx.lineTo(at, plot.valToPos(high[i], "y", true));
      });
      ctx.stroke();
      ctx.restore();
    },
  },
});

function options(chart, width) {
  const axis = {
    stroke: colour("soft"),
    grid: { stroke: colour("grid"), width: 1 },
    ticks: { show: false },
  };
  const last = chart.x.length - 1;
  const isTime = chart.axis === "time";
  const [least, most] = [chart.x[0], chart.x[last]];
  // The library says 3/10 where days count.
  const isShort = most - least < 400 * 86400;
  const margin = isTime ? 0 : 0.5;
  const shown = chart.series.flatMap(({ values }) => values).concat(
    chart.low ?? [],
    chart.high ?? [],
    chart.include,
  );
  const [bottom, top] = [Math.min(...shown), Math.max(...shown)];
  const room = (top - bottom || 1) * 0.06;
  const at = (index) => (index == null ? last : index);
  return {
    width,
    height: Math.max(210, Math.min(300, width * 0.55)),
    plugins: chart.low ? [whiskers(chart)] : [],
    cursor: { drag: { x: false, y: false }, y: false },
    scales: {
      x: { time: isTime, range: () => [least - margin, most + margin] },
      y: { range: () => [bottom - room, top + room] },
    },
    axes: [
      isTime
        ? { ...axis, size: 46, ...isShort && { values: dates } }
        : { ...axis, size: 30, splits: () => chart.x, values: (_, splits) => splits.map(String) },
      {
        ...axis,
        size: (_, labels) => 14 + 7 * Math.max(4, ...(labels ?? []).map(({ length }) => length)),
        values: (_, splits) =>
          splits.map((value) =>
            chart.unit === "%" ? `${+value.toPrecision(6)} %` : `${+value.toPrecision(6)}`
          ),
      },
    ],
    series: [
      {
        label: chart.xLabel,
        value: (plot, _, __, i) => isTime ? day(plot.data[0][at(i)]) : String(plot.data[0][at(i)]),
      },
      ...chart.series.map(({ label, colour: name, dash, width, points }) => ({
        label,
        stroke: colour(name),
        width,
        dash,
        points: { show: points, size: 8, fill: colour(name) },
        value: (plot, _, s, i) =>
          `${fixed(plot.data[s][at(i)], chart.digits)}${chart.unit ? ` ${chart.unit}` : ""}`,
      })),
    ],
  };
}

let drawn = [];
function draw() {
  drawn.forEach(({ plot }) => plot.destroy());
  drawn = charts.map((chart) => {
    const place = document.getElementById(chart.id);
    const data = [chart.x, ...chart.series.map(({ values }) => values)];
    return { place, plot: new uPlot(options(chart, place.clientWidth), data, place) };
  });
}
draw();
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === width) return;
  width = innerWidth;
  draw();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
for (const [event, isPrinting] of [["beforeprint", true], ["afterprint", false]]) {
  addEventListener(event, () => {
    document.documentElement.classList.toggle("printing", isPrinting);
    draw();
  });
}
