import { expect, it } from 'vitest'
import { embeddedJson, inert, inertValue } from './text.ts'

it.each([
  ['a\u001b[31mred', 'a\\x1b[31mred'],
  ['nul\u0000', 'nul\\x00'],
  ['abc\u202edef', 'abc\\u{202e}def'],
  ['\u2066x\u2069', '\\u{2066}x\\u{2069}'],
  ['a\u2028b', 'a\\u{2028}b'],
  ['half \ud800', 'half \\u{d800}'],
  ['\u200bhidden\ufeff', '\\u{200b}hidden\\u{feff}'],
  ['Grüße, 名前 ✓', 'Grüße, 名前 ✓'],
])('makes %j inert', (text, expected) => {
  expect(inert(text)).toBe(expected)
})

it('cuts long texts, and says how long they were', () => {
  expect(inert('a'.repeat(70_000), 10)).toBe('aaaaaaaaaa… (70000 characters)')
})

it('makes keys and texts at any depth inert', () => {
  expect(inertValue({ 'k\u202e': [{ text: '\u0000', number: 1, nothing: undefined }] })).toEqual({
    'k\\u{202e}': [{ text: '\\x00', number: 1, nothing: undefined }],
  })
})

it('writes JSON that can neither end a script nor begin markup, and means the same', () => {
  const value = { text: '</script><!--<script>alert(1)</script>&amp;\u2028é', list: ['"', "'"] }
  const json = embeddedJson(value)
  expect(json).toMatch(/^[\x20-\x7e]*$/)
  expect(json).not.toMatch(/[<>&]/)
  expect(JSON.parse(json)).toEqual(value)
})
