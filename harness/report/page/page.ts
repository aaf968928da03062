import { createHash } from 'node:crypto'
import type { PageData } from './data.ts'
import { embeddedJson, inert } from './text.ts'

/** The script and the style sheet of the page, as `report-page/` builds them. */
export interface PageProgram {
  readonly script: string
  readonly style: string
}

/**
 * Writes the page of a run: one file of HTML that needs nothing else. A browser runs its own script
 * and no other: the policy names the script by its hash, and forbids everything else.
 * @param packed traces by the index of their case.
 */
export function pageHtml(data: PageData, packed: ReadonlyMap<number, string>, program: PageProgram): string {
  // A script ends at `</script`, also inside a string of JavaScript.
  const script = program.script.replaceAll(/<\/(script)/gi, '<\\/$1')
  const style = program.style.replaceAll(/<\/(style)/gi, '<\\/$1')
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const names = data.implementations.map(({ name }) => name).join(', ')
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escaped(`pptpspec: ${names}`)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<div id="page"></div>',
    '<noscript>This page needs JavaScript. summary.md beside it says the same in short.</noscript>',
    `<script type="application/json" id="run">${embeddedJson(data)}</script>`,
    ...[...packed].map(([at, text]) => `<script type="text/plain" id="trace-${at}">${text}</script>`),
    `<script>${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

/** Escapes a text for HTML. */
function escaped(text: string): string {
  return inert(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
}
