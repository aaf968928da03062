import { writeFile } from 'node:fs/promises'
import { interpretationsDocument, requirementsDocument } from '../suites/documents.ts'
import { SCENARIOS } from '../suites/index.ts'
import { MONITORS } from '../suites/monitors/index.ts'

const deciders = { scenarios: SCENARIOS, monitors: MONITORS }

await writeFile(new URL('interpretations.md', import.meta.url), interpretationsDocument(deciders))
await writeFile(new URL('requirements.md', import.meta.url), requirementsDocument(deciders))
