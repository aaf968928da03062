import type { PageCase, PageData, PageImplementation, PageTrace } from '../harness/report/page/data.ts'

/** The run that this page was made of. It is embedded in the page as JSON. */

function embedded(id: string): string {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`this page has no ${id}: it is damaged`)
  return element.textContent ?? ''
}

export const DATA: PageData = JSON.parse(embedded('run'))

/** Returns the implementation of a case. */
export function implementationOf({ implementation }: PageCase): PageImplementation {
  const one = DATA.implementations[implementation]
  if (one === undefined) throw new Error('this page is damaged: a case has no implementation')
  return one
}

/** Unpacks the trace of a case. */
export async function traceOf(at: number): Promise<PageTrace> {
  const packed = Uint8Array.from(atob(embedded(`trace-${at}`)), (c) => c.charCodeAt(0))
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return JSON.parse(await new Response(stream).text())
}
