import { isDeepStrictEqual } from 'node:util'
import { isMap, isSeq, parse, parseDocument } from 'yaml'
import { type Baseline, type BaselineCause, formatBaseline } from './baseline.ts'

/**
 * Edits a baseline file: `text` is its present content, `next` the baseline that the result must
 * mean. Unchanged causes keep their comments, layout and anchors. If a remaining cause refers to an
 * anchor of a removed one, the whole file is written anew.
 */
export function editBaseline(text: string, next: Baseline): string {
  const edited = splice(text, next)
  return edited !== undefined && means(edited, next) ? edited : formatBaseline(next)
}

function splice(text: string, next: Baseline): string | undefined {
  const list = parseDocument(text).get('causes')
  if (!isSeq(list) || list.flow || list.items.length === 0) return undefined
  const lines = text.split('\n')
  const starts = list.items.map((item) => (isMap(item) && item.range ? lineOf(text, item.range[0]) : -1))
  const dash = /^( *)- /.exec(lines[starts[0] ?? -1] ?? '')
  if (dash === null || starts.some((start) => !lines[start]?.startsWith(dash[0]))) return undefined

  const old: readonly BaselineCause[] = parse(text).causes
  const pieces = [...lines.slice(0, starts[0])]
  for (const [at, cause] of old.entries()) {
    const block = lines.slice(starts[at], starts[at + 1])
    const now = next.causes.find(({ id }) => id === cause.id)
    if (now !== undefined && same(now, cause)) pieces.push(...block)
    else {
      if (now !== undefined) pieces.push(...linesOf(now, dash[1] ?? ''))
      // Text between this cause and the next belongs to the next.
      pieces.push(...block.slice(block.findLastIndex((line) => !/^\s*(#.*)?$/.test(line)) + 1))
    }
  }
  const fresh = next.causes.filter(({ id }) => !old.some((one) => one.id === id))
  // Inserted before the empty text that follows the file's last newline.
  const end = pieces.at(-1) === '' ? pieces.length - 1 : pieces.length
  pieces.splice(end, 0, ...fresh.flatMap((one) => linesOf(one, dash[1] ?? '')))
  return pieces.join('\n')
}

function same(one: BaselineCause, { cases = [], monitors = [], ...other }: Partial<BaselineCause>): boolean {
  return isDeepStrictEqual(one, { ...other, cases, monitors })
}

function linesOf(cause: BaselineCause, indent: string): readonly string[] {
  const whole = formatBaseline({ format: 2, implementation: '', causes: [cause] }).trimEnd()
  const lines = whole.split('\n')
  return lines.slice(lines.indexOf('causes:') + 1).map((line) => indent + line.replace(/^ {2}/, ''))
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length - 1
}

/** Whether the text means the baseline; the order of its causes does not matter. */
function means(text: string, { implementation, causes }: Baseline): boolean {
  try {
    const read: Partial<Baseline> = parse(text)
    const found = read.causes
    return (
      Array.isArray(found) &&
      read.implementation === implementation &&
      found.length === causes.length &&
      causes.every((one) => found.some((other) => same(one, other)))
    )
  } catch {
    return false
  }
}
