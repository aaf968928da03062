import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readCapture } from './capture.ts'
import { messagesOf, readTrace } from './messages.ts'
import { haveTshark, tsharkFields } from './testing/tshark.ts'

/**
 * Captured by tcpdump on a container bridge: pptp-linux 1.10.0 (Debian 12) dials pptpd 1.5.0
 * (Debian 13), LCP opens, pppd sends two CHAP Challenges without an answer, and the client
 * terminates LCP and hangs up.
 */
const FILE = fileURLToPath(new URL('./testing/pptp-linux-1.10.0-to-pptpd-1.5.0.pcap', import.meta.url))

describe('a capture of pptp-linux and pptpd', () => {
  const [conversation] = readCapture(readFileSync(FILE)).conversations
  const messages = conversation === undefined ? [] : messagesOf(readTrace(conversation.trace))
  const control = messages.flatMap((one) => (one.kind === 'control' ? [one.message.name] : []))
  const gre = messages.filter((one) => one.kind === 'gre')

  test('is one conversation, with every message in it', () => {
    expect(control).toEqual([
      'Start-Control-Connection-Request',
      'Start-Control-Connection-Reply',
      'Outgoing-Call-Request',
      'Outgoing-Call-Reply',
      'Call-Clear-Request',
    ])
    expect(gre.length).toBe(14)
  })

  test.skipIf(!haveTshark())('tshark finds the same number of messages of the same types', async () => {
    const rows = await tsharkFields(FILE, ['pptp.control_message_type', 'gre.key.payload_length'])
    const types = rows.flatMap(([type]) => (type === undefined || type === '' ? [] : [Number(type)]))
    expect(types).toEqual([1, 2, 7, 8, 12])
    expect(rows.filter(([, length]) => length !== undefined && length !== '').length).toBe(gre.length)
  })
})
