import {
  type BodyValues,
  type ControlMessage,
  type Field,
  fieldsOf,
  HEADER_FIELDS,
  HEADER_SIZE,
  type HeaderValues,
  MAGIC_COOKIE,
  MESSAGE_NAMES,
  MESSAGES,
  type MessageName,
  messageNameOf,
  type NumberField,
  PptpMessageType,
  PROTOCOL_VERSION,
  sizeOf,
} from './messages.ts'
import {
  allocate,
  hexNumber,
  printable,
  readUint16,
  readUint32,
  toLatin1,
  writeUint16,
  writeUint32,
} from './octets.ts'

/**
 * The octets of one message that fits no table of `messages.ts`: its type is undefined, or its
 * Length is not that of its type.
 */
export interface UnrecognizedMessage extends HeaderValues {
  readonly name: 'unrecognized'
  /** Why it fits no table, in words. */
  readonly reason: string
  /** The message that its Control Message Type names; undefined for a type that is not defined. */
  readonly claims: MessageName | undefined
  /** Everything after the header. */
  readonly body: Uint8Array
}

export type DecodedMessage = ControlMessage | UnrecognizedMessage

/** Offset of the Control Message Type, in octets from the beginning of the message. */
const TYPE_AT = 8

/** A broken rule about one field of one message. */
export interface FieldViolation {
  readonly field: string
  /** The RFC's name of the field. */
  readonly label: string
  readonly value: number | string
  readonly kind: 'length' | 'type' | 'constant' | 'reserved' | 'code' | 'bits'
  readonly expected: string
}

/** One field of a message, in a form to print. */
export interface FieldDescription {
  readonly name: string
  readonly label: string
  /** Octets from the beginning of the message. */
  readonly offset: number
  readonly size: number
  readonly value: number | string
  /** Value and, for code points, its name; safe to print. */
  readonly shown: string
}

type BodyInput<N extends MessageName> = Partial<BodyValues<N>>

/**
 * Makes a message whose header and Protocol Version are valid. Every other field is 0 or empty
 * unless `values` gives it, codes included.
 */
export function controlMessage<N extends MessageName>(name: N, values: BodyInput<N> = {}): ControlMessage<N> {
  return { ...USUAL_VALUES[name], ...values } as unknown as ControlMessage<N>
}

/**
 * The default value of every field of each message. New messages are copies of these: an object
 * that gets more than a dozen properties one after the other becomes a hash table in the engine,
 * which takes ten times as long to make and to read.
 */
const USUAL_VALUES = Object.fromEntries(MESSAGE_NAMES.map((name) => [name, usualValues(name)])) as Readonly<
  Record<MessageName, Readonly<Record<string, number | string>>>
>

function usualValues(name: MessageName): Readonly<Record<string, number | string>> {
  const usual: Readonly<Record<string, number>> = {
    length: sizeOf(name),
    pptpMessageType: PptpMessageType.control,
    magicCookie: MAGIC_COOKIE,
    controlMessageType: MESSAGES[name].type,
    protocolVersion: PROTOCOL_VERSION,
  }
  const values = fieldsOf(name).map((field): [string, number | string] => [
    field.name,
    field.kind === 'text' ? '' : (usual[field.name] ?? 0),
  ])
  return Object.fromEntries([['name', name], ...values])
}

/**
 * Returns a message's octets, exactly as its values say, right or wrong. Numbers and text that are
 * too long are cut to the size of their field.
 */
export function encodeControl(message: ControlMessage): Uint8Array {
  const octets = allocate(sizeOf(message.name))
  const values = message as unknown as Readonly<Record<string, number | string>>
  let at = 0
  for (const field of fieldsOf(message.name)) {
    const value = values[field.name]
    if (field.kind === 'text') {
      const characters = String(value ?? '')
      for (let i = 0; i < Math.min(field.size, characters.length); i++)
        octets[at + i] = characters.charCodeAt(i) & 0xff
    } else writeNumber(octets, at, field.size, Number(value ?? 0))
    at += field.size
  }
  return octets
}

/**
 * Reads the octets of one message, as the framer cut them. Never throws: octets that fit no table
 * become an `UnrecognizedMessage`; octets missing from the header count as 0.
 */
export function decodeControl(octets: Uint8Array): DecodedMessage {
  const padded = octets.length < HEADER_SIZE ? padTo(octets, HEADER_SIZE) : octets
  const type = readUint16(padded, TYPE_AT)
  const name = messageNameOf(type)
  if (name !== undefined && octets.length === sizeOf(name)) {
    const message = readFields(octets, fieldsOf(name), { ...USUAL_VALUES[name] }) as unknown as ControlMessage
    if (message.pptpMessageType === PptpMessageType.control) return message
  }
  const header = readFields(padded, HEADER_FIELDS) as unknown as HeaderValues
  return {
    name: 'unrecognized',
    ...header,
    reason: misfit(octets, header, name) ?? '',
    claims: name,
    body: octets.slice(HEADER_SIZE),
  }
}

function misfit(octets: Uint8Array, header: HeaderValues, name: MessageName | undefined): string | undefined {
  if (octets.length < HEADER_SIZE) return `${octets.length} octets are less than a header`
  if (header.pptpMessageType !== PptpMessageType.control)
    return `PPTP Message Type ${header.pptpMessageType} is not defined`
  if (name === undefined) return `Control Message Type ${header.controlMessageType} is not defined`
  if (octets.length !== sizeOf(name)) return `Length ${octets.length} where ${name} has ${sizeOf(name)}`
  return undefined
}

/**
 * Checks a message against its table alone (sections 1.4, 2): length, type, constants, reserved
 * fields, codes and bits. Returns one violation for each broken rule.
 */
export function validateControl(message: DecodedMessage): readonly FieldViolation[] {
  if (message.name === 'unrecognized') return validateUnrecognized(message)
  const values = message as unknown as Readonly<Record<string, number | string>>
  const violations: FieldViolation[] = []
  const size = sizeOf(message.name)
  if (message.length !== size)
    violations.push(violation('length', 'Length', message.length, 'length', String(size)))
  const type = MESSAGES[message.name].type
  if (message.controlMessageType !== type)
    violations.push(
      violation(
        'controlMessageType',
        'Control Message Type',
        message.controlMessageType,
        'type',
        String(type),
      ),
    )
  for (const field of fieldsOf(message.name)) {
    const broken = field.kind === 'number' ? validateNumber(field, Number(values[field.name])) : undefined
    if (broken !== undefined) violations.push(broken)
  }
  return violations
}

function validateUnrecognized(message: UnrecognizedMessage): readonly FieldViolation[] {
  const values = message as unknown as Readonly<Record<string, number>>
  const header = HEADER_FIELDS.flatMap((field) => validateNumber(field, values[field.name] ?? 0) ?? [])
  if (message.claims === undefined)
    return [
      ...header,
      violation('controlMessageType', 'Control Message Type', message.controlMessageType, 'type', '1 to 15'),
    ]
  const size = sizeOf(message.claims)
  const length = HEADER_SIZE + message.body.length
  return length === size ? header : [...header, violation('length', 'Length', length, 'length', String(size))]
}

function validateNumber(field: NumberField, value: number): FieldViolation | undefined {
  const { legal } = field
  switch (legal.kind) {
    case 'any':
      return undefined
    case 'constant':
      return value === legal.value
        ? undefined
        : violation(field.name, field.label, value, 'constant', showNumber(field, legal.value))
    case 'reserved':
      return value === 0 ? undefined : violation(field.name, field.label, value, 'reserved', '0')
    case 'codes':
      return value in legal.codes
        ? undefined
        : violation(field.name, field.label, value, 'code', `one of ${Object.keys(legal.codes).join(', ')}`)
    case 'bits': {
      const known = Object.keys(legal.bits).reduce((mask, bit) => mask | Number(bit), 0)
      return (value & ~known) === 0
        ? undefined
        : violation(field.name, field.label, value, 'bits', `no bit outside ${hexNumber(known, 1)}`)
    }
  }
}

function violation(
  field: string,
  label: string,
  value: number | string,
  kind: FieldViolation['kind'],
  expected: string,
): FieldViolation {
  return { field, label, value, kind, expected }
}

/** Describes every field of a message in wire order; of an unrecognized message, its header. */
export function describeControl(message: DecodedMessage): readonly FieldDescription[] {
  const fields: readonly Field[] = message.name === 'unrecognized' ? HEADER_FIELDS : fieldsOf(message.name)
  const values = message as unknown as Readonly<Record<string, number | string>>
  let offset = 0
  return fields.map((field) => {
    const value = values[field.name] ?? 0
    const description = {
      name: field.name,
      label: field.label,
      offset,
      size: field.size,
      value,
      shown: field.kind === 'text' ? `"${printable(String(value))}"` : showNumber(field, Number(value)),
    }
    offset += field.size
    return description
  })
}

function showNumber(field: NumberField, value: number): string {
  const digits = field.show === 'hex' ? hexNumber(value, 2 * field.size) : String(value)
  const { legal } = field
  if (legal.kind === 'codes') return `${digits} (${legal.codes[value] ?? 'undefined'})`
  if (legal.kind === 'bits') {
    const names = Object.entries(legal.bits).filter(([bit]) => (value & Number(bit)) !== 0)
    return names.length === 0 ? digits : `${digits} (${names.map(([, name]) => name).join(', ')})`
  }
  return digits
}

/** Reads consecutive fields, the first at offset 0, into `values` and returns them. */
function readFields(
  octets: Uint8Array,
  fields: readonly Field[],
  values: Record<string, number | string> = {},
): Record<string, number | string> {
  let at = 0
  for (const field of fields) {
    values[field.name] =
      field.kind === 'text' ? toLatin1(octets, at, at + field.size) : readNumber(octets, at, field.size)
    at += field.size
  }
  return values
}

function readNumber(octets: Uint8Array, at: number, size: 1 | 2 | 4): number {
  return size === 1 ? (octets[at] ?? 0) : size === 2 ? readUint16(octets, at) : readUint32(octets, at)
}

function writeNumber(octets: Uint8Array, at: number, size: 1 | 2 | 4, value: number): void {
  if (size === 1) octets[at] = value
  else if (size === 2) writeUint16(octets, at, value)
  else writeUint32(octets, at, value)
}

function padTo(octets: Uint8Array, size: number): Uint8Array {
  const padded = new Uint8Array(size)
  padded.set(octets)
  return padded
}
