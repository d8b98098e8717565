import { html, type Part, trusted } from './markup.ts'
import { definitions } from './shapes.ts'
import { styleHash } from './style.ts'

interface PageParts {
  readonly title: string
  readonly style: string
  readonly main: Part
  /** Behind what is read, such as data for programs. */
  readonly after?: Part
}

/**
 * One file that needs no network, no script and no style to be read. Its own policy lets nothing load and only its own
 * style act, since names and errors in it come from the system under test.
 */
export function renderDocument({ title, style, main, after = '' }: PageParts): string {
  const policy = `default-src 'none'; style-src '${styleHash(style)}'; base-uri 'none'; form-action 'none'`
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
${definitions}
<main>
${main}
</main>
${after}</body>
</html>
`
  return page.text
}
