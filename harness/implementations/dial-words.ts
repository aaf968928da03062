import { EnvironmentError } from '../errors/errors.ts'
import type { DialSettings } from '../scenario/dial.ts'

/**
 * For each setting of a dial, the words that are added to the dial command; `{value}` in them is
 * the value.
 */
export type SettingWords = { readonly [K in keyof DialSettings]?: readonly string[] | undefined }

/**
 * Words with their placeholders replaced. A word stays one word, even if its value holds blanks.
 */
export function fillWords(
  words: readonly string[],
  values: Readonly<Record<string, string>>,
): readonly string[] {
  return words.map((word) =>
    Object.entries(values).reduce(
      (text, [placeholder, value]) => text.replaceAll(placeholder, () => value),
      word,
    ),
  )
}

/**
 * The words that are added to the dial command for settings.
 * @throws EnvironmentError for a setting that has no words: its scenario should have been skipped.
 */
export function settingWords(known: SettingWords | undefined, settings: DialSettings): readonly string[] {
  return Object.entries(settings).flatMap(([setting, value]) => {
    if (value === undefined) return []
    const words = known?.[setting as keyof DialSettings]
    if (words === undefined) throw new EnvironmentError(`its manifest has no dial.settings.${setting}`)
    return fillWords(words, { '{value}': String(value) })
  })
}
