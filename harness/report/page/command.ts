import { beforeRole } from '../../scenario/scenario.ts'
import type { RunStarted } from '../tally.ts'

/** Options of `run` and `interop` that choose cases or say what happens to results. */
const DROPPED_WITH_VALUE: ReadonlySet<string> = new Set([
  ...['--scenario', '-s', '--requirement', '--role', '--tag', '--shard', '--case', '-c', '--path'],
  ...['--output', '-o', '--keep', '--reporter', '--repeat', '--seed', '--lanes', '--colour', '--color'],
])
const DROPPED: ReadonlySet<string> = new Set([
  ...['--verbose', '-v', '--json', '--update-baseline', '--no-colour', '--no-color'],
])
/** Other options that take a value. */
const WITH_VALUE: ReadonlySet<string> = new Set([
  ...['--target', '--listen', '--dial-command', '--name', '--manifest', '--account', '--clock', '--impair'],
  ...['--engine', '--tester', '--baseline'],
])

/**
 * Returns the command that plays one case of a run again.
 * @param at the index of its implementation among those of the run.
 */
export function commandFor(
  started: RunStarted | undefined,
  implementation: string,
  caseId: string,
  at: number,
): string {
  const { options, names } = partsOf(started?.arguments ?? [])
  if (started?.paths !== undefined) {
    const path = caseId.slice(beforeRole(caseId).length + 1)
    const words = ['pptpspec', 'interop', ...names, ...options]
    return inShell([...words, '--case', beforeRole(caseId), ...(path === '' ? [] : ['--path', path])])
  }
  const isRemote = options.some((word) => /^--(target|listen)(=|$)/.test(word))
  // A folder is named by its path: the name that its manifest gives is not known to the command.
  const named = names.length === (started?.implementations ?? [implementation]).length ? names[at] : undefined
  const who = isRemote ? [] : [named ?? implementation]
  const seed = started === undefined ? [] : ['--seed', String(started.seed)]
  return inShell(['pptpspec', 'run', ...who, '--scenario', caseId, ...seed, ...options])
}

/** Returns the command that shows the kept trace of a case. */
export function showCommand(implementation: string, caseId: string, several: boolean): string {
  const which = several ? ['--implementation', implementation] : []
  return inShell(['pptpspec', 'show', 'DIRECTORY', caseId, ...which, '--fields'])
}

/** Splits the arguments of a run into names and the options that another run needs, too. */
function partsOf([, ...words]: readonly string[]): {
  readonly options: readonly string[]
  readonly names: readonly string[]
} {
  const options: string[] = []
  const names: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const name = word.split('=', 1)[0] ?? word
    const next = words[at + 1]
    const takes = name === word && next !== undefined && !next.startsWith('-')
    if (!word.startsWith('-')) names.push(word)
    else if (DROPPED_WITH_VALUE.has(name)) at += takes ? 1 : 0
    else if (DROPPED.has(name)) continue
    else if (WITH_VALUE.has(name) && takes) {
      options.push(word, next)
      at++
    } else options.push(word)
  }
  return { options, names }
}

/** Joins words to a line for a POSIX shell. */
export function inShell(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ')
}
