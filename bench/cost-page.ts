import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { messageOf, UsageError } from '../harness/errors/errors.ts'
import { logChart, svgDocument } from './chart.ts'
import type { BenchRecord, Point, Series } from './record.ts'
import { eachMore } from './table.ts'

const COLOURS = { seconds: '#1f6fb2', memory: '#b2541f' }

/**
 * Writes a Markdown page, with a chart, that shows how cost grows with size.
 * @throws UsageError when no series was measured, or a file cannot be written.
 */
export function writeCostPage(file: string, record: BenchRecord): void {
  if (record.series.length === 0)
    throw new UsageError('no series was measured for the page', 'Measure scale-cases or scale-captures')
  const picture = `${file.replace(/\.md$/, '')}.svg`
  try {
    writeFileSync(file, costPage(record, basename(picture)))
    writeFileSync(picture, costChart(record.series))
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${messageOf(error)}`, 'Name a file in a folder that exists', {
      cause: error,
    })
  }
}

export function costChart(series: readonly Series[]): string {
  return svgDocument(
    series.map(({ subject, noun, points }) => {
      const whole = points.filter(({ done }) => done === undefined)
      const line = (label: string, colour: string, y: (point: Point) => number) => ({
        label,
        colour,
        points: whole.map((point) => ({ x: point.size, y: y(point) })),
      })
      return logChart({ title: subject, x: noun, y: 's, MiB' }, [
        line('seconds', COLOURS.seconds, ({ seconds }) => seconds),
        line('peak memory, MiB', COLOURS.memory, ({ memory }) => memory),
      ])
    }),
  )
}

export function costPage({ at, machine, series }: BenchRecord, picture: string): string {
  const { processor, processors, memory, node } = machine
  return `${[
    '# What a large run and a large capture cost',
    '`npm run bench -- scale-cases scale-captures --rounds 3 --page docs/cost.md` measures this and writes this page. Each figure is the median of several whole processes, from start to end. The last two columns show the cost of each further unit since the row before: if they stay the same or fall, cost grows at most in proportion to size.',
    `Measured on ${at.slice(0, 10)}: ${processor}, ${processors} processors, ${memory} GiB, Node ${node.slice(1)}.`,
    `![Seconds and memory by size, both axes logarithmic](${picture})`,
    ...series.flatMap(section),
  ].join('\n\n')}\n`
}

function section({ subject, noun, points, name }: Series): readonly string[] {
  const each = eachMore(points)
  const rows = points.map(({ size, seconds, memory, done }, at) => {
    const asked = `${size.toLocaleString('en')}${done === undefined ? '' : `, stopped after ${done.toLocaleString('en')}`}`
    return `| ${asked} | ${seconds.toFixed(2)} | ${memory.toFixed(0)} | ${each[at]?.time ?? '-'} | ${each[at]?.memory ?? '-'} |`
  })
  return [
    `## ${subject}`,
    ...(ABOUT[name] === undefined ? [] : [ABOUT[name]]),
    [
      `| ${noun} | s | peak memory, MiB | us for each more | KiB for each more |`,
      '| ---: | ---: | ---: | ---: | ---: |',
      ...rows,
    ].join('\n'),
  ]
}

const ABOUT: Readonly<Record<string, string | undefined>> = {
  'scale-cases':
    'The same cases of all topics, one in seven of the whole suite, played once, 11 times and 105 times on the embedded reference. The first cases cost more, because no code is compiled yet.',
  'scale-captures':
    'One conversation without a violation, with one call and GRE data in both directions. `judge` reads a capture twice, in pieces, and keeps of each packet only where it is: 4 octets. So memory grows with the number of conversations at the same time, not with the size of the file.',
}
