/** `name:stream` as commands take it, several of one name adding up. */
import * as Effect from "effect/Effect"
import { CommandFailed } from "./CommandFailed.ts"

/**
 * Reads `name:stream` parts as `{ name: [streams] }`. Fails with `CommandFailed` (exit code 2) for a part without name
 * or stream, naming the flag where it is given.
 */
export const read = (
  parts: ReadonlyArray<string>,
  flag?: string
): Effect.Effect<Record<string, Array<string>>, CommandFailed> =>
  Effect.suspend(() => {
    const found = new Map<string, Array<string>>()
    for (const part of parts) {
      const at = part.indexOf(":")
      if (at < 1 || at === part.length - 1) {
        const message = `${flag === undefined ? "" : `--${flag}: `}"${part}" is not name:stream`
        return Effect.fail(new CommandFailed({ exitCode: 2, message }))
      }
      const [name, stream] = [part.slice(0, at), part.slice(at + 1)]
      found.set(name, [...(found.get(name) ?? []), stream])
    }
    return Effect.succeed(Object.fromEntries(found))
  })
