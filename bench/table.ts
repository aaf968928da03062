import { columns } from '../harness/report/columns.ts'
import type { BenchRecord, Row, Series } from './record.ts'
import { growth, median, quantile } from './statistics.ts'

/** How a row compares with the same row of an earlier run. */
export interface Change {
  readonly earlier: number
  /** 0.1: the ratio is a tenth larger than it was. */
  readonly change: number
}

/** How many times the cost of the yardstick: the ratio of the medians. */
export function ratioOf({ ours, theirs }: Pick<Row, 'ours' | 'theirs'>): number {
  return median(ours) / median(theirs)
}

/** The middle half of the ratios of single rounds: how far a ratio can be trusted. */
export function spreadOf({ ours, theirs }: Pick<Row, 'ours' | 'theirs'>): readonly [number, number] {
  const ratios = ours.map((cost, round) => cost / (theirs[round] ?? Number.NaN))
  return [quantile(ratios, 0.25), quantile(ratios, 0.75)]
}

/** Undefined where the earlier run did not measure that row against the same yardstick. */
export function changeOf(row: Row, earlier: BenchRecord): Change | undefined {
  const before = earlier.rows.find(({ name, yardstick }) => name === row.name && yardstick === row.yardstick)
  if (before === undefined) return undefined
  const ratio = ratioOf(before)
  return { earlier: ratio, change: ratioOf(row) / ratio - 1 }
}

/** All that a run of the benchmarks measured, as text. */
export function recordText(record: BenchRecord, earlier?: BenchRecord): string {
  const parts = [
    ...(record.rows.length > 0 ? [columns([headsFor(earlier), ...record.rows.map(lineOf(earlier))])] : []),
    ...record.series.map((series) => seriesLines(series, earlier)),
    record.left.map(({ name, why }) => `left out: ${name}: ${why}`),
  ]
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

const headsFor = (earlier: BenchRecord | undefined): readonly string[] => [
  ...['row', 'measured', 'against', 'unit', 'ours', 'theirs', 'ratio', 'middle half', 'wanted'],
  ...(earlier === undefined ? [] : ['earlier', 'change']),
]

const lineOf =
  (earlier: BenchRecord | undefined) =>
  (row: Row): readonly string[] => {
    const [low, high] = spreadOf(row)
    const ratio = ratioOf(row)
    const wanted = row.wanted === undefined ? '-' : `${ratio <= row.wanted ? '' : 'NOT '}<= ${row.wanted}`
    const change = earlier === undefined ? undefined : changeOf(row, earlier)
    return [
      ...[row.name, row.subject, row.yardstick, row.unit, significant(median(row.ours))],
      ...[significant(median(row.theirs)), ratio.toFixed(2), `${low.toFixed(2)}-${high.toFixed(2)}`, wanted],
      ...(earlier === undefined
        ? []
        : [change?.earlier.toFixed(2) ?? '-', change === undefined ? '-' : percent(change.change)]),
    ]
  }

function seriesLines({ name, subject, noun, points }: Series, earlier?: BenchRecord): readonly string[] {
  const before = earlier?.series.find((series) => series.name === name)
  return [
    ...columns([
      [name, noun, 'seconds', 'MiB', 'us each', ...(before === undefined ? [] : ['earlier s']), ''],
      ...points.map(({ size, seconds, memory, done }) => [
        subject,
        size.toLocaleString('en'),
        seconds.toFixed(2),
        memory.toFixed(0),
        ((seconds * 1e6) / (done ?? size)).toFixed(1),
        ...(before === undefined
          ? []
          : [before.points.find((point) => point.size === size)?.seconds.toFixed(2) ?? '-']),
        done === undefined ? '' : `stopped after ${done.toLocaleString('en')}`,
      ]),
    ]),
    growthText(points),
  ]
}

/** From the second point on: the first is mostly the start of a process. Points that stopped early are left out. */
export function growthText(points: Series['points']): string {
  const whole = points.filter(({ done }) => done === undefined).slice(1)
  const time = growth(whole.map(({ size, seconds }) => ({ size, cost: seconds })))
  const memory = growth(whole.map(({ size, memory: cost }) => ({ size, cost })))
  if (Number.isNaN(time)) return 'too few sizes to tell how cost grows'
  const [from, to] = [whole[0]?.size ?? 0, whole.at(-1)?.size ?? 0]
  return `from ${from.toLocaleString('en')} to ${to.toLocaleString('en')}, time grows as size^${time.toFixed(2)}, memory as size^${memory.toFixed(2)}`
}

function percent(part: number): string {
  return `${part < 0 ? '' : '+'}${(part * 100).toFixed(0)}%`
}

/** Three digits that count. */
function significant(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
