import { command } from '../command.ts'
import { addressPair, colour, flag, someTexts, value, wholeNumber } from '../options.ts'

/** `pptpspec judge <files..>` */
export const judge = command({
  usage: 'judge <files..>',
  summary: 'Judge the PPTP conversations in a capture from anywhere',
  positionals: {
    files: someTexts('files', {
      describe:
        'pcap or pcapng files, also packed with gzip, read as one capture in order of time; - is standard input',
    }),
  },
  options: {
    verbose: flag({ alias: 'v', describe: 'also list the requirements that were kept' }),
    json: flag({ describe: 'write JSON: a line for each conversation, then one about the capture' }),
    port: value(
      'port',
      { describe: 'the TCP port of control connections [default: 1723]' },
      wholeNumber('port', 1, 65_535),
    ),
    between: addressPair('between', { describe: 'only what these two IPv4 addresses say: A B' }),
    colour,
  },
  examples: [
    ['judge capture.pcapng', 'both ends of every conversation in it'],
    ['judge day.pcap1 day.pcap2', 'several files as one capture'],
    ['judge results/latest/reference/start/accepted.pcapng -v', 'a capture that pptpspec run wrote'],
  ],
  epilogue:
    'Each end is judged by what it sent. Requirements that depend on messages missing in the capture are not judged.\nExit codes: 0 no MUST is broken, 1 one is, 2 usage: not a capture, or no PPTP in it, 3 interrupted.',
  async perform(given, io, argv) {
    const { performJudge } = await import('../perform-judge.ts')
    // yargs drops an argument that is a hyphen only.
    const files = [...given.files, ...argv.filter((argument) => argument === '-')]
    return performJudge({ ...given, files, colour: given.colour ?? 'auto' }, io)
  },
})
