import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { DISPATCHER_TABLE, ORIGINATOR_TABLE } from '../reference/tables.ts'
import { FIGURES, figuresTable } from './figures-table.ts'
import { stateMachinesPage } from './state-machines-page.ts'

it('has every arc of every machine, and is the same as in the documentation', () => {
  const page = stateMachinesPage()
  expect(readFileSync(new URL('../../docs/state-machines.md', import.meta.url), 'utf8')).toBe(page)
  for (const { from, input, action, to } of [...ORIGINATOR_TABLE, ...DISPATCHER_TABLE])
    expect(page).toContain(`| ${from} | ${input} | ${action} | ${to} |`)
  expect(page.match(/```mermaid/g)).toHaveLength(6)
  expect(page).toContain('  idle --> wait_ctl_reply: tcp-open')
})

it('shows the figures of section 3.1 beside the code, the same as in the documentation', () => {
  const source = readFileSync(new URL('../reference/control-actions.ts', import.meta.url), 'utf8')
  const table = figuresTable(source)
  expect(readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8')).toContain(table)
  expect(FIGURES.map(({ arcs }) => arcs.length)).toEqual([8, 6])
  expect(table).toContain('does.requestStop(2)')
  expect(table).toContain("controlMessage('Stop-Control-Connection-Reply', { resultCode: 1 })")
})
