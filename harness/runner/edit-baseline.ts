import { isDeepStrictEqual } from 'node:util'
import { isMap, isSeq, parse, parseDocument } from 'yaml'
import { type Baseline, formatBaseline } from './baseline.ts'

/**
 * A baseline file with other deviations: `text` is what it held, `next` what it shall mean. Entries that stay as they were keep their comments, their layout and
 * what they share by anchors; where that cannot be, because something is left that refers to an entry which is gone, the whole file is written anew.
 */
export function editBaseline(text: string, next: Baseline): string {
  const edited = splice(text, next)
  return edited !== undefined && means(edited, next) ? edited : formatBaseline(next)
}

function splice(text: string, next: Baseline): string | undefined {
  const list = parseDocument(text).get('deviations')
  if (!isSeq(list) || list.flow || list.items.length === 0) return undefined
  const lines = text.split('\n')
  const starts = list.items.map((item) => (isMap(item) && item.range ? lineOf(text, item.range[0]) : -1))
  const dash = /^( *)- /.exec(lines[starts[0] ?? -1] ?? '')
  if (dash === null || starts.some((start) => !lines[start]?.startsWith(dash[0]))) return undefined

  const old: Baseline['deviations'] = parse(text).deviations
  const fresh = next.deviations.filter((one) => !old.some((other) => same(one, other)))
  const pieces = [...lines.slice(0, starts[0])]
  for (const [at, entry] of old.entries()) {
    const following = starts[at + 1]
    const block = lines.slice(starts[at], following)
    while (fresh[0] !== undefined && fresh[0].scenario.localeCompare(entry.scenario) < 0)
      pieces.push(...linesOf(fresh.shift() as Deviation, dash[1] ?? ''))
    if (next.deviations.some((one) => same(one, entry))) pieces.push(...block)
    // What stands between it and the next belongs to the next.
    else pieces.push(...block.slice(block.findLastIndex((line) => !/^\s*(#.*)?$/.test(line)) + 1))
  }
  // Before the line that ends with the file's last.
  const end = pieces.at(-1) === '' ? pieces.length - 1 : pieces.length
  pieces.splice(end, 0, ...fresh.flatMap((one) => linesOf(one, dash[1] ?? '')))
  return pieces.join('\n')
}

type Deviation = Baseline['deviations'][number]

function same(one: Deviation, { requirements = [], ...other }: Partial<Deviation>): boolean {
  return isDeepStrictEqual(one, { ...other, requirements })
}

function linesOf(deviation: Deviation, indent: string): readonly string[] {
  const [, ...lines] = formatBaseline({ implementation: '', anywhere: [], deviations: [deviation] })
    .split('deviations:')[1]
    ?.trimEnd()
    .split('\n') ?? ['']
  return lines.map((line) => indent + line.replace(/^ {2}/, ''))
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length - 1
}

/** Whether the text is the baseline, in whatever order. */
function means(text: string, { implementation, anywhere, deviations }: Baseline): boolean {
  try {
    const read: Partial<Baseline> = parse(text)
    const found = read.deviations ?? []
    return (
      read.implementation === implementation &&
      isDeepStrictEqual(read.anywhere ?? [], anywhere) &&
      found.length === deviations.length &&
      deviations.every((one) => found.some((other) => same(one, other)))
    )
  } catch {
    return false
  }
}
