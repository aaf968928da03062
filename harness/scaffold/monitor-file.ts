import { join } from 'node:path'
import { MONITORS } from '../../suites/monitors/index.ts'
import { UsageError } from '../errors/errors.ts'
import { offerLines, requireRequirement } from './offer.ts'
import {
  isKebab,
  readSource,
  requireCheckout,
  type Scaffold,
  type ScaffoldRequest,
  type WorkingPlace,
} from './scaffold.ts'

/** Returns the text of a new monitor's file. @param offer comment lines that name requirements. */
function monitorText(id: string, offer: readonly string[]): string {
  return `import { monitor } from '../catalogue.ts'

// This example works: it kills its mutant. Replace it by your own check; remove this comment.
// MonitorHandlers in harness/scenario/monitor.ts lists every event that a monitor can handle.
${offer.map((line) => `${line}\n`).join('')}export default monitor(
  {
    id: '${id}',
    purpose: 'An Echo-Reply without a general error has Error Code 0.',
    decides: ['2.6/error-code'],
    provenBy: ['echo-reply-error-set'],
  },
  ({ observe }) => ({
    // Called with each control message that the implementation under test sends.
    sent({ message, entry }) {
      if (message.name !== 'Echo-Reply' || message.resultCode === 2) return
      observe('2.6/error-code', {
        ok: message.errorCode === 0,
        expected: 'Echo-Reply with Error Code 0',
        seen: \`Echo-Reply with Error Code \${message.errorCode}\`,
        entry: entry.index,
      })
    },
  }),
)
`
}

/**
 * Returns the files of a new monitor: its own, and the list of monitors with it added.
 * @throws UsageError when the name is malformed, or nothing can decide the requirement.
 */
export function monitorScaffold({ name: id, requirement }: ScaffoldRequest, place: WorkingPlace): Scaffold {
  const folder = join(requireCheckout(place), 'suites', 'monitors')
  if (!isKebab(id))
    throw new UsageError(
      `the name of a monitor is lower-case words joined by hyphens, not "${id}"`,
      'For example pptpspec new monitor echo-pairs',
    )
  if (requirement !== undefined) requireRequirement(requirement)
  const offer = offerLines(id, {
    wanted: requirement,
    field: 'decides',
    takes: ({ decided }) => decided.by === 'monitor',
    deciders: MONITORS,
  })
  const path = join(folder, `${id}.ts`)
  const list = join(folder, 'index.ts')
  return {
    absent: [path],
    files: [
      { path, text: monitorText(id, offer) },
      { path: list, text: withMonitor(readSource(list), id, list) },
    ],
    next: [
      `suites/monitors/${id}.ts holds a working example, listed in index.ts beside it: edit what it decides and handles`,
      'npm run pptpspec -- prove   # it must find nothing wrong on the reference, and kill its mutants',
      'npm run docs && npm run format && npm run check && npm run test:unit',
    ],
  }
}

const IMPORT = /^import \w+ from '\.\/([\w-]+)\.ts'$/
const END = ']'

/**
 * Returns the source of the list of monitors with one monitor added at its end.
 * @throws UsageError when the text does not look like that list.
 */
function withMonitor(text: string, id: string, file: string): string {
  const lines = text.split('\n')
  const variable = id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
  const later = lines.findIndex((line) => (IMPORT.exec(line)?.[1] ?? '') > id)
  const imports = later === -1 ? lines.findLastIndex((line) => IMPORT.test(line)) + 1 : later
  const end = lines.lastIndexOf(END)
  if (imports === 0 || end < imports)
    throw new UsageError(
      `${file} does not look like the list of monitors`,
      'Restore that file of the checkout',
    )
  return [
    ...lines.slice(0, imports),
    `import ${variable} from './${id}.ts'`,
    ...lines.slice(imports, end),
    `  ${variable},`,
    ...lines.slice(end),
  ].join('\n')
}
