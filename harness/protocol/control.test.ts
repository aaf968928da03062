import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { controlMessage, decodeControl, describeControl, encodeControl, validateControl } from './control.ts'
import {
  type ControlMessage,
  fieldsOf,
  HEADER_FIELDS,
  MESSAGE_NAMES,
  MESSAGES,
  type MessageName,
  messageNameOf,
  sizeOf,
} from './messages.ts'
import { fromHex, printable, sameOctets, toHex } from './octets.ts'

/** Sizes as the RFC's drawings add up to, counted by hand: the table must agree. */
const SIZES: Record<MessageName, number> = {
  'Start-Control-Connection-Request': 156,
  'Start-Control-Connection-Reply': 156,
  'Stop-Control-Connection-Request': 16,
  'Stop-Control-Connection-Reply': 16,
  'Echo-Request': 16,
  'Echo-Reply': 20,
  'Outgoing-Call-Request': 168,
  'Outgoing-Call-Reply': 32,
  'Incoming-Call-Request': 220,
  'Incoming-Call-Reply': 24,
  'Incoming-Call-Connected': 28,
  'Call-Clear-Request': 16,
  'Call-Disconnect-Notify': 148,
  'WAN-Error-Notify': 40,
  'Set-Link-Info': 24,
}

/** Any message of a name, with any value in each field of its body. */
function anyMessage(name: MessageName): fc.Arbitrary<ControlMessage> {
  const body = Object.fromEntries(
    MESSAGES[name].body.map((field) => [
      field.name,
      field.kind === 'text'
        ? fc
            .uint8Array({ maxLength: field.size })
            .map((octets) => String.fromCharCode(...octets).replace(/\0+$/, ''))
        : fc.nat({ max: 2 ** (8 * field.size) - 1 }),
    ]),
  )
  return fc.record(body).map((values) => controlMessage(name, values) as unknown as ControlMessage)
}

describe.each(MESSAGE_NAMES)('%s', (name) => {
  test('has the size and type of the RFC', () => {
    expect(sizeOf(name)).toBe(SIZES[name])
    expect(messageNameOf(MESSAGES[name].type)).toBe(name)
  })

  test('survives encoding and decoding with any values', () => {
    fc.assert(
      fc.property(anyMessage(name), (message) => {
        const octets = encodeControl(message)
        expect(octets.length).toBe(sizeOf(name))
        expect(decodeControl(octets)).toEqual(message)
      }),
    )
  })

  test('encodes what it decoded, whatever the body', () => {
    const size = sizeOf(name) - 12
    fc.assert(
      fc.property(fc.uint8Array({ minLength: size, maxLength: size }), (body) => {
        const octets = encodeControl(controlMessage(name) as unknown as ControlMessage)
        octets.set(body, 12)
        const decoded = decodeControl(octets)
        expect(decoded.name).toBe(name)
        expect(sameOctets(encodeControl(decoded as ControlMessage), octets)).toBe(true)
      }),
    )
  })

  test('a message with default values breaks no rule except for codes that are 0', () => {
    const kinds = validateControl(controlMessage(name) as unknown as ControlMessage).map((one) => one.kind)
    expect(kinds.filter((kind) => kind !== 'code')).toEqual([])
  })

  test('every reserved field, constant and code is checked', () => {
    const message = controlMessage(name) as unknown as ControlMessage
    for (const field of fieldsOf(name)) {
      if (field.kind !== 'number' || field.legal.kind === 'any') continue
      const broken = { ...message, [field.name]: field.size === 1 ? 0xee : 0xeeee } as ControlMessage
      expect(validateControl(broken).map((one) => one.field)).toContain(field.name)
    }
  })

  test('a Length that is not that of the type is a violation', () => {
    const octets = encodeControl(controlMessage(name) as unknown as ControlMessage)
    const longer = new Uint8Array(octets.length + 4)
    longer.set(octets)
    const decoded = decodeControl(longer)
    expect(decoded.name).toBe('unrecognized')
    expect(validateControl(decoded).map((one) => one.kind)).toContain('length')
  })

  test('descriptions cover every octet once', () => {
    const described = describeControl(controlMessage(name) as unknown as ControlMessage)
    let at = 0
    for (const field of described) {
      expect(field.offset).toBe(at)
      at += field.size
    }
    expect(at).toBe(sizeOf(name))
  })
})

describe('hostile octets', () => {
  test('decoding, validating and describing never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
        const decoded = decodeControl(octets)
        validateControl(decoded)
        for (const field of describeControl(decoded)) expect(field.shown).toMatch(/^[\x20-\x7e…]*$/)
      }),
      { numRuns: 500 },
    )
  })

  test('undefined types keep their octets', () => {
    const octets = fromHex('001000011a2b3c4d00100000deadbeef')
    const decoded = decodeControl(octets)
    expect(decoded).toMatchObject({ name: 'unrecognized', controlMessageType: 16, claims: undefined })
    expect(decoded.name === 'unrecognized' && toHex(decoded.body)).toBe('deadbeef')
    expect(validateControl(decoded)).toMatchObject([{ field: 'controlMessageType', kind: 'type' }])
  })

  test('a management message is not a control message', () => {
    const octets = encodeControl({
      ...controlMessage('Echo-Request'),
      pptpMessageType: 2,
    } as unknown as ControlMessage)
    expect(decodeControl(octets)).toMatchObject({
      name: 'unrecognized',
      reason: 'PPTP Message Type 2 is not defined',
    })
  })

  test('text from a peer is escaped and cut', () => {
    expect(printable('a\x1b[31m\\\n')).toBe('a\\x1b[31m\\\\\\x0a')
    expect(printable('x'.repeat(300)).length).toBe(201)
  })
})

test('a Start-Control-Connection-Request, octet by octet', () => {
  const octets = encodeControl(
    controlMessage('Start-Control-Connection-Request', {
      framingCapabilities: 3,
      bearerCapabilities: 1,
      maximumChannels: 0xabcd,
      firmwareRevision: 0x0102,
      hostName: 'h',
      vendorName: 'v',
    }) as unknown as ControlMessage,
  )
  expect(toHex(octets.slice(0, 29))).toBe(
    '009c00011a2b3c4d0001000001000000' + '00000003' + '00000001' + 'abcd0102' + '68',
  )
  expect(toHex(octets.slice(92, 93))).toBe('76')
})

test('the header has twelve octets', () => {
  expect(HEADER_FIELDS.reduce((sum, field) => sum + field.size, 0)).toBe(12)
})
