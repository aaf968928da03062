import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { DISPATCHER_TABLE, ORIGINATOR_TABLE } from '../reference/tables.ts'
import { stateMachinesPage } from './state-machines-page.ts'

it('has every arc of every machine, in the documentation too', () => {
  const page = stateMachinesPage()
  expect(readFileSync(new URL('../../docs/state-machines.md', import.meta.url), 'utf8')).toBe(page)
  for (const { from, input, action, to } of [...ORIGINATOR_TABLE, ...DISPATCHER_TABLE])
    expect(page).toContain(`| ${from} | ${input} | ${action} | ${to} |`)
  expect(page.match(/```mermaid/g)).toHaveLength(6)
  expect(page).toContain('  idle --> wait_ctl_reply: tcp-open')
})
