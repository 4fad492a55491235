/** What browsers are sent besides pages: a style sheet, a script, icons. Names have hashes, so that they may be kept for ever. */
import { createHash } from "node:crypto"
import { acts } from "./browser/Acts.ts"
import { choosing } from "./browser/Choosing.ts"
import { clock } from "./browser/Clock.ts"
import { helps } from "./browser/Helps.ts"
import { keys } from "./browser/Keys.ts"
import { live } from "./browser/Live.ts"
import { logs } from "./browser/Logs.ts"
import { logWindows } from "./browser/LogWindows.ts"
import { notices } from "./browser/Notices.ts"
import { palette } from "./browser/Palette.ts"
import { views } from "./browser/Views.ts"
import * as Ansi from "./log/Ansi.ts"
import * as States from "./States.ts"
import * as Styles from "./Styles.ts"

/** Each stands on nothing outside of itself, but for what it is handed. */
const script = [
  ...[clock, views, live, acts, keys, palette, helps, choosing, notices].map((part) => `(${part.toString()})();\n`),
  `(${logs.toString()})(${Ansi.segments.toString()});\n`,
  `(${logWindows.toString()})();\n`
].join("")

/** The hash in the names of style sheet and script. */
export const hash: string = createHash("sha256").update(script).update(Styles.text).digest("hex").slice(0, 16)

/** A file by the last part of its path; `undefined` for any other. `forEver` says whether its name changes with it. */
export const find = (
  name: string
): { readonly text: string; readonly type: string; readonly forEver: boolean } | undefined => {
  if (name === `pages-${hash}.css`) return { text: Styles.text, type: "text/css; charset=utf-8", forEver: true }
  if (name === `pages-${hash}.js`) return { text: script, type: "text/javascript; charset=utf-8", forEver: true }
  const icon = /^icon-([a-z]+)\.svg$/.exec(name)
  const text = icon === null ? undefined : States.icon(icon[1]!)
  return text === undefined ? undefined : { text, type: "image/svg+xml", forEver: false }
}
