import { KIND_NAMES, kindOf } from '../../scaffold/kinds.ts'
import { SEAM_NAMES } from '../../scaffold/scaffold.ts'
import { command } from '../command.ts'
import { asText, demanded, oneOf, value } from '../options.ts'

/** `pptpspec new <what> <name>` */
export const newCommand = command({
  usage: 'new <what> <name>',
  summary: 'Write the files of a new scenario, monitor, fault or implementation, which work unedited',
  positionals: {
    what: demanded(
      KIND_NAMES.map((kind) => `${kind} (${kindOf(kind).title})`).join(', '),
      oneOf('pptpspec new', KIND_NAMES),
    ),
    name: demanded('its name; TOPIC/NAME for a scenario', asText),
  },
  options: {
    role: value(
      'role',
      {
        describe:
          'which side of the control connection is under test: recipient, originator or, for a scenario, both',
      },
      oneOf('--role', ['recipient', 'originator', 'both']),
    ),
    requirement: value(
      'requirement',
      {
        alias: 'r',
        describe:
          'id of the requirement that a scenario or monitor is to decide, or a fault to break: quoted at the top of the new file',
      },
      asText,
    ),
    seam: value(
      'seam',
      { describe: `the seam of a fault: ${SEAM_NAMES.join(', ')} [default: writing]` },
      oneOf('--seam', SEAM_NAMES),
    ),
  },
  examples: [
    ['new scenario echo/pipelined', 'plays in both roles'],
    ['new scenario start/long-names --role recipient --requirement 2.1/names-any', 'plays in one role'],
    ['new monitor echo-pairs', 'and adds it to the list of monitors'],
    ['new fault echo-swapped', 'and adds it to the list of faults'],
    ['new fault sequence-from-7 --seam policy', 'a fault in how packets are numbered'],
    ['new implementation my-server', 'writes the folder containers/my-server'],
    ['new implementation ../my-client --role originator', 'writes a folder elsewhere, for a client'],
  ],
  epilogue: 'Files that exist are not overwritten; only the lists of monitors and faults are extended.',
  async perform(given, io) {
    const { performNew } = await import('../perform-new.ts')
    return performNew(given, io)
  },
})
