import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { VOCABULARY } from '../harness/cli/vocabulary.ts'
import { listImplementations } from '../harness/implementations/manifest.ts'
import {
  filledIn,
  foldersIn,
  manifestJsonSchema,
  withTables,
} from '../harness/implementations/manifest-document.ts'
import { withInteropTables } from '../harness/interop/document.ts'
import { figuresTable } from '../harness/report/figures-table.ts'
import { implementationPage, pageName } from '../harness/report/implementation-page.ts'
import { stateMachinesPage } from '../harness/report/state-machines-page.ts'
import { readBaseline } from '../harness/runner/baseline.ts'
import { REQUIREMENTS } from '../suites/catalogue.ts'
import { interpretationsDocument, requirementsDocument } from '../suites/documents.ts'
import { SCENARIOS } from '../suites/index.ts'
import { MONITORS } from '../suites/monitors/index.ts'

const deciders = { scenarios: SCENARIOS, monitors: MONITORS }

await writeFile(new URL('interpretations.md', import.meta.url), interpretationsDocument(deciders))
await writeFile(new URL('requirements.md', import.meta.url), requirementsDocument(deciders))

const manual = new URL('adding-an-implementation.md', import.meta.url)
const text = withTables(await readFile(manual, 'utf8'))
await writeFile(manual, text)
for (const { path, content } of foldersIn(text)) {
  const file = new URL(`../examples/${path}`, import.meta.url)
  await mkdir(new URL('.', file), { recursive: true })
  await writeFile(file, content)
}
await writeFile(
  new URL('manifest.schema.json', import.meta.url),
  `${JSON.stringify(manifestJsonSchema(), null, 2)}\n`,
)

const interop = new URL('interop.md', import.meta.url)
await writeFile(interop, withInteropTables(await readFile(interop, 'utf8')))

await writeFile(new URL('state-machines.md', import.meta.url), stateMachinesPage())
const architecture = new URL('architecture.md', import.meta.url)
const actions = new URL('../harness/reference/control-actions.ts', import.meta.url)
const figures = figuresTable(await readFile(actions, 'utf8'))
await writeFile(architecture, filledIn(await readFile(architecture, 'utf8'), { figures: () => figures }))

const pages = new URL('implementations/', import.meta.url)
await mkdir(pages, { recursive: true })
for (const { manifest } of listImplementations()) {
  const file = new URL(`../results/baselines/${manifest.name}.yaml`, import.meta.url)
  const baseline = readBaseline(fileURLToPath(file), VOCABULARY)
  if (baseline !== undefined)
    await writeFile(
      new URL(pageName(baseline), pages),
      implementationPage(baseline, manifest.title, REQUIREMENTS),
    )
}
