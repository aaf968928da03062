import { readFile, writeFile } from 'node:fs/promises'
import { manifestJsonSchema, withTables } from '../harness/implementations/manifest-document.ts'
import { interpretationsDocument, requirementsDocument } from '../suites/documents.ts'
import { SCENARIOS } from '../suites/index.ts'
import { MONITORS } from '../suites/monitors/index.ts'

const deciders = { scenarios: SCENARIOS, monitors: MONITORS }

await writeFile(new URL('interpretations.md', import.meta.url), interpretationsDocument(deciders))
await writeFile(new URL('requirements.md', import.meta.url), requirementsDocument(deciders))

const manual = new URL('adding-an-implementation.md', import.meta.url)
await writeFile(manual, withTables(await readFile(manual, 'utf8')))
await writeFile(
  new URL('manifest.schema.json', import.meta.url),
  `${JSON.stringify(manifestJsonSchema(), null, 2)}\n`,
)
