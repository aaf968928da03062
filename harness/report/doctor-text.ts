import picocolors from 'picocolors'
import type { EnvironmentCheck } from '../implementations/environment.ts'
import { harmless } from './harmless.ts'

/** A check; `needed` tells whether containers cannot be tested without it. */
export interface DoctorRow extends EnvironmentCheck {
  readonly needed: boolean
}

type State = 'ok' | 'missing, optional' | 'missing, needed'

/** The width of the column of states, in columns: that of the longest one. */
const STATE_WIDTH = 'missing, optional'.length

/** Whether everything that running containers needs is there. */
export function canRunContainers(rows: readonly DoctorRow[]): boolean {
  return rows.every(({ ok, needed }) => ok || !needed)
}

/** Formats a table of the checks, with remedies below those that fail, and a conclusion. */
export function doctorText(rows: readonly DoctorRow[], { colour }: { readonly colour: boolean }): string {
  const colours = picocolors.createColors(colour)
  const width = Math.max(...rows.map(({ check }) => check.length))
  const indent = ' '.repeat(width + STATE_WIDTH + 4)
  const lines = rows.flatMap((row) => {
    const state = stateOf(row)
    const paint = state === 'ok' ? colours.green : state === 'missing, needed' ? colours.red : colours.yellow
    return [
      `${row.check.padEnd(width)}  ${paint(state.padEnd(STATE_WIDTH))}  ${harmless(row.detail).replaceAll('\n', ' ')}`,
      ...(row.remedy === undefined || row.ok
        ? []
        : [`${indent}${colours.dim('remedy:')} ${harmless(row.remedy)}`]),
    ]
  })
  const verdict = canRunContainers(rows)
    ? colours.green('containers can be run here: pptpspec run')
    : colours.red('no container can be run here; pptpspec run reference works without one')
  return `${lines.join('\n')}\n\n${verdict}\n`
}

function stateOf({ ok, needed }: DoctorRow): State {
  return ok ? 'ok' : needed ? 'missing, needed' : 'missing, optional'
}
