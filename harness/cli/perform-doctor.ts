import { type Engine, findEngine } from '../implementations/engine.ts'
import { type EnvironmentCheck, inspectEnvironment } from '../implementations/environment.ts'
import { listImplementations, type Manifest } from '../implementations/manifest.ts'
import { foreseeTester } from '../implementations/run-network.ts'
import { canOpenRawGre } from '../network/raw-gre.ts'
import { canRunContainers, doctorText } from '../report/doctor-text.ts'
import { type ColourChoice, type ExitCode, type Io, wantsColour } from './io.ts'

/** The arguments of `pptpspec doctor`. */
export interface DoctorRequest {
  readonly engine: string | undefined
  readonly json: boolean
  readonly colour: ColourChoice
}

/**
 * The checks without which no container can be tested. If others fail, something is slower or
 * cannot be built.
 */
const NEEDED: ReadonlySet<string> = new Set(['Node', 'container engine', 'implementations'])

/** Prints a table of everything that running containers depends on. Changes nothing. */
export async function performDoctor(request: DoctorRequest, io: Io): Promise<ExitCode> {
  const [inspected, bundled] = await Promise.all([
    inspectEnvironment({ engine: request.engine }),
    checkBundled(request.engine),
  ])
  const rows = [...inspected, checkRawGre(), ...bundled].map((check) => ({
    ...check,
    needed: NEEDED.has(check.check),
  }))
  const good = canRunContainers(rows)
  io.stdout.write(
    request.json
      ? `${JSON.stringify({ containers: good, checks: rows }, null, 1)}\n`
      : doctorText(rows, { colour: wantsColour(request.colour, io.stdout, io.env) }),
  )
  return good ? 0 : 3
}

function checkRawGre(): EnvironmentCheck {
  const check = 'raw GRE sockets'
  const raw = canOpenRawGre()
  return raw.ok
    ? { check, ok: true, detail: 'may be opened' }
    : {
        check,
        ok: false,
        detail: raw.reason,
        remedy: `${raw.remedy === '' ? '' : `${raw.remedy}. `}Only --target and --listen need these sockets; containers are also reached from a tester in a container`,
      }
}

async function checkTester(engine: Engine): Promise<EnvironmentCheck> {
  const { place, why } = await foreseeTester(engine)
  const from = place === 'here' ? 'from this process' : 'from a container of its own'
  return { check: 'tester', ok: true, detail: `plays ${from}: ${why}` }
}

/** Whether the engine can run the implementations that come with this package. */
async function checkBundled(engine: string | undefined): Promise<readonly EnvironmentCheck[]> {
  try {
    const found = await findEngine({ engine })
    if ('failure' in found) return []
    const manifests = listImplementations().map(({ manifest }) => manifest)
    return [
      await checkTester(found.engine),
      checkArchitecture(manifests, found.engine.architecture),
      await checkImages(
        manifests.map(({ name }) => name),
        found.engine,
      ),
    ]
  } catch {
    // Other checks report errors of the engine and of the manifests.
    return []
  }
}

/**
 * Checks whether all manifests can run on the architecture of the engine.
 */
export function checkArchitecture(
  manifests: readonly Pick<Manifest, 'name' | 'needs'>[],
  architecture: string,
): EnvironmentCheck {
  const check = 'architecture'
  const others = manifests.filter(({ needs }) => (needs?.architecture ?? architecture) !== architecture)
  if (others.length === 0) return { check, ok: true, detail: architecture }
  const wanted = [...new Set(others.map(({ needs }) => needs?.architecture))].join(', ')
  return {
    check,
    ok: false,
    detail: `${architecture}: ${others.map(({ name }) => name).join(', ')} cannot run here`,
    remedy: `Use an engine on ${wanted}. Folders of your own, --target, --listen and the reference work here, too.`,
  }
}

/** Says which implementations have an image already; the first run builds the others. */
async function checkImages(names: readonly string[], { docker }: Engine): Promise<EnvironmentCheck> {
  const built = await Promise.all(
    names.map(async (name) => {
      const filters = { label: [`pptpspec.image=${name}`] }
      return (await docker.listImages({ filters })).length > 0
    }),
  )
  const said = names.map((name, at) => `${name} ${built[at] === true ? 'built' : 'not yet built'}`)
  return { check: 'images', ok: true, detail: `${said.join(', ')}; runs build what has changed` }
}
