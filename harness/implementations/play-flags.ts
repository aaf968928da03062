import { setFlagsFromString } from 'node:v8'

/**
 * Sets flags of the JavaScript engine for plays on the embedded reference, in this thread and in
 * those that it starts. Each play creates its functions anew, and the engine drops compiled code
 * with the last of them: by default it spends two fifths of the time on compiling the same
 * functions again. The flags delay compilation until a function has run often. An engine without
 * such a flag prints a message and ignores it.
 */
export function compileLessEagerly(): void {
  setFlagsFromString('--interrupt-budget=400000')
}
