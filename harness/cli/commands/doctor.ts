import { text, word } from '../arguments.ts'
import { command } from '../command.ts'

/** `pptpspec doctor` */
export const doctor = command({
  usage: 'doctor',
  summary: 'Look whether containers can be run here, and say what is missing',
  positionals: {},
  options: {
    engine: {
      requiresArg: true,
      coerce: text('engine'),
      describe: 'address of a container engine [default: DOCKER_HOST, else a socket]',
    },
    json: { type: 'boolean', describe: 'as one JSON object' },
    colour: {
      alias: 'color',
      coerce: word('colour', ['auto', 'always', 'never'], 'never'),
      describe: 'auto, always or never; auto honours NO_COLOR [default: auto]',
    },
  },
  epilogue: 'Changes nothing. Exit codes: 0 when containers can be run, 3 when something needed is missing.',
  async perform(given, io) {
    const { performDoctor } = await import('../perform-doctor.ts')
    return performDoctor(
      { engine: given.engine, json: given.json ?? false, colour: given.colour ?? 'auto' },
      io,
    )
  },
})
