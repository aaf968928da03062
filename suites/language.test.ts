import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { isScenarioFile } from './registered.ts'

/** Scenario files stay short, and judge with the functions of the kit. */

const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && isScenarioFile(path),
)
const sources = files.map((file) =>
  ts.createSourceFile(
    file,
    readFileSync(join(import.meta.dirname, file), 'utf8'),
    ts.ScriptTarget.ES2023,
    true,
  ),
)

/** Lines of the body of each scenario, without its first and last. */
function bodiesIn(source: ts.SourceFile): readonly number[] {
  const lines: number[] = []
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'scenario') {
      const [, body] = node.arguments
      if (body !== undefined && ts.isArrowFunction(body) && ts.isBlock(body.body))
        lines.push(lineOf(body.body.getEnd()) - lineOf(body.body.getStart()) - 1)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return lines
}

test('half of all scenario bodies have at most 13 lines', () => {
  const lines = sources.flatMap(bodiesIn).sort((a, b) => a - b)
  expect(lines.length).toBeGreaterThan(150)
  expect(lines[Math.floor(lines.length / 2)]).toBeLessThanOrEqual(13)
})

test('at most 15 % of all judgements are made by hand, with t.decide', () => {
  const text = sources.map((source) => source.text).join('\n')
  const count = (pattern: RegExp) => [...text.matchAll(pattern)].length
  const byHand = count(/\bt\.decide\(/g)
  const worded = count(
    /\bt\.(check|field|expectConnection)\(|\.expect[A-Z]?\w*\(|\b(expect|decide)[A-Z]\w*\(/g,
  )
  expect(worded).toBeGreaterThan(150)
  expect(byHand / (byHand + worded)).toBeLessThanOrEqual(0.15)
})
