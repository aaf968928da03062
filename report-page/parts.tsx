import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Verdict } from '../harness/scenario/verdict.ts'

/** Small parts that several views share. */

/** The sign before each verdict, so that colour is not all that tells them apart. */
const SIGNS: Readonly<Record<Verdict, string>> = {
  pass: '✓',
  fail: '✗',
  warn: '!',
  inconclusive: '?',
  skip: '–',
  error: 'E',
}

/** Verdicts, the gravest first. */
export const GRAVEST_FIRST: readonly Verdict[] = ['error', 'inconclusive', 'fail', 'warn', 'pass', 'skip']

/** A verdict as a coloured label. */
export function Badge({ verdict, children }: { verdict: Verdict; children?: ComponentChildren }) {
  return (
    <span class={`badge ${verdict}`}>
      <span aria-hidden="true">{SIGNS[verdict]}</span> {children ?? verdict}
    </span>
  )
}

/** How many results have each verdict; those that none has are left out. */
export function Counts({ counts }: { counts: Readonly<Record<Verdict, number>> }) {
  const shown = GRAVEST_FIRST.filter((verdict) => counts[verdict] > 0)
  if (shown.length === 0) return <span class="quiet">none</span>
  return (
    <span class="counts">
      {shown.map((verdict) => (
        <Badge key={verdict} verdict={verdict}>
          {counts[verdict]} {verdict}
        </Badge>
      ))}
    </span>
  )
}

/** Text to copy, with a button that does so. */
export function Command({ text, label }: { text: string; label: string }) {
  const [said, setSaid] = useState('Copy')
  const copy = async () => {
    setSaid((await copied(text)) ? 'Copied' : 'Select it')
    setTimeout(() => setSaid('Copy'), 2_000)
  }
  return (
    <div class="command">
      <code>{text}</code>
      <button type="button" onClick={copy} aria-label={`Copy ${label}`}>
        <span aria-live="polite">{said}</span>
      </button>
    </div>
  )
}

/** Copies a text. A page from disk has no clipboard in some browsers: then the old way is tried. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}

/** A field in which one of several values is chosen, or none. */
export function Choice({
  label,
  value,
  values,
  onChange,
}: {
  label: string
  value: string
  values: readonly string[]
  onChange: (value: string) => void
}) {
  return (
    <label>
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">all</option>
        {values.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </label>
  )
}

/** A field for free text. */
export function Search({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <label class="search">
      <span>Text</span>
      <input type="search" value={value} onInput={(event) => onChange(event.currentTarget.value)} />
    </label>
  )
}

/** Whether one of these texts contains all words of `wanted`. */
export function hasWords(texts: readonly string[], wanted: string): boolean {
  const text = texts.join('\n').toLowerCase()
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

/** Writes a duration, given in ms. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}
