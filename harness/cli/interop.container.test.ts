import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LABELS } from '../implementations/run-identity.ts'
import { engineForTests } from '../implementations/testing/engine.ts'
import { readEvents } from '../report/events.ts'
import { haveTshark, tsharkFields } from '../trace/testing/tshark.ts'
import { startProcess, temporaryDirectory } from './testing/command-line.ts'

const { available, engine } = await engineForTests()

function play(...argv: readonly string[]) {
  const output = join(temporaryDirectory(), 'out')
  return { output, ...startProcess(['interop', ...argv, '-o', output]) }
}

async function leftOf(pid: number | undefined) {
  const filters = { label: [`${LABELS.pid}=${pid}`] }
  const { docker } = engine()
  return [
    ...(await docker.listContainers({ all: true, filters })).map(({ Names }) => Names[0]),
    ...(await docker.listNetworks({ filters })).map(({ Name }) => Name),
  ]
}

function finishedIn(output: string) {
  return readEvents(join(output, 'events.ndjson')).flatMap((event) =>
    event.kind === 'scenario-finished' ? [event] : [],
  )
}

describe.skipIf(!available)('two implementations in containers', { timeout: 300_000 }, () => {
  it('have the results of their baseline, directly and through a router, and tshark reads the captures', async () => {
    const globs = [
      'call/opens',
      'authentication/method#method=ms-chap-v1',
      'authentication/wrong-secret#method=ms-chap-v2',
      'encryption/demand#mppe=128',
      'encryption/demand#mppe=by-server',
      'clients/two@nat',
      'path/blocks-gre',
    ]
    const paths = ['direct', 'nat', 'gre-blocked-to-client']
    const { child, ended, output } = play(
      'pptp-linux-1.10.0',
      'pptpd-1.5.0',
      '--keep',
      'all',
      ...globs.flatMap((glob) => ['--case', glob]),
      ...paths.flatMap((path) => ['--path', path]),
    )
    const { code, stdout, stderr } = await ended
    expect({ code, stderr, last: code === 0 ? '' : stdout }).toMatchObject({ code: 0, last: '' })
    const finished = finishedIn(output)
    expect(finished).toHaveLength(8)

    // Hop by hop: the helper changes a Call ID in the control connection in the same way as in
    // GRE.
    const folder = join(output, 'pptp-linux-1.10.0-with-pptpd-1.5.0')
    const blocked = finished.find(({ result }) => result.scenario.startsWith('path/blocks-gre'))
    const log = readFileSync(join(output, blocked?.files?.log ?? ''), 'utf8')
    expect(log).toContain('GRE to the client is lost after hop outer')
    if (!haveTshark()) return
    const captures = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.pcap'),
    )
    expect(captures.length).toBeGreaterThan(2 * 7)
    const callIds = async (hop: string) => {
      const rows = await tsharkFields(join(folder, `call/opens@nat.${hop}.pcap`), [
        'pptp.control_message_type',
        'pptp.call_id',
        'gre.key.call_id',
        'ip.src',
      ])
      const asked = rows.find(([type]) => type === '7')
      const [, request, , client] = asked ?? []
      return {
        request,
        keys: new Set(rows.flatMap(([, , key, from]) => (key && from !== client ? [key] : []))),
      }
    }
    const [inner, outer] = [await callIds('inner'), await callIds('outer')]
    expect([...inner.keys]).toEqual([inner.request])
    expect([...outer.keys]).toEqual([outer.request])
    for (const capture of captures)
      for (const [malformed, severity] of await tsharkFields(join(folder, capture), [
        '_ws.malformed',
        '_ws.expert.severity',
      ]))
        expect({ capture, malformed, severity }).not.toMatchObject({ malformed: '1' })
    expect(await leftOf(child.pid)).toEqual([])
  })

  it('are the tester on both sides of a middlebox, which has the results of its baseline', async () => {
    const globs = [
      'middlebox/call',
      'middlebox/message#message=Call-Disconnect-Notify',
      'middlebox/two-clients*',
      'middlebox/segments*',
    ]
    const { child, ended, output } = play(
      'linux-nat',
      ...globs.flatMap((glob) => ['--case', glob]),
      '--path',
      'nat',
    )
    const { code, stdout, stderr } = await ended
    expect({ code, stderr, last: code === 0 ? '' : stdout }).toMatchObject({ code: 0, last: '' })
    const verdicts = Object.fromEntries(
      finishedIn(output).map(({ result }) => [result.scenario, result.verdict]),
    )
    expect(verdicts).toEqual({
      'middlebox/call@nat': 'fail',
      'middlebox/message#message=Call-Disconnect-Notify@nat': 'fail',
      'middlebox/segments#from=client@nat': 'fail',
      'middlebox/segments#from=server@nat': 'fail',
      'middlebox/two-clients#ids=others@nat': 'pass',
      'middlebox/two-clients#ids=same@nat': 'pass',
      'middlebox/two-clients#ids=0@nat': 'pass',
    })
    const notify = finishedIn(output).find(({ result }) => result.scenario.includes('Call-Disconnect-Notify'))
    expect(notify?.result.findings.find(({ verdict }) => verdict === 'fail')?.seen).toMatch(
      /^Call ID \d+ of Call-Disconnect-Notify at outer \(frame \d+\) is \d+ at inner \(frame \d+\)/,
    )
    expect(await leftOf(child.pid)).toEqual([])
  })

  it('may be the reference, or a mutant of it', async () => {
    const sound = play(
      'reference',
      'pptpd-1.5.0',
      '--case',
      'call/opens@direct',
      '--case',
      'ping/size#octets=1532@direct',
      '--no-baseline',
    )
    const { stdout } = await sound.ended
    expect(
      finishedIn(sound.output).map(({ result }) => result.verdict),
      stdout,
    ).toEqual(Array(4).fill('pass'))
    const faulty = play(
      'reference',
      '--case',
      'call/opens@direct',
      '--fault',
      'ppp-accepts-any-secret',
      '--case',
      'authentication/wrong-secret',
    )
    expect((await faulty.ended).code).toBe(1)
    expect(
      finishedIn(faulty.output).flatMap(({ result }) => (result.verdict === 'fail' ? result.findings : [])),
    ).toContainEqual(
      expect.objectContaining({ requirement: 'interop/refusal', seen: expect.stringContaining('a link') }),
    )
  })

  it('are removed, and finished cases are kept, when the run is interrupted or killed', async () => {
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const { child, ended, output } = play('pptp-linux-1.10.0', 'pptpd-1.5.0', '--path', 'direct', '-v')
      let finished = 0
      child.stdout?.on('data', (piece: Buffer) => {
        finished += piece.toString('utf8').split('PASS').length - 1
        if (finished >= 1) child.kill(signal)
      })
      const { code } = await ended
      if (signal === 'SIGINT') expect(code).toBe(3)
      else {
        const { removeLeftovers } = await import('../implementations/cleanup.ts')
        await removeLeftovers(engine())
      }
      expect(finishedIn(output).length).toBeGreaterThanOrEqual(1)
      expect(await leftOf(child.pid)).toEqual([])
    }
  })
})
