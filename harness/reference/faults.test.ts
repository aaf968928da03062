import { expect, test } from 'vitest'
import { createFaults, seamsWith } from './faults.ts'
import { MUTANTS } from './mutants.ts'
import { SEAMS } from './seams.ts'

const EARLIER = 0x0001
const OWN = 0x0100

test('the functions of all seams have unique names, because a fault names them without a seam', () => {
  const names = Object.values(SEAMS).flatMap((seam) => Object.keys(seam))
  expect(new Set(names).size).toBe(names.length)
})

test('every fault replaces functions that the seams have', () => {
  const names = new Set(Object.values(SEAMS).flatMap((seam) => Object.keys(seam)))
  for (const { instead } of Object.values(MUTANTS))
    for (const name of Object.keys(typeof instead === 'function' ? instead() : instead))
      expect(names).toContain(name)
})

test('the reference decides as without faults, and notes the faults that would decide otherwise', () => {
  const { seams, consulted } = createFaults()
  expect(seams.policy.supportsVersion(OWN)).toBe(true)
  expect(consulted()).not.toContain('accepts-version-zero')
  expect(seams.policy.supportsVersion(EARLIER)).toBe(false)
  expect(consulted()).toContain('accepts-version-zero')
  expect(consulted()).not.toContain('refuses-later-version')
})

test('a mutant decides as its fault does, and a peer with several faults as all of them do', () => {
  const { policy } = createFaults('accepts-version-zero').seams
  expect([EARLIER, OWN, 0x0200].map(policy.supportsVersion)).toEqual([true, true, true])
  const both = createFaults('accepts-version-zero', 'refuses-later-version').seams.policy
  expect([EARLIER, OWN, 0x0200].map(both.supportsVersion)).toEqual([true, true, false])
})

test('a fault that remembers something begins anew in each play', () => {
  const opened = { by: 'peer', remote: { address: '10.0.0.2', port: 5 }, isShuttingDown: false } as const
  const accepts = ({ policy }: typeof SEAMS) =>
    policy.refusalOfConnection({ ...opened, connections: 0, limit: 9 }) === undefined
  const { seams } = createFaults('accepts-once')
  expect([accepts(seams), accepts(seams)]).toEqual([true, false])
  expect(accepts(createFaults('accepts-once').seams)).toBe(true)
})

test('seamsWith calls no fault for the reference', () => {
  expect(seamsWith(undefined).seams).toBe(SEAMS)
  expect(seamsWith('accepts-version-zero').seams.policy.supportsVersion(EARLIER)).toBe(true)
})
