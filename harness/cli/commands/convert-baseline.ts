import { command } from '../command.ts'
import { asText, demanded } from '../options.ts'

/** `pptpspec convert-baseline <file>` */
export const convertBaseline = command({
  usage: 'convert-baseline <file>',
  summary: 'Rewrite a baseline of the old format, which lists deviations, as one that lists causes',
  positionals: { file: demanded('a YAML file with "deviations"', asText) },
  options: {},
  examples: [['convert-baseline my-router.yaml', 'the old file is kept as my-router.yaml.old']],
  epilogue:
    'Entries with the same reason become one cause, to which you give a name. Then run once with --update-baseline.',
  async perform({ file }, io) {
    const { performConvertBaseline } = await import('../perform-convert-baseline.ts')
    return performConvertBaseline(file, io)
  },
})
