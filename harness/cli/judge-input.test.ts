import { execFileSync, spawn } from 'node:child_process'
import { closeSync, constants, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { controlMessage, encodeControl } from '../protocol/control.ts'
import { encodeGre, grePacket } from '../protocol/gre.ts'
import { greIpPacket } from '../trace/ip.ts'
import { pcapOf, tcpTalk } from '../trace/testing/captures.ts'
import { pptpspec, startProcess, temporaryDirectory } from './testing/command-line.ts'

/** Captures that come in other ways than as one whole file, or that are hostile. */

const START = encodeControl(controlMessage('Start-Control-Connection-Request'))

/** A control connection of a client with one message, or this many segments. */
function talk(client: string, segments: readonly Uint8Array[] = [START], port = 1723): readonly Uint8Array[] {
  const talk = tcpTalk({ address: client, port: 40_001 }, { address: '192.0.2.2', port })
  return [...talk.handshake(), ...segments.map((octets) => talk.data('tester', octets))]
}

const gre = (from: string, sequenceNumber: number): Uint8Array =>
  greIpPacket(
    from,
    '192.0.2.2',
    1 + sequenceNumber,
    encodeGre(grePacket({ callId: 7, sequenceNumber, payload: Uint8Array.of(0xff, 3, 0xc0, 0x21) })),
  )

function written(files: Readonly<Record<string, Uint8Array>>): string {
  const cwd = temporaryDirectory()
  for (const [name, octets] of Object.entries(files)) writeFileSync(join(cwd, name), octets)
  return cwd
}

/** Opens a pipe for writing as soon as somebody reads it: until then the system refuses. */
async function openWhenRead(pipe: string): Promise<number> {
  for (;;)
    try {
      return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK)
    } catch {
      await setTimeout(50)
    }
}

describe('pptpspec judge', () => {
  it('reads standard input, also in small pieces', async () => {
    const octets = pcapOf(talk('192.0.2.1'))
    const stdin = Array.from({ length: octets.length }, (_, at) => octets.subarray(at, at + 1))
    const { code, stdout } = await pptpspec(['judge', '-'], { stdin })
    expect(code).toBe(0)
    expect(stdout).toContain('-: 4 frames, 1 conversation')
    expect(await pptpspec(['judge', '-', '-'], { stdin: [] })).toMatchObject({ code: 2 })
    expect(await pptpspec(['judge', '-'], { stdin: [] })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('standard input is empty'),
    })
  })

  it('reads files packed with gzip, and says what is wrong with a damaged one', async () => {
    const packed = gzipSync(pcapOf(talk('192.0.2.1')))
    const cwd = written({ 'a.gz': packed, 'b.gz': packed.subarray(0, packed.length - 10) })
    expect((await pptpspec(['judge', 'a.gz'], { cwd })).stdout).toContain('4 frames, 1 conversation')
    expect(await pptpspec(['judge', 'b.gz'], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('b.gz cannot be unpacked'),
    })
  })

  it('reads several files as one capture, in order of time', async () => {
    const frames = talk('192.0.2.1')
    const whole = pcapOf(frames)
    const split = whole.length - 16 - (frames.at(-1)?.length ?? 0)
    const cwd = written({
      '2.pcap': Buffer.concat([whole.subarray(0, 24), whole.subarray(split)]),
      '1.pcap': whole.subarray(0, split),
    })
    const { stdout } = await pptpspec(['judge', '2.pcap', '1.pcap'], { cwd })
    expect(stdout).toContain('1 TCP connection, 1 control message, 0 GRE packets')
    expect(stdout).toContain('4 frames, 1 conversation')
    expect(stdout).toContain('note: frames 2 to 4 are those of 1.pcap')
  })

  it('reads control connections of another port, and only what two addresses say', async () => {
    const cwd = written({
      'a.pcap': pcapOf([...talk('192.0.2.1', [START], 1724), ...talk('192.0.2.3', [START], 1724)]),
    })
    expect((await pptpspec(['judge', 'a.pcap'], { cwd })).code).toBe(2)
    const both = await pptpspec(['judge', 'a.pcap', '--port', '1724'], { cwd })
    expect(both.stdout).toContain('8 frames, 2 conversations')
    const one = ['judge', 'a.pcap', '--port', '1724', '--between', '192.0.2.2', '192.0.2.3']
    const { stdout } = await pptpspec(one, { cwd })
    expect(stdout).toContain('192.0.2.3 and 192.0.2.2')
    expect(stdout).toContain('8 frames, 1 conversation')
    expect(stdout).toContain('4 frames left out: of other addresses')
    expect((await pptpspec(['judge', 'a.pcap', '--between', 'a', 'b'], { cwd })).code).toBe(2)
  })

  it('finds a file whose name is not UTF-8', async () => {
    const cwd = temporaryDirectory()
    const name = Buffer.concat([Buffer.from(`${cwd}/caf`), Buffer.of(0xe9), Buffer.from('.pcap')])
    writeFileSync(name, pcapOf(talk('192.0.2.1')))
    expect((await pptpspec(['judge', 'caf\ufffd.pcap'], { cwd })).stdout).toContain('1 conversation')
    writeFileSync(Buffer.concat([Buffer.from(`${cwd}/caf`), Buffer.of(0xe8), Buffer.from('.pcap')]), '')
    expect((await pptpspec(['judge', 'caf\ufffd.pcap'], { cwd })).stderr).toContain('several files')
  })

  it('stops at an interruption, and says what was judged', async () => {
    const second = talk('192.0.2.3', Array<Uint8Array>(5_000).fill(START))
    const cwd = written({ 'a.pcap': pcapOf([...talk('192.0.2.1'), ...second]) })
    const { code, stdout, stderr } = await pptpspec(['judge', 'a.pcap'], {
      cwd,
      watch: (_, interrupt) => interrupt({ reason: 'SIGINT' }),
    })
    expect(code).toBe(3)
    expect(stdout).toContain('192.0.2.1 and 192.0.2.2')
    expect(stdout).not.toContain('192.0.2.3 and')
    expect(stderr).toMatch(
      /^SIGINT: stopped at frame \d+ of 5007; 1 conversation judged, 1 begun and not judged\n$/,
    )
  })

  it.skipIf(process.platform === 'win32')(
    'waits for the writer of a pipe, and can be interrupted',
    async () => {
      const cwd = temporaryDirectory()
      const pipe = join(cwd, 'pipe')
      execFileSync('mkfifo', [pipe])
      const waiting = startProcess(['judge', pipe])
      const writer = await openWhenRead(pipe)
      waiting.child.kill('SIGINT')
      expect(await waiting.ended).toMatchObject({ code: 3 })
      closeSync(writer)
      writeFileSync(join(cwd, 'a.pcap'), pcapOf(talk('192.0.2.1')))
      const reading = startProcess(['judge', pipe])
      const copying = spawn('sh', ['-c', 'cat a.pcap > pipe'], { cwd })
      const { code, stdout } = await reading.ended
      copying.kill()
      expect(code).toBe(0)
      expect(stdout).toContain('1 conversation')
    },
  )

  it('tells conversations that are alike once, with their number', async () => {
    const frames = Array.from({ length: 40 }, (_, at) => gre(`198.51.100.${at}`, 0))
    const cwd = written({ 'a.pcap': pcapOf(frames) })
    const { code, stdout } = await pptpspec(['judge', 'a.pcap'], { cwd })
    expect(code).toBe(0)
    expect(stdout.match(/the control connection is not in the capture/g)).toHaveLength(3)
    expect(stdout).toContain(
      '37 more conversations without a control connection, with the same notes and findings as 198.51.100.0 and 192.0.2.2',
    )
    const lines = (await pptpspec(['judge', 'a.pcap', '--json'], { cwd })).stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(4)
    expect(JSON.parse(lines[3] ?? '')).toMatchObject({ conversations: 40, alike: [{ more: 37 }] })
  })

  it('takes time in proportion to the segments of a message', async () => {
    const whole = new Uint8Array(65_535)
    whole.set([0xff, 0xff, 0, 1, 0x1a, 0x2b, 0x3c, 0x4d, 0, 77])
    const segments = Array.from(whole, (octet) => Uint8Array.of(octet))
    const cwd = written({ 'a.pcap': pcapOf(talk('192.0.2.1', segments)) })
    const { stdout } = await pptpspec(['judge', 'a.pcap'], { cwd })
    expect(stdout).toContain('1 control message')
  }, 20_000)
})

describe('pptpspec show', () => {
  it('draws the conversations of a capture, with its frame numbers', async () => {
    const plain = pcapOf([...talk('192.0.2.1'), ...talk('192.0.2.3')])
    const cwd = written({ 'a.pcap': plain, 'a.gz': gzipSync(plain), 'b.pcap': pcapOf([]) })
    for (const file of ['a.pcap', 'a.gz']) {
      const { code, stdout } = await pptpspec(['show', file], { cwd })
      expect(code).toBe(0)
      expect(stdout).toContain('192.0.2.1 (left) and 192.0.2.2 (right)')
      expect(stdout).toMatch(/ 8 .*Start-Control-Connection-Request/)
    }
    expect((await pptpspec(['show', 'b.pcap'], { cwd })).code).toBe(2)
  })
})
