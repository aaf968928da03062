import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLogBuffer, LINE_LIMIT, LINES_LIMIT } from './log-buffer.ts'

function texts(pieces: readonly string[]): readonly string[] {
  const log = createLogBuffer(() => 0)
  for (const piece of pieces) log.push(piece)
  log.end()
  return log.take().map((line) => line.text)
}

describe('createLogBuffer', () => {
  it('joins pieces into lines and keeps an unfinished last one', () => {
    expect(texts(['one\r\ntw', 'o\n\nthr', 'ee'])).toEqual(['one', 'two', '', 'three'])
  })

  it('makes the same lines of a text, however it is cut into pieces', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\u001b') })
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(texts(pieces)).toEqual(texts([pieces.join('')]))
      }),
    )
  })

  it('keeps control characters as data', () => {
    expect(texts(['\u001b[31mred\u0000\u0007\n'])).toEqual(['\u001b[31mred\u0000\u0007'])
  })

  it('cuts long lines, and marks the cut', () => {
    const [line = '', next] = texts([...Array<string>(1_000).fill('x'.repeat(1_000)), '\nnext\n'])
    expect(line).toHaveLength(LINE_LIMIT)
    expect(line.endsWith('x...')).toBe(true)
    expect(next).toBe('next')
    expect(texts([`${'y'.repeat(LINE_LIMIT)}\n`])).toEqual(['y'.repeat(LINE_LIMIT)])
  })

  it('drops the oldest lines, and reports how many', () => {
    const log = createLogBuffer(() => 7)
    const count = LINES_LIMIT * 3
    for (let at = 0; at < count; at++) log.push(`${at}\n`)
    const lines = log.take()
    expect(lines.length).toBeLessThanOrEqual(LINES_LIMIT + 1)
    const kept = lines.length - 1
    expect(lines[0]).toEqual({ at: 7, text: `(${count - kept} earlier lines dropped)` })
    expect(lines.at(-1)?.text).toBe(String(count - 1))
    expect(log.take()).toEqual([])
  })

  it('returns each line once, and keeps the last ones for error messages', () => {
    const log = createLogBuffer(() => 0)
    log.push(`${Array.from({ length: 30 }, (_, at) => at).join('\n')}\n`)
    expect(log.take()).toHaveLength(30)
    expect(log.take()).toEqual([])
    expect(log.tail()).toEqual(Array.from({ length: 20 }, (_, at) => String(at + 10)))
  })
})
