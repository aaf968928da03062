import type { Passage } from './trace.ts'

/**
 * The interfaces of our capture files. What our own impairment kept apart stands on interfaces of
 * its own, so that a reader can tell which end of the path saw a packet: `frame.interface_name` in
 * Wireshark, and `pptpspec judge`.
 */

/** `wire`: packets; `octets`: plain data that no dissector could show as a packet. */
export type CaptureLayer = 'wire' | 'octets'

const DESCRIPTIONS: Readonly<Record<CaptureLayer, string>> = {
  wire: 'PPTP control connections and GRE',
  octets: 'Octets that end before the message or packet they begin',
}
const PASSAGES: Readonly<Record<Passage, string>> = {
  sent: 'left its sender only: lost or held back by the impairment that was asked for',
  received: 'reached its receiver only: late, or a copy, by the impairment that was asked for',
}

/** The name and the description of an interface. */
export function interfaceOf(
  layer: CaptureLayer,
  only?: Passage,
): { readonly name: string; readonly description: string } {
  return only === undefined
    ? { name: layer, description: DESCRIPTIONS[layer] }
    : { name: nameOf(layer, only), description: `${DESCRIPTIONS[layer]}; ${PASSAGES[only]}` }
}

/**
 * What an interface's name tells of the packets on it; undefined where they were sent and received
 * in one.
 */
export function passageOf(name: string | undefined): Passage | undefined {
  for (const only of ['sent', 'received'] as const)
    if (name === nameOf('wire', only) || name === nameOf('octets', only)) return only
  return undefined
}

function nameOf(layer: CaptureLayer, only: Passage): string {
  return `pptpspec ${layer}, ${only} only`
}
