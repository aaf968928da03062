/** A line of a chart: points in the units of the axes, all positive. */
export interface Line {
  readonly label: string
  readonly colour: string
  readonly points: readonly { readonly x: number; readonly y: number }[]
}

export interface ChartText {
  readonly title: string
  readonly x: string
  readonly y: string
}

const WIDTH = 460
const HEIGHT = 320
const LEFT = 62
const RIGHT = 20
const TOP = 36
const BOTTOM = 48

/**
 * Draws a chart with logarithmic axes as SVG: cost that is proportional to size rises one decade
 * for each decade to the right. Without a library: a dozen points on two axes need none.
 */
export function logChart({ title, x, y }: ChartText, lines: readonly Line[]): string {
  const points = lines.flatMap((line) => line.points)
  const across = createAxis(
    points.map((point) => point.x),
    { from: LEFT, to: WIDTH - RIGHT },
  )
  const up = createAxis(
    points.map((point) => point.y),
    { from: HEIGHT - BOTTOM, to: TOP },
  )
  const parts = [
    text(WIDTH / 2, 20, title, 'font-weight="bold" text-anchor="middle"'),
    text(WIDTH / 2, HEIGHT - 10, x, 'text-anchor="middle"'),
    text(16, HEIGHT / 2, y, `text-anchor="middle" transform="rotate(-90 16 ${HEIGHT / 2})"`),
    ...across.ticks.flatMap((tick) => [
      segment(across.at(tick), up.from, across.at(tick), up.to, '#ddd'),
      text(across.at(tick), HEIGHT - BOTTOM + 18, tickLabel(tick), 'text-anchor="middle"'),
    ]),
    ...up.ticks.flatMap((tick) => [
      segment(across.from, up.at(tick), across.to, up.at(tick), '#ddd'),
      text(LEFT - 6, up.at(tick) + 4, tickLabel(tick), 'text-anchor="end"'),
    ]),
    ...lines.flatMap((line, at) => [
      `<polyline fill="none" stroke="${line.colour}" stroke-width="2" points="${line.points.map((point) => `${round(across.at(point.x))},${round(up.at(point.y))}`).join(' ')}"/>`,
      ...line.points.map(
        (point) =>
          `<circle cx="${round(across.at(point.x))}" cy="${round(up.at(point.y))}" r="4" fill="${line.colour}"/>`,
      ),
      text(LEFT + 10, TOP + 16 + at * 16, line.label, `fill="${line.colour}"`),
    ]),
  ]
  return `<g>${parts.join('')}</g>`
}

/** Puts charts side by side in one SVG document. */
export function svgDocument(charts: readonly string[]): string {
  const placed = charts.map((chart, at) => `<g transform="translate(${at * WIDTH} 0)">${chart}</g>`)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH * charts.length} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...placed,
    '</svg>\n',
  ].join('\n')
}

interface Axis {
  readonly from: number
  readonly to: number
  /** The marked values: powers of ten. */
  readonly ticks: readonly number[]
  /** Returns the position of a value, in px. */
  at(value: number): number
}

/**
 * Makes an axis from the power of ten at or below the smallest value to the one at or above the
 * largest.
 */
export function createAxis(
  values: readonly number[],
  { from, to }: { readonly from: number; readonly to: number },
): Axis {
  const low = Math.floor(Math.log10(Math.min(...values)))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))))
  return {
    from,
    to,
    ticks: Array.from({ length: high - low + 1 }, (_, at) => 10 ** (low + at)),
    at: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
  }
}

function tickLabel(value: number): string {
  return value >= 1 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(1)))
}

function segment(x1: number, y1: number, x2: number, y2: number, colour: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${colour}"/>`
}

function text(x: number, y: number, content: string, attributes: string): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped}</text>`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
