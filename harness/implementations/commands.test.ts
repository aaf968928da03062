import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { attend } from './commands.ts'

function setUp() {
  const requests: string[] = []
  const said = new PassThrough()
  const attendant = attend({ write: (line: string) => requests.push(line) > 0 }, said)
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  return { attendant, said, requests, base64 }
}

describe('attend', () => {
  it('sends each request as one line, with words quoted for a shell', () => {
    const { attendant, requests } = setUp()
    attendant.start(['dial', 'two words', "it's"])
    attendant.start(['$(reboot)', ''])
    expect(requests).toEqual(["1 'dial' 'two words' 'it'\\''s'\n", "2 '$(reboot)' ''\n"])
  })

  it('tells commands apart by their numbers, in any order of their ends', async () => {
    const { attendant, said, base64 } = setUp()
    const [first, second] = [attendant.start(['a']), attendant.start(['b'])]
    said.write(`2 0 ${base64('second: ü')}\n1 1`)
    said.write('6 \n')
    expect(await second.ended).toEqual({ status: 0, output: 'second: ü' })
    expect(await first.ended).toEqual({ status: 16, output: '' })
  })

  it('ignores lines that are not answers, and answers to unknown numbers', async () => {
    const { attendant, said } = setUp()
    const command = attendant.start(['a'])
    said.write('\nhello\n7 0 aGk=\n1 zero\n1 0 b2s=\n1 1 aGk=\n')
    expect(await command.ended).toEqual({ status: 0, output: 'ok' })
  })

  it('reports no status for commands under way when the attendant ends, and starts none later', async () => {
    const { attendant, said } = setUp()
    const command = attendant.start(['a'])
    said.end()
    expect(await command.ended).toEqual({ status: undefined, output: '' })
    expect(() => attendant.start(['b'])).toThrow('the attendant has ended')
  })

  it('stops reading after a line that is too long', async () => {
    const { attendant, said } = setUp()
    const command = attendant.start(['a'])
    for (let count = 0; count < 40; count++) said.write('x'.repeat(1_000))
    expect(await command.ended).toEqual({ status: undefined, output: '' })
  })

  it('refuses words with a line break', () => {
    const { attendant, requests } = setUp()
    for (const word of ['a\nb', 'a\rb', 'a\0b'])
      expect(() => attendant.start(['dial', word])).toThrow('line break')
    expect(requests).toEqual([])
  })
})
