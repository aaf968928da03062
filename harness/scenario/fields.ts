import { z } from 'zod'

/**
 * Helpers for the schemas of files that people write: each field has a description, and an error
 * message that says what was expected.
 */

/** Returns zod's option for an error message: what was expected, and what was found instead. */
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
 * Adds a description to the schema of a field, for the manual and for editors.
 * @param absent what applies where the field is left out.
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

/** The schema of text that is not empty. */
export const text = (what: string) => z.string(expecting(what)).min(1, expecting(what))

/** The schema of `true` or `false`. */
export const yesOrNo = () => z.boolean(expecting('true or false'))

/** The schema of an object with these fields and no others. */
export const fields = <S extends z.ZodRawShape>(shape: S) => z.strictObject(shape, expecting('fields'))

/** Joins two or more names for use in a sentence: `40, 56 or 128`. */
export const oneOf = (names: readonly (string | number)[]) =>
  `${names.slice(0, -1).join(', ')} or ${names[names.length - 1]}`
