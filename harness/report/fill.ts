/**
 * Breaks text at blanks into lines of at most `width` columns. Lines after the first are indented
 * by two columns more than `indent`.
 */
export function filled(text: string, indent: number, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(`${' '.repeat(lines.length === 0 ? indent : indent + 2)}${word}`)
  }
  return lines
}

/** Joins words with commas, in indented lines of at most 100 columns. */
export function filledList(words: readonly string[]): readonly string[] {
  const lines: string[] = []
  for (const [at, word] of words.entries()) {
    const next = at === words.length - 1 ? word : `${word},`
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + next.length <= 100)
      lines[lines.length - 1] = `${last} ${next}`
    else lines.push(`    ${next}`)
  }
  return lines
}
