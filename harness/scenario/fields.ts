import { z } from 'zod'

/**
 * Fields of a file that a person writes: each says what it is for, and what a wrong value should
 * have been.
 */

/** Says what a field should hold, and what was found, whatever kind of mistake was made. */
export function expecting(what: string) {
  return {
    error: (issue: { readonly input?: unknown }) =>
      issue.input === undefined
        ? `expected ${what}, but it is missing`
        : `expected ${what}, got ${shown(issue.input)}`,
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 80)}...` : text
}

/**
 * What a field is for, in words for the documentation and for editors.
 * @param absent what holds where the field is left out.
 */
export function field<S extends z.ZodType>(
  schema: S,
  description: string,
  { example, absent }: { readonly example?: unknown; readonly absent?: string } = {},
): S {
  return schema.meta({
    description: absent === undefined ? description : `${description}. Without it: ${absent}`,
    ...(example === undefined ? {} : { examples: [example] }),
  })
}

/** Text that is not empty. */
export const text = (what: string) => z.string(expecting(what)).min(1, expecting(what))

export const yesOrNo = () => z.boolean(expecting('true or false'))

/** These fields and no others. */
export const fields = <S extends z.ZodRawShape>(shape: S) => z.strictObject(shape, expecting('fields'))

/** Names as a sentence has them: `40, 56 or 128`. */
export const oneOf = (names: readonly (string | number)[]) =>
  `${names.slice(0, -1).join(', ')} or ${names[names.length - 1]}`
