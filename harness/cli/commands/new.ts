import { KIND_NAMES, kindOf } from '../../scaffold/kinds.ts'
import { SEAM_NAMES } from '../../scaffold/scaffold.ts'
import { command } from '../command.ts'
import { asText, demanded, oneOf, value } from '../options.ts'

/** `pptpspec new <what> <name>` */
export const newCommand = command({
  usage: 'new <what> <name>',
  summary: 'Write a scenario, a monitor, a fault or an implementation that works at once, for you to edit',
  positionals: {
    what: demanded(
      KIND_NAMES.map((kind) => `${kind} (${kindOf(kind).title})`).join(', '),
      oneOf('pptpspec new', KIND_NAMES),
    ),
    name: demanded('its name: TOPIC/NAME for a scenario', asText),
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
      { alias: 'r', describe: 'id of the requirement that it decides, for its first lines' },
      asText,
    ),
    seam: value(
      'seam',
      { describe: `the seam at which a fault is: ${SEAM_NAMES.join(', ')} [default: writing]` },
      oneOf('--seam', SEAM_NAMES),
    ),
  },
  examples: [
    ['new scenario echo/pipelined', 'a scenario for both roles'],
    ['new scenario start/long-names --role recipient --requirement 2.1/names-any', 'a scenario for one role'],
    ['new monitor echo-pairs', 'a monitor, added to the list of monitors'],
    ['new fault echo-swapped', 'a fault in writing, added to the list of faults'],
    ['new fault sequence-from-7 --seam policy', 'a fault in a policy, such as the numbering of packets'],
    ['new implementation my-server', 'a folder under containers/'],
    ['new implementation ../my-client --role originator', 'a folder elsewhere'],
  ],
  epilogue: 'No existing file is overwritten.',
  async perform(given, io) {
    const { performNew } = await import('../perform-new.ts')
    return performNew(given, io)
  },
})
