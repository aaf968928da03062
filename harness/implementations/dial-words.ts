import { EnvironmentError } from '../errors/errors.ts'
import type { DialSettings } from '../scenario/dial.ts'

/**
 * For each setting of a dial, the words that are added to the dial command; `{value}` in them
 * stands for the setting's value.
 */
export type SettingWords = { readonly [K in keyof DialSettings]?: readonly string[] | undefined }

/**
 * Replaces placeholders in words. A word stays one word, even if the value holds blanks.
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
 * Returns the words that are added to the dial command for settings.
 * @param known the words of the manifest for each setting.
 * @throws EnvironmentError for a setting without words: its scenario should have been skipped.
 */
export function settingWords(known: SettingWords | undefined, settings: DialSettings): readonly string[] {
  return Object.entries(settings).flatMap(([setting, value]) => {
    if (value === undefined) return []
    const words = known?.[setting as keyof DialSettings]
    if (words === undefined) throw new EnvironmentError(`the manifest has no dial.settings.${setting}`)
    return fillWords(words, { '{value}': String(value) })
  })
}
