import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { namespaces, needsNamespaces } from './vitest.namespace.ts'

/** They start containers or programs of this machine, and wait for them most of the time. */
const CONTAINERS = ['harness/**/*.container.test.ts', 'harness/**/*.system.test.ts']

/**
 * It keeps all processors busy, by which verdicts of others would suffer: it is played when they
 * are over.
 */
const ALONE = ['harness/cli/interop.container.test.ts']

/** They leave their process changed, or need an unchanged one. */
const ISOLATED = [
  // It looks at which modules the process has loaded.
  'harness/cli/main.test.ts',
  // It mocks a module.
  'harness/cli/run-baseline.test.ts',
  // It starts what no process starts any more after an interrupted or failed run, which others
  // test.
  'harness/implementations/run-network.test.ts',
]

/** They open raw sockets, or set up networks: they take root, or namespaces of their own. */
const ROOTED = [
  'harness/cli/peer.test.ts',
  'harness/cli/remote.test.ts',
  'harness/cli/remote.system.test.ts',
  'harness/implementations/run-identity.test.ts',
  'harness/network/contract.test.ts',
  'harness/network/packet-reader.test.ts',
  'harness/network/raw-gre.test.ts',
  'harness/network/system.test.ts',
  'harness/scenario/server.lanes.test.ts',
  'harness/trace/impaired-path.test.ts',
]

/** Otherwise they are played with all others. */
const apart = needsNamespaces() ? ROOTED : []

/** The longest of each project. */
const LONGEST = [
  '/run.container.test.ts',
  '/suites/suites.test.ts',
  '/cli/run.test.ts',
  '/cli/remote.test.ts',
]

/**
 * The longest come first, and of container tests those that make the images. Container tests are
 * played when the others are over: beside these, verdicts on a machine of two processors suffered.
 */
class ContainersFirstAndLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ project, moduleId }: TestSpecification): number => {
      const longest = LONGEST.some((end) => moduleId.endsWith(end))
      if (project.name === 'containers') return longest ? 0 : 4
      if (project.name === 'isolated') return 1
      return longest ? 2 : 3
    }
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other))
  }
}

// As for a proof and a run: see harness/implementations/play-flags.ts.
const execArgv = ['--interrupt-budget=400000']

export default defineConfig({
  test: {
    globalSetup: ['vitest.setup.ts'],
    testTimeout: 60_000,
    // Unless told otherwise, vitest leaves one processor idle.
    maxWorkers: '100%',
    sequence: { sequencer: ContainersFirstAndLast },
    projects: [
      {
        extends: true,
        test: {
          name: 'containers',
          include: CONTAINERS,
          exclude: [...apart, ...ALONE],
          sequence: { groupOrder: 1 },
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE, sequence: { groupOrder: 2 } } },
      {
        extends: true,
        test: {
          name: 'rooted',
          include: apart,
          isolate: false,
          execArgv,
          pool: namespaces,
        },
      },
      { extends: true, test: { name: 'isolated', include: ISOLATED, execArgv } },
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['harness/**/*.test.ts', 'suites/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: [...CONTAINERS, ...ISOLATED, ...apart],
          // Its files share processes: each loads the harness and the suites once. So a file must
          // leave its process as it found it.
          isolate: false,
          execArgv,
        },
      },
    ],
  },
})
