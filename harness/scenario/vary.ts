/** Values that name themselves in a case id. */
type Plain = string | number | boolean

/** The values of a parameter: by name, or plain ones, each its own name. */
export type VaryValues = Readonly<Record<string, unknown>> | readonly Plain[]

/** The values of each parameter; every combination is a case of its own. */
export type Vary = Readonly<Record<string, VaryValues>>

/** The values of one case. */
export type Variation<V extends Vary> = {
  readonly [K in keyof V]: V[K] extends readonly (infer E)[] ? E : V[K][keyof V[K]]
}

/** The values of a parameter by the names that they have in case ids. */
export function namedValues(values: VaryValues): readonly (readonly [name: string, value: unknown])[] {
  return isList(values) ? values.map((value) => [String(value), value]) : Object.entries(values)
}

function isList(values: VaryValues): values is readonly Plain[] {
  return Array.isArray(values)
}
