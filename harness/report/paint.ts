import type picocolors from 'picocolors'
import type { Verdict } from '../scenario/verdict.ts'

/** Signs and colours of verdicts on a terminal. */

export type Colours = ReturnType<typeof picocolors.createColors>

const LABELS: Readonly<Record<Verdict, string>> = {
  skip: '- SKIP',
  pass: '✓ PASS',
  warn: '! WARN',
  fail: '✗ FAIL',
  inconclusive: '? INCONCLUSIVE',
  error: '# ERROR',
}

/** Writes a verdict as a word with a sign before it, so that it is readable without colour. */
export function label(verdict: Verdict, colours: Colours, width = 0): string {
  const text = LABELS[verdict].padEnd(width)
  switch (verdict) {
    case 'pass':
      return colours.green(text)
    case 'skip':
      return colours.dim(text)
    case 'fail':
      return colours.red(text)
    case 'warn':
      return colours.yellow(text)
    case 'inconclusive':
      return colours.magenta(text)
    case 'error':
      return colours.magenta(colours.bold(text))
  }
}

/** Cuts text to a width in columns, with a mark where it was cut. */
export function clip(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text
}
