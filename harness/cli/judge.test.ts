import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { controlMessage, encodeControl } from '../protocol/control.ts'
import { readTrace } from '../trace/messages.ts'
import { writePcapng } from '../trace/pcapng.ts'
import { OTHER_PACKETS, pcapOf, tcpTalk } from '../trace/testing/captures.ts'
import { data, ended, opened, traceOf } from '../trace/testing/traces.ts'
import type { TraceStep } from '../trace/trace.ts'
import { pptpspec, temporaryDirectory } from './testing/command-line.ts'

const request = encodeControl(controlMessage('Start-Control-Connection-Request'))
const reply = (resultCode: number, errorCode = 0) =>
  encodeControl(
    controlMessage('Start-Control-Connection-Reply', {
      resultCode,
      errorCode,
      framingCapabilities: 3,
      bearerCapabilities: 3,
    }),
  )

async function judge(octets: Uint8Array, ...options: readonly string[]) {
  const cwd = temporaryDirectory()
  writeFileSync(join(cwd, 'a.pcapng'), octets)
  return pptpspec(['judge', 'a.pcapng', ...options], { cwd })
}

const linesIn = (text: string): readonly unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

const captureOf = (...steps: readonly TraceStep[]) =>
  writePcapng(readTrace(traceOf(opened(), ...steps))).octets
const GOOD = captureOf(data(request), data(reply(1), 'iut'), ended('tester'))
const BAD = captureOf(data(request), data(reply(9, 1), 'iut'))

describe('pptpspec judge', () => {
  it('finds no violation in a correct conversation', async () => {
    const { code, stdout, stderr } = await judge(GOOD)
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toContain('a.pcapng: 7 frames, 1 conversation')
    expect(stdout).toContain('192.0.2.1 and 192.0.2.2')
    expect(stdout).toContain('1 TCP connection, 2 control messages, 0 GRE packets')
    expect(stdout).toMatch(
      /originator 192\.0\.2\.1: 0 fail, 0 warn, \d+ pass\n {2}recipient 192\.0\.2\.2: 0 fail/,
    )
    expect(stdout).not.toContain('PASS')
  })

  it('names the requirement that is broken, and the frame', async () => {
    const { code, stdout } = await judge(BAD)
    expect(code).toBe(1)
    expect(stdout).toContain('FAIL 2.2/result-code-defined (frame 5): expected')
    expect(stdout).toContain('seen Result Code 9 (undefined)')
  })

  it('shows requirements that were kept if asked to, the gravest finding first', async () => {
    const { stdout } = await judge(BAD, '--verbose')
    expect(stdout).toContain('PASS 2.2/one-reply')
    expect(stdout.indexOf('FAIL')).toBeLessThan(stdout.lastIndexOf('PASS'))
  })

  it('writes JSON, an object a line', async () => {
    const { code, stdout } = await judge(BAD, '--json')
    expect(code).toBe(1)
    const [conversation, capture] = linesIn(stdout)
    expect(conversation).toMatchObject({
      controlMessages: 2,
      ends: [
        { role: 'originator', address: '192.0.2.1' },
        {
          role: 'recipient',
          findings: expect.arrayContaining([
            expect.objectContaining({
              requirement: '2.2/result-code-defined',
              verdict: 'fail',
              frame: 5,
              monitor: 'code-points',
            }),
          ]),
        },
      ],
    })
    expect(capture).toMatchObject({ file: 'a.pcapng', frames: 5, conversations: 1 })
  })

  it('says which parts it could not judge', async () => {
    const talk = tcpTalk()
    talk.handshake()
    const { code, stdout } = await judge(pcapOf([talk.data('iut', reply(1)), ...OTHER_PACKETS]))
    expect(code).toBe(0)
    expect(stdout).toContain('note: 1 frame left out: IPv6')
    expect(stdout).toContain('note: the beginning of connection 1 is not in the capture')
  })

  it('limits the number of notes about parts that it could not judge', async () => {
    const frames = Array.from({ length: 100 }, (_, at) =>
      tcpTalk({ address: '192.0.2.1', port: 40_000 + at }).data('tester', request),
    )
    const { stdout } = await judge(pcapOf(frames))
    expect(stdout.match(/note: the beginning of connection/g)).toHaveLength(20)
    expect(stdout).toContain('note: and 92 more\n')
    const [conversation] = linesIn((await judge(pcapOf(frames), '--json')).stdout)
    expect(conversation).toMatchObject({ notes: { length: 112 } })
  })

  it.each([
    ['show', '/dev/zero'],
    ['run', '--target', '192.0.2.1', '--manifest', '/dev/zero'],
    ['run', '--target', '192.0.2.1', '--manifest', '/'],
  ])('gives 2 for what has no end, or is no file: %s %s', async (...argv) => {
    expect(await pptpspec(argv)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: .*(is larger than|it is a directory).*\nremedy: /),
    })
  })

  it.each([
    ['no file', undefined, /cannot read .*ENOENT/],
    ['an empty file', new Uint8Array(0), /a.pcapng is empty/],
    ['not a capture', Uint8Array.of(1, 2, 3, 4), /not a capture file: it begins with 0x01020304 at offset 0/],
    [
      'no PPTP',
      pcapOf(OTHER_PACKETS),
      /2 frames, no PPTP conversation among them \(1 frame left out: IPv6\)/,
    ],
  ])('gives 2 for %s', async (_, octets, message) => {
    const { code, stdout, stderr } =
      typeof octets === 'object' ? await judge(octets) : await pptpspec(['judge', octets ?? 'b'])
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(message)
    expect(stderr).toContain('remedy: ')
  })
})

describe('a real capture', () => {
  it('of pptp-linux and pptpd is judged on both sides, and errors say if it is truncated or corrupted', async () => {
    const whole = readFileSync(
      fileURLToPath(new URL('../trace/testing/pptp-linux-1.10.0-to-pptpd-1.5.0.pcap', import.meta.url)),
    )
    const { stdout, code } = await judge(whole)
    // pptp-linux numbers its packets from 1 and announces Maximum Channels; pptpd announces
    // no capability at all.
    expect(code).toBe(0)
    expect(stdout).toMatch(/originator [\d.]+: 0 fail, 2 warn/)
    expect(stdout).toContain('WARN 4.1/first-sequence-number (frame 14)')
    expect(stdout).toContain('WARN 2.1/maximum-channels-sent (frame 6)')
    expect(stdout).toContain('WARN 2.2/capabilities-some (frame 8)')
    expect(stdout).toContain('5 control messages, 14 GRE packets')

    const cut = await judge(whole.subarray(0, 1500))
    expect(cut.stdout).toContain('4 control messages')
    expect(cut.stdout).toMatch(/note: .*ends/)
    expect(await judge(new Uint8Array(0))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is empty'),
    })
    expect((await judge(whole.subarray(4))).code).toBe(2)
  })
})
