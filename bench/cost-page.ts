import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { messageOf, UsageError } from '../harness/errors/errors.ts'
import { logChart, svgDocument } from './chart.ts'
import type { BenchRecord, Point, Series } from './record.ts'
import { growthText } from './table.ts'

const COLOURS = { seconds: '#1f6fb2', memory: '#b2541f' }

/**
 * Writes how cost grows with size: a Markdown page and its chart.
 * @throws UsageError when nothing was measured that grows, or a file cannot be written.
 */
export function writeCostPage(file: string, record: BenchRecord): void {
  if (record.series.length === 0)
    throw new UsageError('nothing was measured for the page', 'Measure scale-cases or scale-captures')
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
    '`npm run bench -- scale-cases scale-captures --page docs/cost.md` measures this and writes this page. Each figure is of one whole process, from its start to its end. The smallest size is mostly the start of the process.',
    `Measured on ${at.slice(0, 10)}: ${processor}, ${processors} processors, ${memory} GiB, Node ${node.slice(1)}.`,
    `![Seconds and memory by size, both axes logarithmic](${picture})`,
    ...series.flatMap(section),
  ].join('\n\n')}\n`
}

function section({ subject, noun, points, name }: Series): readonly string[] {
  const rows = points.map(
    ({ size, seconds, memory, done }) =>
      `| ${size.toLocaleString('en')}${done === undefined ? '' : `, stopped after ${done.toLocaleString('en')}`} | ${seconds.toFixed(2)} | ${memory.toFixed(0)} | ${((seconds * 1e6) / (done ?? size)).toFixed(1)} |`,
  )
  return [
    `## ${subject}`,
    ...(ABOUT[name] === undefined ? [] : [ABOUT[name]]),
    [`| ${noun} | s | peak memory, MiB | us each |`, '| ---: | ---: | ---: | ---: |', ...rows].join('\n'),
    `${growthText(points)}.`.replace(/^f/, 'F').replace(/^t/, 'T'),
  ]
}

const ABOUT: Readonly<Record<string, string | undefined>> = {
  'scale-cases':
    'The same cases of all topics, one in seven of the whole suite, played once, 11 times and 105 times on the embedded reference.',
  'scale-captures':
    'One sound conversation with one call and GRE data both ways. `judge` holds a capture and all that it reads from it in memory, about 1 KiB for each packet, and stops after 2,000,000 packets or other steps with a note; its verdicts are then about those.',
}
