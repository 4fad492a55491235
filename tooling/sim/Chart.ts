/** Lines over numbers of workers, as an SVG that stands alone and reads on light and dark ground. */

export interface Line {
  readonly name: string
  readonly values: ReadonlyArray<number>
}

const colours = ["#c0392b", "#d68910", "#7d5ba6", "#1e8449"]
const [width, height, left, right, top, bottom] = [720, 360, 60, 150, 40, 50]

/** Both axes are logarithmic. */
export const draw = (title: string, ticks: ReadonlyArray<number>, lines: ReadonlyArray<Line>): string => {
  const most = Math.max(1.1, ...lines.flatMap(({ values }) => values)) * 1.05
  const scale = (value: number, from: number, to: number) => Math.log(value / from) / Math.log(to / from)
  const x = (tick: number) => left + scale(tick, ticks[0]!, ticks.at(-1)!) * (width - left - right)
  const y = (value: number) => height - bottom - scale(value, 1, most) * (height - top - bottom)
  const marks = [1, 1.05, 1.25, 1.5, 2, 3, 4, 6, 8].filter((mark) => mark <= most)
  const ends = lines.map(({ name, values }, at) => ({ name, at, place: y(values.at(-1)!) })).sort((a, b) =>
    a.place - b.place
  )
  // Names keep their distance from each other.
  ends.forEach((end, at) => end.place = Math.max(end.place, (ends[at - 1]?.place ?? -Infinity) + 16))
  const over = Math.max(0, (ends.at(-1)?.place ?? 0) - (height - bottom))
  ends.forEach((end) => end.place -= over)
  const text = (atX: number, atY: number, anchor: string, words: string, fill = "#777") =>
    `<text x="${atX.toFixed(1)}" y="${atY.toFixed(1)}" text-anchor="${anchor}" fill="${fill}">${words}</text>`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    text(left, 20, "start", title),
    ...marks.map((mark) =>
      `<path d="M${left} ${y(mark).toFixed(1)}H${width - right}" stroke="#999" stroke-opacity="0.4"/>`
      + text(left - 6, y(mark) + 4, "end", `${mark}`)
    ),
    ...ticks.map((tick) => text(x(tick), height - bottom + 18, "middle", `${tick}`)),
    text((left + width - right) / 2, height - 12, "middle", "workers"),
    ...lines.map(({ values }, at) =>
      `<polyline fill="none" stroke="${colours[at % colours.length]}" stroke-width="2" points="${
        values.map((value, i) => `${x(ticks[i]!).toFixed(1)},${y(value).toFixed(1)}`).join(" ")
      }"/>`
    ),
    ...ends.map(({ at, name, place }) =>
      text(width - right + 8, place + 4, "start", name, colours[at % colours.length])
    ),
    "</svg>",
    ""
  ].join("\n")
}
