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
  it('true if the process that created it has ended', () =>
    expect(isLeftover(other, us, () => undefined)).toBe(true))
  it('false if that process still runs', () =>
    expect(isLeftover(other, us, (pid) => (pid === 200 ? 'boot/2' : undefined))).toBe(false))
  it('true if its pid was given to another process', () =>
    expect(isLeftover(other, us, () => 'boot/3')).toBe(true))
  it('true if the machine was restarted since', () =>
    expect(isLeftover(other, us, () => 'boot2/2')).toBe(true))
  it('false for our own', () => expect(isLeftover(runLabels(us), us, () => undefined)).toBe(false))
  it('false for those of another host', () =>
    expect(isLeftover({ ...other, [LABELS.host]: 'there' }, us, () => undefined)).toBe(false))
  it('false for those of another PID namespace on this host: its pids are other processes here', () =>
    expect(isLeftover({ ...other, [LABELS.namespace]: 'pid:[2]' }, us, () => undefined)).toBe(false))
  it('false if our own PID namespace is unknown', () => {
    const blind = { ...us, namespace: UNKNOWN }
    expect(isLeftover({ ...other, [LABELS.namespace]: UNKNOWN }, blind, () => undefined)).toBe(false)
  })
  it('false if the start of the process is not visible: it may be the creator', () => {
    expect(isLeftover(other, us, () => UNKNOWN)).toBe(false)
    expect(isLeftover({ ...other, [LABELS.start]: UNKNOWN }, us, () => 'boot/2')).toBe(false)
    expect(isLeftover({ ...other, [LABELS.start]: UNKNOWN }, us, () => undefined)).toBe(true)
  })
  it.each(Object.values(LABELS))('false without label %s', (label) => {
    const { [label]: _, ...rest } = other
    expect(isLeftover(rest, us, () => undefined)).toBe(false)
  })
  it.each(['', '0', '-1', 'x', '1.5'])('false for a pid of %j', (pid) =>
    expect(isLeftover({ ...other, [LABELS.pid]: pid }, us, () => undefined)).toBe(false),
  )
})

describe('startTicks', () => {
  const fields = Array.from({ length: 30 }, (_, at) => String(at + 3)).join(' ')
  it('counts fields from the end of the program’s name', () => {
    expect(startTicks(`17 (node) ${fields}`)).toBe('22')
    expect(startTicks(`17 (a) b) c (d) ${fields}`)).toBe('22')
  })
  it('returns undefined for a line with too few fields', () =>
    expect(startTicks('17 (x) R 1')).toBeUndefined())
})

it('returns a start for this process, and none for a pid that cannot exist', () => {
  expect(processStart(process.pid)).toMatch(/^[0-9a-f-]{36}\/\d+$/)
  expect(processStart(2 ** 30)).toBeUndefined()
  expect(currentRun()).toBe(currentRun())
  expect(isLeftover(runLabels({ ...currentRun(), run: 'cccc' }), currentRun(), processStart)).toBe(false)
})

const NAMESPACE = ['--pid', '--fork', '--mount-proc'] as const

// unshare needs root, or user namespaces.
it.skipIf(spawnSync('unshare', [...NAMESPACE, 'true']).status !== 0)(
  'a process in another PID namespace does not take this process for ended',
  () => {
    const program = `
      import { currentRun, isLeftover, processStart } from '${new URL('run-identity.ts', import.meta.url).href}'
      console.log(process.pid, isLeftover(${JSON.stringify(runLabels(currentRun()))}, currentRun(), processStart))`
    const node = [process.execPath, '--import', 'tsx', '--input-type=module', '--eval', program]
    const { stdout, stderr } = spawnSync('unshare', [...NAMESPACE, ...node], { encoding: 'utf8' })
    expect(stdout, stderr).toBe('1 false\n')
  },
)
