import { lstatSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, isAbsolute, join, sep } from 'node:path'
import { EVENTS_FILE, REPORT_FILES } from './result-files.ts'

/**
 * The largest events file that is read, in octets; a run of all cases writes some 4 MB. The files
 * that a larger one names are not removed.
 */
const MOST_EVENTS = 256 * 1024 * 1024
/** The files that a case leaves behind. */
const CASE_FILES: ReadonlySet<string> = new Set(['.json', '.pcapng', '.log', '.gz'])

/**
 * Removes what an earlier run left in a results directory: its reports, the captures, traces and
 * logs that its events name, and the events. An empty events file stays, as the mark of a results
 * directory. Nothing outside of the directory is removed, whatever the events say.
 * @throws Error when something cannot be removed.
 */
export function removeEarlierRun(directory: string): void {
  // The reports are removed first: what a kill half-way leaves must not look like a finished run.
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

/** The files that stored events name. A line that is not an event names none. */
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
 * The path of a case's file with links followed; undefined when it is outside of `root` or not a
 * file that a run writes.
 */
function within(root: string, name: string): string | undefined {
  if (isAbsolute(name) || !CASE_FILES.has(extname(name))) return undefined
  try {
    const file = join(realpathSync(dirname(join(root, name))), basename(name))
    return file.startsWith(root + sep) && dirname(file) !== root && lstatSync(file).isFile()
      ? file
      : undefined
  } catch {
    // The file is gone, or the text is not a possible file name.
    return undefined
  }
}
