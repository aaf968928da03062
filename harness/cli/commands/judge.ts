import { command } from '../command.ts'
import { asText, colour, demanded, flag } from '../options.ts'

/** `pptpspec judge <file>` */
export const judge = command({
  usage: 'judge <file>',
  summary: 'Judge the PPTP conversations in a capture from anywhere',
  positionals: {
    file: demanded('a pcap or pcapng file, as tcpdump, Wireshark and pptpspec write them', asText),
  },
  options: {
    verbose: flag({ alias: 'v', describe: 'also list the requirements that were kept' }),
    json: flag({ describe: 'write the findings as JSON' }),
    colour,
  },
  examples: [
    ['judge capture.pcapng', 'both ends of every conversation in it'],
    ['judge results/latest/reference/start/accepted.pcapng -v', 'a capture that pptpspec run wrote'],
  ],
  epilogue:
    'Each end is judged by what it sent. Requirements that depend on messages missing in the capture are not judged.\nExit codes: 0 no MUST is broken, 1 one is, 2 usage: not a capture, or no PPTP in it.',
  async perform(given, io) {
    const { performJudge } = await import('../perform-judge.ts')
    return performJudge({ ...given, colour: given.colour ?? 'auto' }, io)
  },
})
