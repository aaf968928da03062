import { HarnessError } from '../harness/errors/errors.ts'
import type { FoundModule } from '../harness/files/modules.ts'
import { type Scenario, scenarioName } from '../harness/scenario/scenario.ts'

/** Whether a path below suites/ is that of a scenario file: `<topic>/<name>`. */
export function isScenarioFile(path: string): boolean {
  return path.includes('/') && !/^(monitors|requirements|steps)\//.test(path)
}

/**
 * The scenarios in the default exports of scenario files, by path, recipients before originators.
 * @throws HarnessError for a file without a scenario, an id that is not the path of its file, and a
 * scenario that exists twice in one role.
 */
export function registered(modules: readonly FoundModule[]): readonly Scenario[] {
  const found = modules.flatMap((module) => scenariosIn(module).map((scenario) => ({ module, scenario })))
  const files = new Map<string, string>()
  // Doubled ids are looked for first: for a copied file with an unchanged id, that error says more
  // than the error about its path.
  for (const { module, scenario } of found) {
    const name = scenarioName(scenario)
    const other = files.get(name)
    if (other === module.file)
      throw broken(`suites/${other} has two scenarios ${name}`, 'Make them one, or give them different roles')
    if (other !== undefined)
      throw broken(
        `suites/${other} and suites/${module.file} both have a scenario ${name}`,
        'Give each scenario the path of its file below suites/ as its id',
      )
    files.set(name, module.file)
  }
  for (const { module, scenario } of found)
    if (scenario.id !== module.path)
      throw broken(
        `suites/${module.file} has a scenario whose id is ${scenario.id}`,
        `Call it ${module.path}, or move the file to suites/${scenario.id}`,
      )
  return found
    .map(({ scenario }) => scenario)
    .sort((a, b) => compare(a.id, b.id) || ROLES.indexOf(a.iut) - ROLES.indexOf(b.iut))
}

const ROLES = ['recipient', 'originator'] as const

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

function scenariosIn({ file, exports }: FoundModule): readonly Scenario[] {
  const all: readonly unknown[] = [exports.default].flat()
  if (all.length > 0 && all.every(isScenario)) return all
  throw broken(
    `suites/${file} has no scenario as its default export`,
    'Export a scenario, or an array of scenarios, as default; move what is no scenario file out of the topic',
  )
}

function isScenario(value: unknown): value is Scenario {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    'iut' in value &&
    'body' in value &&
    typeof value.body === 'function'
  )
}

function broken(message: string, remedy: string): HarnessError {
  return new HarnessError('BrokenSuite', 3, message, remedy)
}
