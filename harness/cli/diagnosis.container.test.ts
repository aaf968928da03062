import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageRoot } from '../implementations/package-root.ts'
import { engineForTests } from '../implementations/testing/engine.ts'
import { readEvents } from '../report/events.ts'
import { startProcess, temporaryDirectory } from './testing/command-line.ts'

const { available } = await engineForTests()

/**
 * A pptpd whose pppd cannot start: its kernel is the host's, and its pppd is a program that fails.
 */
function writeServerWithoutPpp(directory: string): string {
  const folder = join(directory, 'no-ppp')
  cpSync(join(packageRoot(), 'containers', 'pptpd-1.5.0'), folder, { recursive: true })
  const change = (name: string, pairs: readonly (readonly [string, string])[]) => {
    let text = readFileSync(join(folder, name), 'utf8')
    for (const [from, to] of pairs) {
      expect(text, from).toContain(from)
      text = text.replace(from, to)
    }
    writeFileSync(join(folder, name), text)
  }
  change('manifest.yaml', [
    ['name: pptpd-1.5.0', 'name: no-ppp'],
    ['    PPTPSPEC_PORT: "1723"', '    PPTPSPEC_PORT: "1723"\n    PPTPSPEC_KERNEL: host'],
  ])
  change('Dockerfile', [['ENTRYPOINT', 'RUN ln -sf /bin/false /usr/sbin/pppd\nENTRYPOINT']])
  return folder
}

describe.skipIf(!available)('a server that ends every call at once', () => {
  it('has one diagnosis, and no failure in cases that need a call', { timeout: 300_000 }, async () => {
    const directory = temporaryDirectory()
    const folder = writeServerWithoutPpp(directory)
    const output = join(directory, 'out')
    const globs = ['outgoing-call/*', 'tunnel/gap', 'call-clear/*', 'echo/reply'].flatMap((glob) => [
      '-s',
      glob,
    ])
    const { ended } = startProcess(['run', folder, '--lanes', '1', '--provision', '-o', output, ...globs])
    const { code, stdout, stderr } = await ended
    expect({ code, stderr }, stdout).toEqual({ code: 1, stderr: '' })

    const events = readEvents(join(output, 'events.ndjson'))
    const [found, ...more] = events.filter((event) => event.kind === 'diagnosis')
    expect(more).toEqual([])
    expect(found?.text).toMatch(/^ends every call \d+ ms after the Outgoing-Call-Reply/)
    expect(found?.remedies.join()).toContain('PPP daemon')
    expect(found?.log?.join()).toContain('pptpd')
    for (const event of events) {
      if (event.kind !== 'scenario-finished') continue
      const { scenario, verdict, reason } = event.result
      if (scenario.startsWith('echo/')) expect(verdict, scenario).toBe('pass')
      else
        expect({ scenario, verdict: verdict === 'skip' ? 'inconclusive' : verdict }).toEqual({
          scenario,
          verdict: 'inconclusive',
        })
      if (verdict === 'inconclusive') expect(reason).toContain('ends every call')
    }
    // The diagnosis is printed during the run and once in the summary.
    expect(stdout.split('ends every call').length - 1).toBeLessThanOrEqual(3)
  })
})
