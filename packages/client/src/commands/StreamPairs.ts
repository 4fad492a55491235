/** `name:stream` as commands take it, several of one name adding up. */
import * as Effect from "effect/Effect"
import { CommandFailed } from "./CommandFailed.ts"

/**
 * Reads `name:stream` parts as `{ name: [streams] }`. Fails with `CommandFailed` (exit code 2) for a part without name
 * or stream.
 */
export const read = (parts: ReadonlyArray<string>): Effect.Effect<Record<string, Array<string>>, CommandFailed> =>
  Effect.suspend(() => {
    const found: Record<string, Array<string>> = {}
    for (const part of parts) {
      const at = part.indexOf(":")
      if (at < 1 || at === part.length - 1) {
        return Effect.fail(new CommandFailed({ exitCode: 2, message: `"${part}" is not name:stream` }))
      }
      ;(found[part.slice(0, at)] ??= []).push(part.slice(at + 1))
    }
    return Effect.succeed(found)
  })
