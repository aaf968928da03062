import { setFlagsFromString } from 'node:v8'

/**
 * Sets a flag of V8 for plays on the embedded reference, in this thread and in threads that it
 * starts. Each play creates its functions anew, and V8 drops their compiled code after the play: by
 * default it spends two fifths of the time on compiling the same functions again. The flag delays
 * compilation until a function has run often. A V8 without this flag prints a message and ignores
 * it.
 */
export function compileLessEagerly(): void {
  setFlagsFromString('--interrupt-budget=400000')
}
