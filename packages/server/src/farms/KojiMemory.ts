/** Keeps what a Koji hub said of its architectures in a file, so that a server can plan module builds while the hub is away. */
import type { KojiSettings } from "@orch/adapters-koji"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as AtomicFile from "../programs/AtomicFile.ts"

const Remembered = Schema.fromJsonString(Schema.Struct({
  arches: Schema.Array(Schema.String),
  tagArches: Schema.Record(Schema.String, Schema.Array(Schema.String))
}))

const maxBytes = 1 << 20

/** In `koji/PROFILE.json` below the directory. What cannot be read is as if it were not there, what cannot be written is left. */
export const make = (directory: string, profile: string): KojiSettings.HubMemory => {
  const file = Path.join(directory, "koji", `${encodeURIComponent(profile)}.json`)
  return {
    load: () => {
      try {
        if (Fs.statSync(file).size > maxBytes) return undefined
        return Result.getOrUndefined(Schema.decodeUnknownResult(Remembered)(Fs.readFileSync(file, "utf8")))
      } catch {
        return undefined
      }
    },
    save: (known) => {
      try {
        AtomicFile.writeSync(file, Schema.encodeSync(Remembered)(known))
      } catch {
        // The next start while the hub is away has to do with the settings.
      }
    }
  }
}
