import { useState } from 'preact/hooks'
import type { PlainRow } from '../harness/report/page/ladder.ts'
import { fieldsIn, type PacketField } from '../harness/report/page/packet.ts'

/** Octets in a line of the hexadecimal view, and the most octets that it shows. */
const IN_A_LINE = 16
const MOST_OCTETS = 4_096

/** The fields of a packet, and its octets beside them. */
export function Packet({ row }: { row: PlainRow }) {
  const [active, setActive] = useState<PacketField | undefined>(undefined)
  if (row.kind !== 'packet') return null
  const fields = fieldsIn(row.part)
  const said = row.findings.map(({ expected, seen }) => `${expected}\n${seen}`).join('\n')
  return (
    <section class="packet-view" id={`fields-${row.id}`} aria-label={`Fields of packet ${row.id}`}>
      {fields.length > 0 && (
        <div class="wide">
          <table class="fields stacked">
            <caption class="hidden">Fields of packet {row.id}</caption>
            <thead>
              <tr>
                <th scope="col">Octets</th>
                <th scope="col">Field</th>
                <th scope="col">Value</th>
                <th scope="col">Legal</th>
              </tr>
            </thead>
            <tbody>
              {fields.map((field) => (
                <Field
                  key={`${field.layer} ${field.label}`}
                  field={field}
                  isNamed={isNamed(field, said)}
                  isActive={field === active}
                  onActive={setActive}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Hex
        octets={row.part.octets}
        illegal={fields.filter(({ isIllegal, mask }) => isIllegal && mask === undefined)}
        named={fields.filter((field) => isNamed(field, said))}
        active={fields.find((field) => isSame(field, active))}
      />
    </section>
  )
}

/** Fields are made again with each rendering. */
function isSame(field: PacketField, other: PacketField | undefined): boolean {
  return other !== undefined && field.label === other.label && field.offset === other.offset
}

/** Whether a finding about the packet names the field. */
function isNamed({ label }: PacketField, said: string): boolean {
  return label.length > 2 && said.toLowerCase().includes(label.toLowerCase())
}

function Field({
  field,
  isNamed,
  isActive,
  onActive,
}: {
  field: PacketField
  isNamed: boolean
  isActive: boolean
  onActive: (field: PacketField | undefined) => void
}) {
  const { layer, label, offset, size, mask, shown, legal, isIllegal } = field
  const end = offset + size - 1
  return (
    <tr
      class={`${isIllegal ? 'illegal' : ''} ${isNamed ? 'named' : ''} ${isActive ? 'active' : ''}`}
      onMouseEnter={() => onActive(field)}
      onMouseLeave={() => onActive(undefined)}
    >
      <td class="number" data-label="Octets">
        {offset === end ? offset : `${offset}–${end}`}
        {mask !== undefined && <span class="quiet"> {mask}</span>}
      </td>
      <th scope="row">
        {layer !== 'PPTP' && <span class="layer">{layer} </span>}
        {label}
      </th>
      <td data-label="Value">
        {shown}
        {isIllegal && <strong class="flag">✗ not legal</strong>}
        {isNamed && <strong class="flag">◆ named by the finding</strong>}
      </td>
      <td data-label="Legal">{legal}</td>
    </tr>
  )
}

function Hex({
  octets,
  illegal,
  named,
  active,
}: {
  octets: Uint8Array
  illegal: readonly PacketField[]
  named: readonly PacketField[]
  active: PacketField | undefined
}) {
  const isIn = (at: number, field: PacketField) => at >= field.offset && at < field.offset + field.size
  const shown = [...octets.subarray(0, MOST_OCTETS)]
  const lines = Array.from({ length: Math.ceil(shown.length / IN_A_LINE) }, (_, line) =>
    shown.slice(line * IN_A_LINE, (line + 1) * IN_A_LINE),
  )
  return (
    <section class="hex" aria-label={`${octets.length} octets, hexadecimal`}>
      {lines.map((line, nth) => {
        const start = nth * IN_A_LINE
        return (
          <div key={start}>
            <span class="offset">{start.toString(16).padStart(4, '0')}</span>
            {line.map((octet, place) => {
              const at = start + place
              const isOf = (some: readonly PacketField[]) => some.some((field) => isIn(at, field))
              const name = [
                isOf(illegal) ? 'illegal' : '',
                isOf(named) ? 'named' : '',
                active !== undefined && isIn(at, active) ? 'active' : '',
              ].join(' ')
              return (
                <span key={at} class={`octet ${name}`}>
                  {octet.toString(16).padStart(2, '0')}
                </span>
              )
            })}
          </div>
        )
      })}
      {octets.length > MOST_OCTETS && <div>… {octets.length} octets</div>}
    </section>
  )
}
