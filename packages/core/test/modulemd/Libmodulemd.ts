/** The libmodulemd and libyaml of this machine, asked through Python; absent where their bindings are not installed. */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const script = fileURLToPath(new URL("libmodulemd.py", import.meta.url))

/** The system's Python is the one distributions install the bindings for. */
const python = ["/usr/bin/python3", "python3"].find((candidate) =>
  spawnSync(candidate, ["-c", "import gi, yaml; gi.require_version('Modulemd', '2.0'); yaml.CLoader"]).status === 0
)

export const absent = python === undefined
  ? "libmodulemd is not installed (Debian: python3-gi gir1.2-modulemd-2.0 python3-yaml)"
  : undefined

export interface IndexAnswer {
  readonly crash?: true
  readonly strict?: boolean
  readonly lenient?: boolean
  readonly dump?: string | null
  readonly reasons?: ReadonlyArray<string>
}

export interface EventsAnswer {
  readonly documents: ReadonlyArray<unknown>
  readonly error: string | null
}

/** One answer per request, in order. */
export const ask = <Answer>(requests: ReadonlyArray<object>): ReadonlyArray<Answer> => {
  const { stdout } = spawnSync(python!, [script], {
    input: requests.map((request) => `${JSON.stringify(request)}\n`).join(""),
    encoding: "utf8",
    maxBuffer: 1024 * 1024 * 1024
  })
  const answers = stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as Answer)
  if (answers.length !== requests.length) {
    throw new Error(`libmodulemd.py answered ${answers.length} of ${requests.length}`)
  }
  return answers
}
