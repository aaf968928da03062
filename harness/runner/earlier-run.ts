import { lstatSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, isAbsolute, join, sep } from 'node:path'
import { EVENTS_FILE, REPORT_FILES } from './result-files.ts'

/**
 * Octets; a run of everything there is writes some 4 MB of events. What larger ones name stays
 * where it is.
 */
const MOST_EVENTS = 256 * 1024 * 1024
/** What a case leaves behind. */
const CASE_FILES: ReadonlySet<string> = new Set(['.json', '.pcapng', '.log', '.gz'])

/**
 * Removes what an earlier run left in a results directory: its reports, the captures, traces and
 * logs that its events name, and the events. An empty file for events is left, by which the
 * directory is known. Nothing outside of it is touched, whatever the events say.
 * @throws Error when something cannot be removed.
 */
export function removeEarlierRun(directory: string): void {
  // The reports first: what is left when this is killed half-way must not look like the end of a
  // good run.
  for (const name of Object.values(REPORT_FILES))
    for (const file of [name, `${name}.part`]) rmSync(join(directory, file), { force: true })
  const root = realpathSync(directory)
  for (const name of filesIn(join(directory, EVENTS_FILE))) {
    const file = within(root, name)
    if (file !== undefined) rmSync(file, { force: true })
  }
  // Removed first: it may be a link.
  rmSync(join(directory, EVENTS_FILE), { force: true })
  writeFileSync(join(directory, EVENTS_FILE), '')
}

/** The files that stored events name; of lines that are no events none. */
function filesIn(events: string): ReadonlySet<string> {
  const stat = lstatSync(events, { throwIfNoEntry: false })
  if (stat === undefined || !stat.isFile() || stat.size > MOST_EVENTS) return new Set()
  const names = readFileSync(events, 'utf8')
    .split('\n')
    .flatMap((line) => Object.values(filesOf(line)))
  return new Set(names.filter((name) => typeof name === 'string'))
}

function filesOf(line: string): object {
  try {
    const event: unknown = JSON.parse(line)
    if (typeof event !== 'object' || event === null || !('files' in event)) return {}
    return typeof event.files === 'object' && event.files !== null ? event.files : {}
  } catch {
    return {}
  }
}

/**
 * Where a case's file lies, links followed; undefined where that is not inside of `root`, or
 * nothing that a run writes.
 */
function within(root: string, name: string): string | undefined {
  if (isAbsolute(name) || !CASE_FILES.has(extname(name))) return undefined
  try {
    const file = join(realpathSync(dirname(join(root, name))), basename(name))
    return file.startsWith(root + sep) && dirname(file) !== root && lstatSync(file).isFile()
      ? file
      : undefined
  } catch {
    // It is gone, or no name that a file can have.
    return undefined
  }
}
