import { z } from 'zod'
import { CLAIM_NEEDS } from '../scenario/claims.ts'
import { manifestSchema } from './manifest-fields.ts'

/** The keywords of zod's JSON schema that this file uses. */
interface Schema {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly enum?: readonly unknown[]
  readonly items?: Schema
  readonly minimum?: number
  readonly maximum?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

/** A row of the table of a manifest's fields. */
export interface FieldRow {
  /** The field with the parts that it is in, e.g. `pics.roles`. */
  readonly path: string
  readonly type: string
  /** When the field is required: `yes`, "if `log` is" there, or an empty text for never. */
  readonly demanded: string
  readonly description: string
  readonly example: string
}

/** Returns the JSON schema of a manifest, for editors. */
export function manifestJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(manifestSchema, { io: 'input' })
  return { $schema, title: 'manifest.yaml of an implementation for pptpspec', ...schema }
}

/** Returns a row for every field of a manifest; the fields of a part follow the part. */
export function manifestFields(): readonly FieldRow[] {
  return fieldsIn(manifestSchema)
}

function fieldsIn(schema: z.ZodType): readonly FieldRow[] {
  return rowsOf(z.toJSONSchema(schema, { io: 'input' }) as Schema, [], 'yes')
}

/** @param when value of `demanded` for the required fields of this part. */
function rowsOf(
  { properties = {}, required = [] }: Schema,
  path: readonly string[],
  when: string,
): readonly FieldRow[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const own = [...path, name]
    const demanded = required.includes(name) ? when : ''
    const row: FieldRow = {
      path: own.join('.'),
      type: typeOf(schema),
      demanded,
      description: described(schema),
      example: schema.examples === undefined ? '' : yaml(schema.examples[0]),
    }
    return [row, ...rowsOf(schema, own, demanded === 'yes' ? 'yes' : `if \`${row.path}\` is`)]
  })
}

function described({ description = '', default: given }: Schema): string {
  return given === undefined ? description : `${description}. Without it: ${given}`
}

function typeOf({ type, enum: values, items, minimum, maximum, properties }: Schema): string {
  if (values !== undefined) return oneOf(values)
  if (properties !== undefined) return 'fields'
  switch (type) {
    case 'boolean':
      return '`true` or `false`'
    case 'integer':
      return `whole number${maximum === undefined || maximum > 1_000_000 ? '' : `, ${minimum} to ${maximum}`}`
    case 'number':
      return `ms${maximum === undefined ? '' : `, up to ${maximum}`}`
    case 'array':
      return items?.enum === undefined ? 'list of words' : `list of ${oneOf(items.enum)}`
    case 'object':
      return 'names and values'
    default:
      return 'text'
  }
}

function oneOf(values: readonly unknown[]): string {
  const shown = values.map((value) => `\`${value}\``)
  return shown.length < 2 ? shown.join() : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`
}

/** Writes a value as YAML on one line. */
function yaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(yaml).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([name, inner]) => `${name}: ${yaml(inner)}`)
      .join(', ')} }`
  // Braces and digits are quoted, because YAML would not read them as text.
  return typeof value === 'string' && /[{}^]|^\d+$/.test(value) ? `"${value}"` : String(value)
}

/** The tables of docs/adding-an-implementation.md, by the name in the comments around each. */
const TABLES = { fields: () => fieldTable(manifestSchema), needs: needTable } as const

/**
 * Returns docs/adding-an-implementation.md with its tables filled in.
 * @throws RangeError like `filledIn`.
 */
export function withTables(document: string): string {
  return filledIn(document, TABLES)
}

/**
 * Returns a document with tables filled in, each between two comments that name it.
 * @throws RangeError when the document lacks the comments of a table.
 */
export function filledIn(document: string, tables: Readonly<Record<string, () => string>>): string {
  let whole = document
  for (const [name, table] of Object.entries(tables)) {
    const place = new RegExp(`(<!-- ${name}:[^>]*-->)[\\s\\S]*?(<!-- end of ${name} -->)`)
    if (!place.test(whole)) throw new RangeError(`the document has no comments for the table of ${name}`)
    whole = whole.replace(place, (_, before: string, after: string) => `${before}\n${table()}\n${after}`)
  }
  return whole
}

/** Returns a Markdown table of all fields of a schema. */
export function fieldTable(schema: z.ZodType): string {
  const code = (text: string) => (text === '' ? '' : `\`${text}\``)
  return [
    '| field | must be there | type | what it does | example |',
    '| --- | --- | --- | --- | --- |',
    ...fieldsIn(schema).map(
      ({ path, type, demanded, description, example }) =>
        `| \`${path}\` | ${demanded} | ${cell(type)} | ${cell(description)} | ${cell(code(example))} |`,
    ),
  ].join('\n')
}

function needTable(): string {
  return [
    '| need | what meets it in a manifest | why cases are skipped without it |',
    '| --- | --- | --- |',
    ...CLAIM_NEEDS.filter(({ need }) => !ROLE_NEEDS.includes(need)).map(
      ({ need, met, otherwise }) => `| \`${need}\` | ${cell(met)} | ${cell(otherwise)} |`,
    ),
  ].join('\n')
}

/** Needs that are not listed: without a role, its cases are left out, not skipped. */
const ROLE_NEEDS: readonly string[] = ['recipient', 'originator']

/** Escapes the characters that would end a cell of a table. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

/** A file of an example folder in the manual. */
export interface ManualFile {
  /** The file's path, e.g. `my-server/manifest.yaml`. */
  readonly path: string
  readonly content: string
}

/** Returns the files in docs/adding-an-implementation.md, each named above its text. */
export function foldersIn(manual: string): readonly ManualFile[] {
  return [...manual.matchAll(/`(my-[a-z]+\/[\w.-]+)`:\n\n```\w*\n([\s\S]*?)```/g)].map(
    ([, path = '', content = '']) => ({ path, content }),
  )
}
