/** Lists of what a buildroot held, as mock writes them: one package a line, by name, version, release and architecture first. */
import * as Result from "effect/Result"
import * as Nevra from "../Nevra.ts"

/** The names of the packages, each once; lines that name none are left out. */
export const names = (text: string): ReadonlyArray<string> => [
  ...new Set(
    text.split("\n").flatMap((line) => {
      const parsed = Nevra.parse(line.trim().split(/\s+/)[0] ?? "")
      return Result.isSuccess(parsed) ? [parsed.success.name] : []
    })
  )
]
