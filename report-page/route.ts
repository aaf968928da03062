import { useEffect, useState } from 'preact/hooks'
import type { PageCase } from '../harness/report/page/data.ts'
import { DATA, implementationOf } from './run.ts'

/** Which part of the page is shown. It is the fragment of the address, so each part has a link. */
export type Route =
  | { readonly view: 'overview' }
  | { readonly view: 'requirements' | 'cases'; readonly filter: Filter }
  | { readonly view: 'case'; readonly case: number; readonly packet: string | undefined }
  | { readonly view: 'unknown' }

/** What a list is filtered by: values by the name of a field. An empty value filters nothing. */
export type Filter = Readonly<Record<string, string>>

/** Returns the link of a case, or of one packet of it. */
export function caseLink(at: number, packet?: string | number): string {
  const one = DATA.cases[at]
  if (one === undefined) return '#/'
  return `#/${nameOf(one)}${packet === undefined ? '' : `/packet/${packet}`}`
}

/** Returns the link of a list, filtered. */
export function listLink(view: 'requirements' | 'cases', filter: Filter = {}): string {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ''))
  return `#/${view}${query.size === 0 ? '' : `?${query}`}`
}

function nameOf(one: PageCase): string {
  const round = one.round === undefined ? '' : `/round/${one.round}`
  return `case/${encoded(implementationOf(one).name)}/${encoded(one.id)}${round}`
}

/** Encodes what a fragment may not hold, and leaves the rest readable. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/%(2F|40|3D|2C)/g, decodeURIComponent)
}

const byName = new Map(DATA.cases.map((one, at) => [nameOf(one), at]))

function routeOf(fragment: string): Route {
  const path = fragment.replace(/^#?\/?/, '')
  if (path === '') return { view: 'overview' }
  const [name = '', query = ''] = path.split('?')
  if (name === 'requirements' || name === 'cases')
    return { view: name, filter: Object.fromEntries(new URLSearchParams(query)) }
  const [, before = path, packet] = /^(.*)\/packet\/([\d.]+)$/.exec(path) ?? []
  const at = byName.get(before) ?? byName.get(normal(before))
  return at === undefined ? { view: 'unknown' } : { view: 'case', case: at, packet }
}

/** Writes a fragment as `nameOf` does: some programs encode more of it, or less. */
function normal(path: string): string {
  try {
    return path.split('/').map(decodeURIComponent).map(encoded).join('/')
  } catch {
    return path
  }
}

/** Returns the present route, and renders again when it changes. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => routeOf(location.hash))
  useEffect(() => {
    const change = () => setRoute(routeOf(location.hash))
    addEventListener('hashchange', change)
    return () => removeEventListener('hashchange', change)
  }, [])
  return route
}

/** Changes the address without an entry in the history. */
export function replaceRoute(link: string): void {
  history.replaceState(null, '', link)
  dispatchEvent(new HashChangeEvent('hashchange'))
}
