/** Named values of each parameter; every combination is a case of its own. */
export type Vary = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** The values of one case. */
export type Variation<V extends Vary> = { readonly [K in keyof V]: V[K][keyof V[K]] }
