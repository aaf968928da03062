import { describe, expect, test } from 'vitest'
import {
  ORIGINATOR_TABLE,
  PAC_INCOMING_TABLE,
  PAC_OUTGOING_TABLE,
  PNS_INCOMING_TABLE,
  PNS_OUTGOING_TABLE,
  RECIPIENT_TABLE,
} from './tables.ts'
import { type Arc, arcFor } from './transition.ts'

const TABLES: Readonly<Record<string, readonly Arc[]>> = {
  ORIGINATOR_TABLE,
  RECIPIENT_TABLE,
  PAC_OUTGOING_TABLE,
  PNS_OUTGOING_TABLE,
  PAC_INCOMING_TABLE,
  PNS_INCOMING_TABLE,
}

describe.each(Object.entries(TABLES))('%s', (_name, table) => {
  test('no state has two arcs for one input', () => {
    const keys = table.map(({ from, input }) => `${from} ${input}`)
    expect(new Set(keys).size).toBe(keys.length)
  })

  test('every state can be reached from idle, and every state but the last has arcs', () => {
    const reached = new Set(['idle'])
    for (let grown = true; grown; ) {
      const before = reached.size
      for (const { from, to } of table) if (reached.has(from)) reached.add(to)
      grown = reached.size > before
    }
    for (const { from, to } of table) {
      expect(reached).toContain(from)
      expect(reached).toContain(to)
    }
    const dead = [...reached].filter((state) => !table.some(({ from }) => from === state))
    expect(dead).toHaveLength(1)
  })

  test('every arc cites its section', () => {
    for (const { section } of table) expect(section).toMatch(/^\d+(\.\d+)*(, \d+(\.\d+)*)*$/)
  })

  test('an arc is found by state and input', () => {
    for (const arc of table) expect(arcFor(table, arc.from, arc.input)).toBe(arc)
    expect(arcFor(table, 'nowhere', 'nothing')).toBeUndefined()
  })
})
