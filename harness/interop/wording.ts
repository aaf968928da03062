import type { PairDiagnosis } from './diagnosis.ts'
import type { Link } from './ends.ts'
import type { InteropJudgement } from './interop-case.ts'

/** Says in words what became of a call. */
export function describeLink(found: {
  readonly link: Link | undefined
  readonly serverLink: Link | undefined
  readonly diagnosis: PairDiagnosis | undefined
}): string {
  const { link, serverLink, diagnosis } = found
  if (link !== undefined && serverLink !== undefined) return `a link from ${link.local} to ${link.remote}`
  const where = link === undefined ? 'no link' : 'a link at the client, none at the server'
  return `${where}${diagnosis === undefined ? '' : `: ${diagnosis.text}`}`
}

/** Judges an ordinary call: a link must come up at both ends. */
export function linkJudgement(found: Parameters<typeof describeLink>[0]): InteropJudgement {
  return {
    ok: found.link !== undefined && found.serverLink !== undefined,
    expected: 'a PPP link at both ends',
    seen: describeLink(found),
  }
}

/** Adds hop and frame to the text of a diagnosis: `call up, ... (frame 12 at hop client)`. */
export function diagnosisInWords({ text, hop, frame }: PairDiagnosis): string {
  const where =
    hop === undefined ? '' : frame === undefined ? ` (hop ${hop})` : ` (frame ${frame} at hop ${hop})`
  return `${text}${where}`
}
