import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import {
  currentRun,
  isLeftover,
  LABELS,
  processStart,
  type RunIdentity,
  runLabels,
  startTicks,
  UNKNOWN,
} from './run-identity.ts'

const us: RunIdentity = { run: 'aaaa', pid: 100, start: 'boot/1', namespace: 'pid:[1]', host: 'here' }
const other = runLabels({ run: 'bbbb', pid: 200, start: 'boot/2', namespace: 'pid:[1]', host: 'here' })

describe('isLeftover', () => {
  it('the maker is gone', () => expect(isLeftover(other, us, () => undefined)).toBe(true))
  it('the maker lives', () =>
    expect(isLeftover(other, us, (pid) => (pid === 200 ? 'boot/2' : undefined))).toBe(false))
  it('its pid was given to another process', () => expect(isLeftover(other, us, () => 'boot/3')).toBe(true))
  it('the machine was restarted since', () => expect(isLeftover(other, us, () => 'boot2/2')).toBe(true))
  it('our own', () => expect(isLeftover(runLabels(us), us, () => undefined)).toBe(false))
  it('another host’s', () =>
    expect(isLeftover({ ...other, [LABELS.host]: 'there' }, us, () => undefined)).toBe(false))
  it('another PID namespace’s on a host of our name: its pids mean other processes to us', () =>
    expect(isLeftover({ ...other, [LABELS.namespace]: 'pid:[2]' }, us, () => undefined)).toBe(false))
  it('nobody’s, where it is not known which processes we see', () => {
    const blind = { ...us, namespace: UNKNOWN }
    expect(isLeftover({ ...other, [LABELS.namespace]: UNKNOWN }, blind, () => undefined)).toBe(false)
  })
  it('a process whose start is not shown may be the maker', () => {
    expect(isLeftover(other, us, () => UNKNOWN)).toBe(false)
    expect(isLeftover({ ...other, [LABELS.start]: UNKNOWN }, us, () => 'boot/2')).toBe(false)
    expect(isLeftover({ ...other, [LABELS.start]: UNKNOWN }, us, () => undefined)).toBe(true)
  })
  it.each(Object.values(LABELS))('without label %s nothing is known', (label) => {
    const { [label]: _, ...rest } = other
    expect(isLeftover(rest, us, () => undefined)).toBe(false)
  })
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

const NAMESPACE = ['--pid', '--fork', '--mount-proc'] as const

// Takes root, or a user namespace.
it.skipIf(spawnSync('unshare', [...NAMESPACE, 'true']).status !== 0)(
  'a process of another PID namespace does not take us for dead',
  () => {
    const program = `
      import { currentRun, isLeftover, processStart } from '${new URL('run-identity.ts', import.meta.url).href}'
      console.log(process.pid, isLeftover(${JSON.stringify(runLabels(currentRun()))}, currentRun(), processStart))`
    const node = [process.execPath, '--import', 'tsx', '--input-type=module', '--eval', program]
    const { stdout, stderr } = spawnSync('unshare', [...NAMESPACE, ...node], { encoding: 'utf8' })
    expect(stdout, stderr).toBe('1 false\n')
  },
)
