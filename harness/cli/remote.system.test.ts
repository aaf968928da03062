import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { packageRoot } from '../implementations/package-root.ts'
import { unpackedProgram } from '../implementations/testing/unpacked-programs.ts'
import { readEvents } from '../report/events.ts'
import { CHECKOUT, temporaryDirectory } from './testing/command-line.ts'

const pptpd = unpackedProgram('pptpd')
const pptp = unpackedProgram('pptp')
const ready = process.getuid?.() === 0 && pptpd !== undefined && pptp !== undefined
const required = process.env.PPTPSPEC_REQUIRE_PROGRAMS === '1'

/**
 * Two machines on a network of their own: other tests that run at the same time must not see these
 * addresses come and go.
 */
const TESTER = { namespace: `pptpspec-t${process.pid}`, link: 't0', address: '192.0.2.1' }
const OTHER = { namespace: `pptpspec-o${process.pid}`, link: 'o0', address: '192.0.2.2' }

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`)
}

/** Runs a program on one of the two machines until the test is over. */
function startIn(
  { namespace }: { readonly namespace: string },
  script: string,
  ...args: readonly string[]
): ChildProcess {
  const inside = ['unshare', '--mount', 'sh', '-c', script, 'sh', ...args]
  const child = spawn('ip', ['netns', 'exec', namespace, ...inside], { detached: true, cwd: packageRoot() })
  child.stdout.resume()
  child.stderr.resume()
  onTestFinished(() => killGroup(child))
  return child
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // The program has ended already.
  }
}

/** Runs `pptpspec run` on the machine of the tester, as a user would. */
function startRun(argv: readonly string[]) {
  const command = [process.execPath, CHECKOUT, 'run', ...argv]
  // Without an engine: neither a socket nor a variable leads to one.
  const child = startIn(TESTER, 'exec env -u DOCKER_HOST "$@"', ...command)
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
    })
  const ended = new Promise<{ readonly code: number | null; readonly text: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, text }))
  })
  return { child, ended }
}

function resultsIn(output: string) {
  const events = readEvents(join(output, 'events.ndjson'))
  expect(events).toContainEqual(
    expect.objectContaining({ provenance: expect.objectContaining({ engine: 'remote' }) }),
  )
  return events.flatMap((event) => (event.kind === 'scenario-finished' ? [event.result] : []))
}

const globsOf = (ids: readonly string[]) => ids.flatMap((id) => ['-s', id])

/** Cases that pptpd and pptp, started by hand, have to pass; they fail some others. */
function expectPlayed(results: ReturnType<typeof resultsIn>, least: number): void {
  const verdicts = results.map(({ scenario, verdict, reason }) => ({ scenario, verdict, reason }))
  expect(verdicts.filter(({ verdict }) => verdict === 'error' || verdict === 'inconclusive')).toEqual([])
  expect(verdicts.filter(({ verdict }) => verdict !== 'skip').length).toBeGreaterThanOrEqual(least)
}

describe.skipIf(!ready && !required)('programs started by hand, without an engine', () => {
  beforeAll(() => {
    expect(ready, 'root, pptpd and pptp').toBe(true)
    ip('netns', 'add', TESTER.namespace)
    ip('netns', 'add', OTHER.namespace)
    const peer = ['peer', 'name', OTHER.link, 'netns', OTHER.namespace]
    ip('link', 'add', TESTER.link, 'netns', TESTER.namespace, 'type', 'veth', ...peer)
    for (const { namespace, link, address } of [TESTER, OTHER]) {
      ip('-n', namespace, 'address', 'add', `${address}/24`, 'dev', link)
      ip('-n', namespace, 'link', 'set', link, 'up')
      ip('-n', namespace, 'link', 'set', 'lo', 'up')
    }
  })

  afterAll(() => {
    for (const { namespace } of [TESTER, OTHER]) spawnSync('ip', ['netns', 'delete', namespace])
  })

  it('run --target: pptpd', { timeout: 120_000 }, async () => {
    const directory = temporaryDirectory()
    // Kernels without PPP are common; instead of pppd, this program keeps a call open.
    writeFileSync(join(directory, 'pppd'), '#!/bin/sh\nexec cat\n')
    chmodSync(join(directory, 'pppd'), 0o755)
    writeFileSync(
      join(directory, 'pptpd.conf'),
      `ppp ${join(directory, 'pppd')}\noption /dev/null\nlocalip 198.18.0.1\nremoteip 198.18.1.1-200\n`,
    )
    // pptpd starts pptpctrl, its other program, from its own folder.
    const sbin = dirname(pptpd ?? '')
    const server = startIn(
      OTHER,
      'mount -t tmpfs none /run && mount --bind "$1" /usr/sbin && exec /usr/sbin/pptpd --fg --conf "$2"',
      sbin,
      join(directory, 'pptpd.conf'),
    )
    await listens(OTHER.namespace)
    writeFileSync(join(directory, 'mine.yaml'), 'name: by-hand\npics: { ppp: false }\n')
    const output = join(directory, 'out')
    const options = ['--target', OTHER.address, '--manifest', join(directory, 'mine.yaml'), '-o', output]
    const scenarios = ['start/accepted', 'echo/*', 'stop/*', 'outgoing-call/accepted', 'tunnel/lcp']
    const { code, text } = await startRun([...options, ...globsOf(scenarios)]).ended
    expect([0, 1], text).toContain(code)
    expectPlayed(resultsIn(output), 15)
    expect(server.exitCode).toBe(null)

    killGroup(server)
    const { code: gone, text: why } = await startRun(['--target', OTHER.address, '-o', output]).ended
    expect({ gone, why }).toEqual({
      gone: 3,
      why: expect.stringMatching(
        /no TCP connection to port 1723 of 192.0.2.2: refused.*\nremedy: Start the server/,
      ),
    })
  })

  // Only a person who dials sees how a dial ends.
  const scenarios = ['start/connects', 'start/request', 'start/refused']

  it('run --listen: pptp by a command', { timeout: 120_000 }, async () => {
    const directory = temporaryDirectory()
    const script = join(directory, 'dial')
    const enter = `exec ip netns exec ${OTHER.namespace} unshare --mount sh -c`
    const inside = `mkdir -p "$1" && mount --bind "$1" /run && exec "$2" "$3" --nolaunchpppd`
    writeFileSync(script, `#!/bin/sh\n${enter} '${inside}' sh ${join(directory, 'run')} ${pptp} "$1"\n`)
    chmodSync(script, 0o755)
    mkdirSync(join(directory, 'run'))
    const output = join(directory, 'out')
    const options = ['--listen', '--dial-command', `${script} {server}`, '--name', 'pptp', '-o', output]
    const { code, text } = await startRun([...options, ...globsOf(scenarios)]).ended
    expect([0, 1], text).toContain(code)
    expect(text).toContain('the client is at 192.0.2.2; the tester listens on 192.0.2.1:1723')
    expectPlayed(resultsIn(output), scenarios.length)
  })

  it('run --listen: pptp by a person', { timeout: 120_000 }, async () => {
    const output = join(temporaryDirectory(), 'out')
    let dialled: ChildProcess | undefined
    const wanted = scenarios.filter((id) => !id.endsWith('refused'))
    const { child, ended } = startRun(['--listen', TESTER.address, '-o', output, ...globsOf(wanted)])
    child.stdout?.on('data', (piece: string) => {
      if (!piece.includes(`dial ${TESTER.address} now`)) return
      if (dialled !== undefined) killGroup(dialled)
      dialled = startIn(
        OTHER,
        'mount -t tmpfs none /run && exec "$1" "$2" --nolaunchpppd',
        pptp ?? '',
        TESTER.address,
      )
    })
    const { code, text } = await ended
    expect([0, 1], text).toContain(code)
    expectPlayed(resultsIn(output), wanted.length)
  })
})

/**
 * Waits until a program listens on port 1723 there. A test connection would be taken for a client.
 */
async function listens(namespace: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const { stdout } = spawnSync('ip', ['netns', 'exec', namespace, 'cat', '/proc/net/tcp'], {
      encoding: 'utf8',
    })
    if (/ [0-9A-F]{8}:06BB [0-9A-F:]+ 0A /.test(stdout)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('pptpd does not listen')
}
