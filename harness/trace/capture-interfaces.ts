import type { Passage } from './trace.ts'

/**
 * The interfaces of capture files that pptpspec writes. Packets that its impairment lost, delayed
 * or doubled have interfaces of their own, so that a reader can tell which end of the path saw
 * them: `frame.interface_name` in Wireshark, and `pptpspec judge`.
 */

/** `wire`: packets; `octets`: plain data that no dissector could show as a packet. */
export type CaptureLayer = 'wire' | 'octets'

const DESCRIPTIONS: Readonly<Record<CaptureLayer, string>> = {
  wire: 'PPTP control connections and GRE',
  octets: 'Octets of incomplete messages and packets',
}
const PASSAGES: Readonly<Record<Passage, string>> = {
  sent: 'left its sender but did not arrive then: lost or held back by the requested impairment',
  received:
    'reached its receiver without leaving its sender then: late or a copy, because of the requested impairment',
}

/** Returns the name and the description of an interface. */
export function interfaceOf(
  layer: CaptureLayer,
  only?: Passage,
): { readonly name: string; readonly description: string } {
  return only === undefined
    ? { name: layer, description: DESCRIPTIONS[layer] }
    : { name: nameOf(layer, only), description: `${DESCRIPTIONS[layer]}; ${PASSAGES[only]}` }
}

/**
 * Reads from an interface's name which end of the path saw its packets; undefined when both did.
 */
export function passageOf(name: string | undefined): Passage | undefined {
  return name === undefined ? undefined : passages.get(name)
}

function nameOf(layer: CaptureLayer, only: Passage): string {
  return `pptpspec ${layer}, ${only} only`
}

const passages: ReadonlyMap<string, Passage> = new Map(
  (['sent', 'received'] as const).flatMap((only) =>
    (['wire', 'octets'] as const).map((layer): [string, Passage] => [nameOf(layer, only), only]),
  ),
)
