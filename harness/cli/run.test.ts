import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { SCENARIOS } from '../../suites/index.ts'
import { containersFolder } from '../implementations/manifest.ts'
import { readEvents } from '../report/events.ts'
import type { RunEvent } from '../runner/events.ts'
import { casesOf } from '../scenario/scenario.ts'
import type { Verdict } from '../scenario/verdict.ts'
import { pptpspec, startProcess, temporaryDirectory } from './testing/command-line.ts'

const REPORTS = ['events.ndjson', 'junit.xml', 'summary.md', 'results.json', 'report.html']
/** The address of an engine that does not exist, for runs that must not find one. */
const NO_ENGINE = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' }

/** Reads the events that `--json` writes. */
function eventsIn(stdout: string): readonly RunEvent[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line): RunEvent => JSON.parse(line))
}

function finishedCases(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap((event) => (event.kind === 'scenario-finished' ? [event.result.scenario] : []))
}

it('plays everything against the reference, and leaves reports, traces and a link to them', {
  timeout: 120_000,
}, async () => {
  const cwd = temporaryDirectory()
  const { code, stdout, stderr } = await pptpspec(['run', 'reference', '--seed', '7'], { cwd })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('seed 7')
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^As expected \(\d+ cases, .*exit 0\)$/)

  const latest = join(cwd, 'results', 'latest')
  expect(lstatSync(latest).isSymbolicLink()).toBe(true)
  for (const file of REPORTS) expect(existsSync(join(latest, file)), file).toBe(true)
  const events = readEvents(join(latest, 'events.ndjson'))
  expect(events[0]).toMatchObject({
    kind: 'run-started',
    seed: 7,
    clock: 'virtual',
    lanes: 1,
    arguments: ['run', 'reference', '--seed', '7'],
  })
  expect([...finishedCases(events)].sort()).toEqual(
    SCENARIOS.flatMap(casesOf)
      .map(({ id }) => id)
      .sort(),
  )
})

it('shows the messages of a scenario from the latest results, another directory, or a file', async () => {
  const cwd = temporaryDirectory()
  await pptpspec(['run', 'reference', '-s', 'echo/{many,reply}', '--keep', 'all'], { cwd })
  const wanted = 'echo/reply#identifier=1@recipient'
  const shown = await pptpspec(['show', wanted, '--width', '80'], { cwd })
  expect(shown.code).toBe(0)
  expect(shown.stdout).toMatch(/^reference echo\/reply#identifier=1@recipient: pass\n/)
  expect(shown.stdout).toContain('── Echo-Request ──')
  expect(shown.stdout).toContain('Identifier 0x00000001')
  const latest = join(cwd, 'results', 'latest')
  const elsewhere = await pptpspec(['show', latest, wanted, '--width', '80'], { cwd: '/' })
  expect(elsewhere.stdout).toContain('── Echo-Request ──')
  const trace = join('results', 'latest', 'reference', 'echo', 'reply.identifier=1@recipient.json')
  expect((await pptpspec(['show', trace, '--fields'], { cwd })).stdout).toContain('Magic Cookie: 0x1A2B3C4D')
  const shows = async (glob: string) =>
    (await pptpspec(['show', glob], { cwd })).stdout.match(/^reference echo/gm)?.length
  expect(await shows('echo/{many,reply}')).toBe(10)
  expect(await shows('echo/{many,reply}@originator')).toBe(5)
  expect(await shows('echo/reply@*')).toBe(8)

  const fails = async (...argv: readonly string[]) => {
    const { code, stdout, stderr } = await pptpspec(['show', ...argv], { cwd })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    return stderr
  }
  expect(await fails(latest, 'echo/rely')).toMatch(
    /no result of echo\/rely\nremedy: did you mean echo\/reply/,
  )
  expect(await fails(latest)).toContain('Name one')
  expect(await fails(trace, 'echo/many')).toContain('one scenario only')
  expect(await fails('nowhere', 'echo/many')).toContain('there is no nowhere')
  expect(await fails('echo/many', '-i', 'pptpd-1.4.0')).toContain('of pptpd-1.4.0')
})

it('keeps passed cases in one compressed file, from which show reads traces and captures', async () => {
  const cwd = temporaryDirectory()
  await pptpspec(['run', 'reference', '-s', 'echo/{many,reply}'], { cwd })
  const folder = join(cwd, 'results', 'latest', 'reference')
  expect(readdirSync(folder)).toEqual(['passed.ndjson.gz'])
  const lines = gunzipSync(readFileSync(join(folder, 'passed.ndjson.gz')))
    .toString()
    .trimEnd()
    .split('\n')
  expect(lines).toHaveLength(10)
  const wanted = 'echo/reply#identifier=1@recipient'
  const show = (...argv: readonly string[]) => pptpspec(['show', ...argv, '--width', '80'], { cwd })
  const shown = await show(wanted, '--fields', '--log', '--capture', 'one.pcapng')
  expect(shown).toMatchObject({ code: 0, stderr: '' })
  expect(shown.stdout).toContain('--capture FILE')
  expect(shown.stdout).toContain('Identifier: 0x00000001')
  expect(shown.stdout).toContain('connection/1: closed')
  const judged = await pptpspec(['judge', 'one.pcapng'], { cwd })
  expect(judged.stdout).toContain('10.0.0.1')
  expect((await show('echo/{many,reply}', '--capture', 'all.pcapng')).stderr).toContain(
    '--capture is for one case',
  )
  expect((await show(wanted, '--capture', 'no/where.pcapng')).stderr).toContain(
    'cannot write no/where.pcapng',
  )

  // Of a run that was killed while it wrote, the cases before are kept.
  const file = join(folder, 'passed.ndjson.gz')
  writeFileSync(file, readFileSync(file).subarray(0, -20))
  expect((await show(wanted)).stdout).toContain('── Echo-Request ──')
  const last = JSON.parse(lines.at(-1) ?? '') as { readonly case: string }
  expect((await show(last.case)).stderr).toMatch(/does not hold .*\nremedy: Play it again/)
  // The next run in the same place removes it.
  await pptpspec(['run', 'reference', '-s', 'echo/many', '--keep', 'all', '-o', 'results/latest'], { cwd })
  expect(existsSync(file)).toBe(false)
})

it('reports a run again, and a killed run as far as it came', async () => {
  const cwd = temporaryDirectory()
  const { stdout } = await pptpspec(
    ['run', 'reference', '-s', 'echo/{many,reply}', '-o', 'out', '--verbose'],
    { cwd },
  )
  rmSync(join(cwd, 'out', 'junit.xml'))
  const again = await pptpspec(['report', 'out'], { cwd })
  expect(again.code).toBe(0)
  expect(again.stdout).not.toContain('PASS')
  expect(stdout.match(/^✓ PASS reference echo\//gm)).toHaveLength(10)
  expect(stdout.endsWith(again.stdout)).toBe(true)
  expect((await pptpspec(['report', 'out', '--verbose'], { cwd })).stdout).toBe(stdout)
  expect(existsSync(join(cwd, 'out', 'junit.xml'))).toBe(true)

  const events = join(cwd, 'out', 'events.ndjson')
  truncateSync(events, statSync(events).size - 20)
  const killed = await pptpspec(['report', 'out'], { cwd })
  expect(killed.code).toBe(3)
  expect(killed.stdout).toContain('never finished')
  truncateSync(events)
  expect(await pptpspec(['report', 'out'], { cwd })).toMatchObject({ code: 2 })
  expect(await pptpspec(['report', 'nowhere'], { cwd })).toMatchObject({ code: 2 })
})

it('keeps the durations of cases for later runs, and replaces a damaged file of them', async () => {
  const cwd = temporaryDirectory()
  const args = ['run', 'reference', '-s', 'start/accepted']
  for (const file of ['results', 'there']) {
    const output = file === 'results' ? [] : ['--output', file]
    expect(await pptpspec([...args, ...output], { cwd })).toMatchObject({ code: 0, stderr: '' })
    const durations = join(cwd, file, 'durations.json')
    expect(JSON.parse(readFileSync(durations, 'utf8'))).toMatchObject({
      implementations: { reference: { 'start/accepted@recipient': expect.any(Number) } },
    })
    const before = readFileSync(durations, 'utf8')
    // A run of other cases keeps the durations of the first ones.
    await pptpspec(['run', 'reference', '-s', 'echo/reply', ...output], { cwd })
    const now = JSON.parse(readFileSync(durations, 'utf8')).implementations.reference
    expect(now).toMatchObject(JSON.parse(before).implementations.reference)
    writeFileSync(durations, before.slice(1))
    const { code, stderr } = await pptpspec([...args, ...output], { cwd })
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `${file}/durations.json is not a file of durations, and is replaced\n`,
    })
    expect(readFileSync(durations, 'utf8')).toMatch(/^{.*start.accepted/)
  }
})

it('shards have each selected case exactly once', async () => {
  const play = async (...extra: readonly string[]) => {
    const { code, stdout } = await pptpspec(['run', 'reference', '-s', '{echo,start}/*', '--json', ...extra])
    expect(code).toBe(0)
    return finishedCases(eventsIn(stdout))
  }
  const parts = [await play('--shard', '1/3'), await play('--shard', '2/3'), await play('--shard', '3/3')]
  expect(parts.flat().sort()).toEqual([...(await play())].sort())
})

it('impairs GRE by seed, in the same way on any shard, and blames no implementation for it', async () => {
  const cwd = temporaryDirectory()
  const play = async (...extra: readonly string[]) => {
    const argv = ['run', 'reference', '-s', 'tunnel/*', '--impair', 'loss=0.1,reordering=0.1', '--json']
    const { stdout } = await pptpspec([...argv, '-o', 'out', ...extra], { cwd })
    const events = eventsIn(stdout)
    const results = new Map<string, { verdict: Verdict; impairment: string | undefined }>(
      events.flatMap((event) =>
        event.kind === 'scenario-finished'
          ? [[event.result.scenario, { verdict: event.result.verdict, impairment: event.result.impairment }]]
          : [],
      ),
    )
    return { started: events[0], results }
  }
  const { started, results } = await play('--seed', '5')
  const rates = { loss: 0.1, reordering: 0.1 }
  expect(started).toMatchObject({ seed: 5, impairment: { send: rates, receive: rates } })
  const verdicts = [...results.values()].map(({ verdict }) => verdict)
  expect(verdicts).toContain('pass')
  expect(verdicts.filter((verdict) => !['pass', 'inconclusive', 'skip'].includes(verdict))).toEqual([])
  for (const result of results.values())
    if (result.verdict !== 'skip') expect(result.impairment).toContain('--seed 5 repeats this')
  const again = await play('--seed', '5', '--shard', '2/3')
  expect(again.results.size).toBeGreaterThan(5)
  for (const [id, result] of again.results) expect(result).toEqual(results.get(id))
  expect((await play('--seed', '6')).results).not.toEqual(results)
})

it('a named baseline has to exist, to be valid, and to belong to the implementation', async () => {
  const cwd = temporaryDirectory()
  const argv = ['run', 'reference', '-s', 'echo/reply', '--baseline', 'mine.yaml']
  const file = join(cwd, 'mine.yaml')

  expect(await pptpspec(argv, { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/there is no .*mine\.yaml\nremedy: .*--update-baseline/),
  })
  const written = await pptpspec([...argv, '--update-baseline'], { cwd })
  expect(written).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^wrote .*mine\.yaml: 0 causes\n$/),
  })
  expect(readFileSync(file, 'utf8')).toBe('format: 2\nimplementation: reference\ncauses: []\n')
  expect((await pptpspec(argv, { cwd })).code).toBe(0)

  const ofFault = (scenario: string) =>
    `format: 2\nimplementation: reference\ncauses:\n  - {id: a, title: It errs, owner: o, effect: e, reason: r, cases: [{case: '${scenario}', fail: [2.6/identifier]}]}\n`
  writeFileSync(file, ofFault('echo/reply#identifier=0@recipient'))
  const passes = await pptpspec(argv, { cwd })
  expect(passes.code).toBe(1)
  expect(passes.stdout).toContain('✓ PASS reference echo/reply#identifier=0@recipient')
  expect(passes.stdout).toContain('reference: 1 cause of the baseline missing where expected\n✓ PASS a o,')
  expect((await pptpspec([...argv.slice(0, -2), '--no-baseline'], { cwd })).code).toBe(0)

  appendFileSync(file, '  - 3\n')
  const broken = await pptpspec(argv, { cwd })
  expect(broken).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/mine\.yaml: causes\.1/),
  })
  writeFileSync(file, 'format: 2\nimplementation: other\ncauses: []\n')
  expect(await pptpspec(argv, { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('of other'),
  })
})

it('plays a scenario in both roles of the reference, or in the role that is asked for', async () => {
  const cwd = temporaryDirectory()
  const roles = async (...argv: readonly string[]) => {
    const { code, stdout } = await pptpspec(['run', 'reference', '--json', '-o', 'out', ...argv], { cwd })
    expect(code).toBe(0)
    const cases = finishedCases(eventsIn(stdout))
    return ['recipient', 'originator'].map((role) => cases.filter((id) => id.endsWith(`@${role}`)).length)
  }
  expect(await roles('-s', 'echo/{many,reply}')).toEqual([5, 5])
  expect(await roles('-s', 'echo/{many,reply}', '--role', 'originator')).toEqual([0, 5])
  expect(await roles('-s', 'echo/{many,reply}', '--role', 'recipient')).toEqual([5, 0])
  expect(await roles('-s', 'echo/{many,reply}@originator')).toEqual([0, 5])
  expect(await roles('-s', 'echo/reply#identifier=0')).toEqual([1, 1])
  expect(await pptpspec(['run', 'reference', '--role', 'orignator'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /--role: expected recipient or originator, .*\nremedy: did you mean originator/,
    ),
  })
  expect(
    (await pptpspec(['run', 'reference', '-s', 'echo/{many,reply}@originator', '--role', 'recipient']))
      .stderr,
  ).toContain('leaves nothing to play')
})

describe('run --reporter', () => {
  const play = (cwd: string, ...reporters: readonly string[]) =>
    pptpspec(
      [
        'run',
        'reference',
        '-s',
        'echo/many',
        '-o',
        'out',
        ...reporters.flatMap((one) => ['--reporter', one]),
      ],
      { cwd },
    )

  it('writes the given reporters besides the report, to files of any name', async () => {
    const cwd = temporaryDirectory()
    const { code, stdout, stderr } = await play(
      cwd,
      'junit=ci/report.xml',
      'summary=a=b.md',
      'results=r.json',
      'events=e.ndjson',
      'console=c.txt',
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const read = (...names: readonly string[]) => readFileSync(join(cwd, ...names), 'utf8')
    expect(read('c.txt')).toBe(stdout)
    expect(read('ci', 'report.xml')).toBe(read('out', 'junit.xml'))
    expect(read('a=b.md')).toBe(read('out', 'summary.md'))
    expect(read('r.json')).toBe(read('out', 'results.json'))
    expect(read('e.ndjson')).toBe(read('out', 'events.ndjson'))
  })

  it.each([
    ['junit', 'junit.xml'],
    ['summary', 'summary.md'],
    ['results', 'results.json'],
    ['events', 'events.ndjson'],
  ])('%s without a file takes the place of the report', async (name, file) => {
    const cwd = temporaryDirectory()
    const { code, stdout } = await play(cwd, name)
    expect(code).toBe(0)
    expect(stdout).toBe(readFileSync(join(cwd, 'out', file), 'utf8'))
  })

  // Not even root can write there.
  it('a reporter that cannot write is reported once, the run goes on, and the exit code is 3', async () => {
    const cwd = temporaryDirectory()
    const { code, stdout, stderr } = await play(cwd, 'junit=/proc/x.xml', 'summary=kept.md')
    expect(code).toBe(3)
    expect(stderr).toMatch(
      /^the reporter junit=\/proc\/x\.xml failed: cannot write \/proc\/x\.xml: .*; the run goes on\n$/,
    )
    expect(stdout).toMatch(/at fault: the reporter junit=\/proc\/x\.xml failed \(2 cases, .*exit 3\)\n$/)
    for (const file of REPORTS) expect(existsSync(join(cwd, 'out', file)), file).toBe(true)
    expect(readEvents(join(cwd, 'out', 'events.ndjson')).at(-1)).toMatchObject({ exitCode: 3 })
    expect(readFileSync(join(cwd, 'kept.md'), 'utf8')).toContain('the reporter')
  })

  it('a reporter whose output throws is reported once, and the results are kept', async () => {
    const cwd = temporaryDirectory()
    const { code, stderr } = await pptpspec(['run', 'reference', '-s', 'echo/many', '-o', 'out'], {
      cwd,
      watch: () => {
        throw new Error('nobody reads this')
      },
    })
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: 'the reporter console failed: nobody reads this; the run goes on\n',
    })
    expect(readEvents(join(cwd, 'out', 'events.ndjson')).at(-1)).toMatchObject({ exitCode: 3 })
  })
})

it('an accelerated clock is refused if the implementation has none', async () => {
  const cwd = temporaryDirectory()
  const shipped = readFileSync(join(containersFolder(), 'pptpd-1.4.0', 'manifest.yaml'), 'utf8')
  mkdirSync(join(cwd, 'slow'))
  writeFileSync(join(cwd, 'slow', 'Dockerfile'), 'ARG BASE\nFROM $BASE\n')
  writeFileSync(
    join(cwd, 'slow', 'manifest.yaml'),
    shipped.replace('name: pptpd-1.4.0', 'name: slow').replace(/clock:\n.*\n/, ''),
  )
  const { code, stderr } = await pptpspec(['run', './slow', '--clock', 'accelerated'], { cwd })
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/^error: slow has no accelerated clock\nremedy: Leave --clock out/),
  })
  expect((await pptpspec(['run', 'reference', '--clock', 'acelerated'], { cwd })).stderr).toMatch(
    /--clock: expected real or accelerated, got "acelerated"\nremedy: did you mean accelerated/,
  )
})

it('the place of the tester can be chosen for containers only', async () => {
  expect(await pptpspec(['run', 'reference', '--tester', 'container'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error: --tester is for implementations in containers.*\nremedy: /),
  })
  expect(await pptpspec(['run', '--tester', 'contianer'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('did you mean container'),
  })
})

it('refuses a directory with other files than results', async () => {
  const cwd = temporaryDirectory()
  writeFileSync(join(cwd, 'thesis.txt'), '')
  expect(await pptpspec(['run', 'reference', '--output', '.'], { cwd })).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('files that are not results'),
  })
})

it('plays the reference if containers cannot be run, unless they were asked for', async () => {
  const before = process.env.DOCKER_HOST
  // Discovery of an engine reads the variables of the process itself.
  process.env.DOCKER_HOST = NO_ENGINE.DOCKER_HOST
  try {
    const cwd = temporaryDirectory()
    const left = await pptpspec(['run', '--output', 'a'], { cwd })
    expect(left.code).toBe(0)
    // Every part of the results says that no implementation was tested.
    expect(left.stdout.trimEnd().split('\n').at(-1)).toMatch(
      /^No implementation was tested: no container engine at .* \(a demonstration on the embedded reference, \d+ cases, .*exit 0\)$/,
    )
    const events = readEvents(join(cwd, 'a', 'events.ndjson'))
    expect(events[0]).toMatchObject({
      demonstration: expect.stringMatching(/^no container engine at .*\. Start Docker/),
    })
    expect(finishedCases(events).length).toBeGreaterThan(24)
    expect(finishedCases(events).length).toBeLessThan(48)
    for (const file of ['junit.xml', 'summary.md', 'results.json', 'report.html'])
      expect(readFileSync(join(cwd, 'a', file), 'utf8'), file).toContain('No implementation was tested')
    // A CI job must not be green if no implementation was tested.
    expect(await pptpspec(['run', '--output', 'b'], { cwd, env: { CI: 'true' } })).toEqual({
      code: 3,
      stdout: '',
      stderr: expect.stringMatching(
        /^error: .*\nCI is set, .*\nremedy: .*[^.]\. To play .*pptpspec run reference\n$/,
      ),
    })
    for (const asked of [['pptpd-1.4.0'], ['--engine', '/nonexistent/engine.sock']]) {
      const { code, stdout, stderr } = await pptpspec(['run', ...asked, '--output', 'b'], { cwd })
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
      expect(stderr).toMatch(/^error: .*\nremedy: .*\n$/)
      expect(existsSync(join(cwd, 'b'))).toBe(false)
    }
    // The results of the earlier run are gone, and the directory can be used again.
    expect((await pptpspec(['run', 'pptpd-1.4.0', '--output', 'a'], { cwd })).code).toBe(3)
    for (const file of REPORTS) expect(existsSync(join(cwd, 'a', file)), file).toBe(file === 'events.ndjson')
    expect((await pptpspec(['run', 'reference', '-s', 'echo/many', '--output', 'a'], { cwd })).code).toBe(0)
  } finally {
    if (before === undefined) delete process.env.DOCKER_HOST
    else process.env.DOCKER_HOST = before
  }
})

it('an uncaught error ends the run in order', async () => {
  const cwd = temporaryDirectory()
  let once = false
  const { code, stderr } = await pptpspec(['run', 'reference', '--verbose', '--output', 'out'], {
    cwd,
    watch(text, interrupt) {
      if (once || !text.includes('PASS')) return
      once = true
      interrupt({ reason: 'internal error: boom', error: new Error('boom') })
    },
  })
  expect(code).toBe(3)
  expect(stderr).toMatch(/error: boom\nthis is a bug in pptpspec/)
  expect(stderr).not.toContain('run.test.ts')
  for (const file of REPORTS) expect(existsSync(join(cwd, 'out', file)), file).toBe(true)
})

it('Ctrl-C after the last event of a run does not change its outcome', async () => {
  const cwd = temporaryDirectory()
  const { code, stderr } = await pptpspec(['run', 'reference', '-s', 'echo/many', '--json', '-o', 'out'], {
    cwd,
    watch(text, interrupt) {
      if (text.includes('"run-finished"')) interrupt({ reason: 'SIGINT' })
    },
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('SIGINT') })
  const said = readEvents(join(cwd, 'out', 'events.ndjson')).at(-1)
  expect(said).toMatchObject({ kind: 'run-finished', exitCode: 0 })
  expect(said).not.toHaveProperty('interrupted')
})

it('Ctrl-C ends a run at once and in order', async () => {
  const output = join(temporaryDirectory(), 'out')
  const { child, ended } = startProcess(['run', 'reference', '--output', output])
  child.stdout?.once('data', () => child.kill('SIGINT'))
  const { code, stderr } = await ended
  expect({ code, signal: child.signalCode }).toEqual({ code: 3, signal: null })
  expect(stderr).toMatch(/^\nSIGINT: stopping/)
  for (const file of REPORTS) expect(existsSync(join(output, file)), file).toBe(true)
  expect(readEvents(join(output, 'events.ndjson')).at(-1)).toMatchObject({
    kind: 'run-finished',
    exitCode: 3,
    interrupted: 'SIGINT',
  })
})
