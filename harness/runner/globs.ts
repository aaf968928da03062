import picomatch from 'picomatch'

/** Whether a glob names something by its id; `*` stops at a slash. */
export function nameMatcher(glob: string): (id: string) => boolean {
  const matches = picomatch(glob, { nonegate: true })
  return (id) => id === glob || matches(id)
}

/**
 * Whether a glob names a case: by its id or its scenario's. Without `@` the role does not matter,
 * so `echo/*` names cases of both roles.
 */
export function caseMatcher(glob: string): (id: string) => boolean {
  const matches = nameMatcher(glob)
  if (!glob.includes('@')) return (id) => matches(withoutRole(id)) || matches(scenarioOf(withoutRole(id)))
  return (id) => matches(id) || matches(`${scenarioOf(withoutRole(id))}${id.slice(id.lastIndexOf('@'))}`)
}

/** A case id without its role. */
export function withoutRole(id: string): string {
  const at = id.lastIndexOf('@')
  return at === -1 ? id : id.slice(0, at)
}

function scenarioOf(id: string): string {
  return id.split('#')[0] ?? id
}
