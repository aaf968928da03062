import { command } from '../command.ts'
import { asText, colour, flag, value } from '../options.ts'

/** `pptpspec doctor` */
export const doctor = command({
  usage: 'doctor',
  summary: 'Check whether containers can be run here, and say what is missing',
  positionals: {},
  options: {
    engine: value(
      'engine',
      { describe: 'address of a container engine [default: DOCKER_HOST, else a socket]' },
      asText,
    ),
    json: flag({ describe: 'as one JSON object' }),
    colour,
  },
  epilogue: 'Changes nothing. Exit codes: 0 when containers can be run, 3 when something needed is missing.',
  async perform(given, io) {
    const { performDoctor } = await import('../perform-doctor.ts')
    return performDoctor({ ...given, colour: given.colour ?? 'auto' }, io)
  },
})
