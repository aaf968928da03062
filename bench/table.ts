import { columns } from '../harness/report/columns.ts'
import type { BenchRecord, Row, Series } from './record.ts'
import { increments, median, quantile } from './statistics.ts'

/** How a row compares with the same row of an earlier run. */
export interface Change {
  readonly earlier: number
  /** The relative change of the ratio: 0.1 means that it grew by a tenth. */
  readonly change: number
}

/** Returns the ratio of the medians: our cost in multiples of the yardstick's. */
export function ratioOf({ ours, theirs }: Pick<Row, 'ours' | 'theirs'>): number {
  return median(ours) / median(theirs)
}

/**
 * Returns the middle half of the single rounds' ratios, which shows how far a ratio can be trusted.
 */
export function spreadOf({ ours, theirs }: Pick<Row, 'ours' | 'theirs'>): readonly [number, number] {
  const ratios = ours.map((cost, round) => cost / (theirs[round] ?? Number.NaN))
  return [quantile(ratios, 0.25), quantile(ratios, 0.75)]
}

/**
 * Compares a row with an earlier run; undefined when that run did not measure the row against the
 * same yardstick.
 */
export function changeOf(row: Row, earlier: BenchRecord): Change | undefined {
  const before = earlier.rows.find(({ name, yardstick }) => name === row.name && yardstick === row.yardstick)
  if (before === undefined) return undefined
  const ratio = ratioOf(before)
  return { earlier: ratio, change: ratioOf(row) / ratio - 1 }
}

/** Formats the results of a run as text. */
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
  const each = eachMore(points)
  return columns([
    [
      ...[name, noun, 'seconds', 'MiB', 'us each more', 'KiB each more'],
      ...(before === undefined ? [] : ['earlier s', 'earlier MiB']),
      '',
    ],
    ...points.map(({ size, seconds, memory, done }, at) => {
      const old = before?.points.find((point) => point.size === size)
      return [
        ...[subject, size.toLocaleString('en'), seconds.toFixed(2), memory.toFixed(0)],
        ...[each[at]?.time ?? '-', each[at]?.memory ?? '-'],
        ...(before === undefined ? [] : [old?.seconds.toFixed(2) ?? '-', old?.memory.toFixed(0) ?? '-']),
        done === undefined ? '' : `stopped after ${done.toLocaleString('en')}`,
      ]
    }),
  ])
}

/**
 * Formats the cost of each further unit since the point before: microseconds and KiB. Units are
 * those that were done, not those that were requested.
 */
export function eachMore(
  points: Series['points'],
): readonly { readonly time: string; readonly memory: string }[] {
  const sized = points.map((point) => ({ ...point, size: point.done ?? point.size }))
  const time = increments(sized.map(({ size, seconds }) => ({ size, cost: seconds * 1e6 })))
  const memory = increments(sized.map(({ size, memory: cost }) => ({ size, cost: cost * 1024 })))
  const text = (value: number | undefined): string => (value === undefined ? '-' : significant(value))
  return points.map((_, at) => ({ time: text(time[at]), memory: text(memory[at]) }))
}

function percent(part: number): string {
  return `${part < 0 ? '' : '+'}${(part * 100).toFixed(0)}%`
}

/** Formats a number with three significant digits. */
function significant(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
