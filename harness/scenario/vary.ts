/** Values that case ids can contain as they are. */
type Plain = string | number | boolean

/**
 * The values of a parameter: any values by name, or a list of plain values, which are the names.
 */
export type VaryValues = Readonly<Record<string, unknown>> | readonly Plain[]

/** The parameters of a scenario with their values; each combination of values is one case. */
export type Vary = Readonly<Record<string, VaryValues>>

/** The parameters of one case, each with one value. */
export type Variation<V extends Vary> = {
  readonly [K in keyof V]: V[K] extends readonly (infer E)[] ? E : V[K][keyof V[K]]
}

/** Returns the values of a parameter, each with its name in case ids. */
export function namedValues(values: VaryValues): readonly (readonly [name: string, value: unknown])[] {
  return isList(values) ? values.map((value) => [String(value), value]) : Object.entries(values)
}

function isList(values: VaryValues): values is readonly Plain[] {
  return Array.isArray(values)
}
