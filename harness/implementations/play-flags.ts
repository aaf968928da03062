import { setFlagsFromString } from 'node:v8'

/**
 * Sets flags of the JavaScript engine for plays on the embedded reference, in this thread and in
 * those that it starts. The functions of a play are made anew for each, and with the last of them
 * the engine forgets what it had compiled: left to itself it spends two fifths of the time on
 * compiling the same again. So it does not before a function has proved to be worth it. An engine
 * that does not know the flag says so and does without.
 */
export function compileLessEagerly(): void {
  setFlagsFromString('--interrupt-budget=400000')
}
