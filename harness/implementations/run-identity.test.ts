import { describe, expect, it } from 'vitest'
import {
  currentRun,
  isLeftover,
  LABELS,
  processStart,
  type RunIdentity,
  runLabels,
  startTicks,
} from './run-identity.ts'

const us: RunIdentity = { run: 'aaaa', pid: 100, start: 'boot/1', host: 'here' }
const other = runLabels({ run: 'bbbb', pid: 200, start: 'boot/2', host: 'here' })

describe('isLeftover', () => {
  it('the maker is gone', () => expect(isLeftover(other, us, () => undefined)).toBe(true))
  it('the maker lives', () =>
    expect(isLeftover(other, us, (pid) => (pid === 200 ? 'boot/2' : undefined))).toBe(false))
  it('its pid was given to another process', () => expect(isLeftover(other, us, () => 'boot/3')).toBe(true))
  it('the machine was restarted since', () => expect(isLeftover(other, us, () => 'boot2/2')).toBe(true))
  it('our own', () => expect(isLeftover(runLabels(us), us, () => undefined)).toBe(false))
  it('another host’s', () =>
    expect(isLeftover({ ...other, [LABELS.host]: 'there' }, us, () => undefined)).toBe(false))
  it.each([LABELS.run, LABELS.pid, LABELS.start, LABELS.host])(
    'without label %s nothing is known',
    (label) => {
      const { [label]: _, ...rest } = other
      expect(isLeftover(rest, us, () => undefined)).toBe(false)
    },
  )
  it.each(['', '0', '-1', 'x', '1.5'])('a pid of %j is nobody’s', (pid) =>
    expect(isLeftover({ ...other, [LABELS.pid]: pid }, us, () => undefined)).toBe(false),
  )
})

describe('startTicks', () => {
  const fields = Array.from({ length: 30 }, (_, at) => String(at + 3)).join(' ')
  it('counts from behind the program’s name', () => {
    expect(startTicks(`17 (node) ${fields}`)).toBe('22')
    expect(startTicks(`17 (a) b) c (d) ${fields}`)).toBe('22')
  })
  it('anything else is nothing', () => expect(startTicks('17 (x) R 1')).toBeUndefined())
})

it('this process has a start, a process that cannot be has none', () => {
  expect(processStart(process.pid)).toMatch(/^[0-9a-f-]{36}\/\d+$/)
  expect(processStart(2 ** 30)).toBeUndefined()
  expect(currentRun()).toBe(currentRun())
  expect(isLeftover(runLabels({ ...currentRun(), run: 'cccc' }), currentRun(), processStart)).toBe(false)
})
