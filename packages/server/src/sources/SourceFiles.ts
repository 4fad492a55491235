/** The two files of the operator that say what pushes do; a wrong one keeps the server from starting, with what is wrong and where. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Fs from "node:fs"
import * as ListenerFile from "./ListenerFile.ts"
import * as PushRules from "./PushRules.ts"
import type { Values } from "./SourceSettings.ts"

/** A file that cannot be read, or says what is not understood. */
export class SourceFileUnusable extends Data.TaggedError("SourceFileUnusable")<{ readonly message: string }> {}

const readFile = <A, E extends { readonly message: string }>(
  variable: string,
  path: string,
  parse: (text: string) => Result.Result<A, E>
): Effect.Effect<A, SourceFileUnusable> =>
  Effect.try({
    try: () => Fs.readFileSync(path, "utf8"),
    catch: (error) =>
      new SourceFileUnusable({ message: `${variable}: ${error instanceof Error ? error.message : "cannot be read"}` })
  }).pipe(
    Effect.flatMap((text) =>
      Effect.fromResult(
        Result.mapError(
          parse(text),
          ({ message }) => new SourceFileUnusable({ message: `${variable}: ${path} ${message}` })
        )
      )
    )
  )

/** The rules; none where no file is named. */
export const rules = ({ pushRules }: Values): Effect.Effect<ReadonlyArray<PushRules.PushRule>, SourceFileUnusable> =>
  pushRules === undefined ? Effect.succeed([]) : readFile("ORCH_PUSH_RULES", pushRules, PushRules.parse)

/** Where to listen; `undefined` where no file is named. */
export const listener = (
  { giteaListener }: Values
): Effect.Effect<ListenerFile.Listener | undefined, SourceFileUnusable> =>
  giteaListener === undefined ? Effect.undefined : readFile("ORCH_GITEA_LISTENER", giteaListener, ListenerFile.parse)
