/** Splits a line into words, which may be quoted for a shell: `2 'a b' c` has three. */
export function wordsOf(line: string): readonly string[] {
  const words: string[] = []
  let word: string | undefined
  let quoted = false
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? ''
    if (quoted) {
      if (character === "'") quoted = false
      else word += character
    } else if (character === "'") {
      quoted = true
      word ??= ''
    } else if (character === '\\') word = (word ?? '') + (line[++at] ?? '')
    else if (character === ' ') {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + character
  }
  if (word !== undefined) words.push(word)
  return words
}
