/**
 * Documents whose commands are meant to be typed one after the other: blocks fenced as `sh run`, and files of the examples that the
 * document shows, fenced as `js file=PATH`.
 */

/** One `sh run` block. */
export interface Step {
  /** The heading it stands below. */
  readonly heading: string
  readonly commands: string
}

/** A file that a document shows. */
export interface ShownFile {
  /** Its path in the repository. */
  readonly path: string
  readonly content: string
}

/** What there is to do in a document, in order. */
export interface Walkthrough {
  readonly steps: ReadonlyArray<Step>
  readonly files: ReadonlyArray<ShownFile>
}

const fence = /^```(\S*)[ \t]*(.*)$/

/** Reads a document. */
export const read = (markdown: string): Walkthrough => {
  const steps: Array<Step> = []
  const files: Array<ShownFile> = []
  let heading = ""
  let open: { readonly language: string; readonly note: string; readonly lines: Array<string> } | undefined
  for (const line of markdown.split("\n")) {
    const match = fence.exec(line)
    if (open === undefined) {
      if (line.startsWith("#")) heading = line.replace(/^#+ */, "")
      if (match !== null) open = { language: match[1] ?? "", note: match[2] ?? "", lines: [] }
    } else if (match === null || match[1] !== "") open.lines.push(line)
    else {
      const text = `${open.lines.join("\n")}\n`
      const file = /(?:^|\s)file=(\S+)/.exec(open.note)?.[1]
      if (open.language === "sh" && open.note.split(/\s+/).includes("run")) steps.push({ heading, commands: text })
      if (file !== undefined) files.push({ path: file, content: text })
      open = undefined
    }
  }
  return { steps, files }
}

/**
 * A script for bash that takes the steps and stops at the first that fails, telling each. The port of the server is `port`, and the
 * files that the documents show lie in `shown` until they are wanted.
 */
export const script = (steps: ReadonlyArray<Step>, port: number, shown: string): string =>
  [
    "set -euo pipefail",
    `export ORCH_PORT=${port} ORCH_URL=http://127.0.0.1:${port}`,
    ...steps.map(({ commands, heading }) =>
      `echo '## ${heading.replaceAll("'", "")}'\ncp --no-clobber '${shown}'/* .\n${commands}`
    )
  ].join("\n").replaceAll("127.0.0.1:8080", `127.0.0.1:${port}`)
