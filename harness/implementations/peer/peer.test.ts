import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { twoPeers } from '../../interop/testing/two-peers.ts'
import { attend } from '../commands.ts'
import { wordsOf } from './words.ts'

it('reads the words of requests to an attendant', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary-ascii' }).filter((word) => !/[\r\n\0]/.test(word))),
      (words) => {
        const requests = new PassThrough()
        attend(requests, new PassThrough()).start(words)
        expect(wordsOf(String(requests.read()).trimEnd())).toEqual(['1', ...words])
      },
    ),
  )
})

it('opens links with peers whose demands it meets, and pings of every size pass through them', async () => {
  const { answers } = await twoPeers({
    client: ['any', 'offered'],
    server: ['chap-md5', 'none'],
    told: [
      ['traffic', 'ping', '198.18.0.1', '100', 'no', '2'],
      ['traffic', 'ping', '198.18.0.1', '1532', 'yes', '2'],
      ['traffic', 'ping', '198.18.0.1', '1532', 'no', '1'],
      ['traffic', 'ping', '198.18.0.9', '100', 'no', '1'],
    ],
  })
  expect(answers).toEqual(['198.18.1.1 198.18.0.1', '2 2', '2 2', '0 1', '0 1', '198.18.0.1 198.18.1.1'])
})

it('opens no link when the two ends do not agree, and has none after its call is cleared', async () => {
  expect((await twoPeers({ client: ['pap', 'none'], server: ['chap-md5', 'none'] })).answers[0]).toBe('none')
  const ended = await twoPeers({
    told: [
      ['end-calls', 'properly'],
      ['traffic', 'no-link', '5'],
    ],
  })
  expect(ended.answers).toEqual(['198.18.1.1 198.18.0.1', 'done', 'none', 'none'])
})
