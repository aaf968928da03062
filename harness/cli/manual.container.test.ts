import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { foldersIn } from '../implementations/manifest-document.ts'
import { packageRoot } from '../implementations/package-root.ts'
import { engineForTests } from '../implementations/testing/engine.ts'
import { readEvents } from '../report/events.ts'
import { startProcess, temporaryDirectory } from './testing/command-line.ts'

const { available } = await engineForTests()

/** Writes the folders of docs/adding-an-implementation.md as a reader would. */
function writeFolders(directory: string): void {
  const manual = readFileSync(join(packageRoot(), 'docs', 'adding-an-implementation.md'), 'utf8')
  const files = foldersIn(manual)
  expect(files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['my-server/run', 'my-client/stop-dial', 'my-pptpd/options.pptpd']),
  )
  for (const { path, content } of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), content)
  }
}

describe.skipIf(!available)('the folders of the manual', () => {
  it.each([
    ['my-server', ['start/accepted@recipient', 'echo/many@recipient']],
    // One dial after the other; each dial has to be ended.
    ['my-client', ['start/connects@originator', 'outgoing-call/request@originator', 'echo/many@originator']],
    ['my-pptpd', ['start/accepted@recipient', 'outgoing-call/accepted@recipient', 'tunnel/lcp@recipient']],
  ])('%s runs as it stands there', { timeout: 300_000 }, async (name, scenarios) => {
    const directory = temporaryDirectory()
    writeFolders(directory)
    const output = join(directory, 'out')
    const globs = scenarios.flatMap((id) => ['-s', id])
    const argv = ['run', join(directory, name), '--lanes', '1', '-o', output, ...globs]
    const { code, stdout, stderr } = await startProcess(argv).ended
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' })
    const finished = readEvents(join(output, 'events.ndjson')).flatMap((event) =>
      event.kind === 'scenario-finished' ? [event.result] : [],
    )
    expect(finished.length).toBeGreaterThanOrEqual(scenarios.length)
    for (const { scenario, verdict } of finished) expect(['pass', 'warn'], scenario).toContain(verdict)
  })
})
