/** Writer of free trees: `xmd`, and keys that nobody here knows. */
import type * as ModuleContent from "../ModuleContent.ts"
import type { Xmd } from "../Xmd.ts"
import { type Emitter, indentation, sortedEntries } from "./emitter.ts"
import { multiline } from "./yamlText.ts"

/** What nobody knows stands behind what is known. */
export const unknownKeys = (emitter: Emitter, depth: number, self: ModuleContent.WithUnknownKeys): void => {
  if (self.unknown === undefined) return
  for (const [key, value] of sortedEntries(self.unknown)) {
    emitter.key(depth, key)
    xmd(emitter, value, depth + 1)
  }
}

export const xmdField = (emitter: Emitter, value: Xmd): void => {
  emitter.out += "  xmd:"
  xmd(emitter, value, 2)
}

const xmd = (emitter: Emitter, value: Xmd, depth: number): void => {
  if (typeof value === "string") emitter.out += ` ${multiline(value, indentation(depth))}\n`
  else if (value instanceof Map) {
    if (value.size === 0) emitter.out += " {}\n"
    else {
      emitter.out += "\n"
      for (const [key, item] of sortedEntries(value as ReadonlyMap<string, Xmd>)) {
        emitter.key(depth, key)
        xmd(emitter, item, depth + 1)
      }
    }
  } else xmdList(emitter, value as ReadonlyArray<Xmd>, depth)
}

/** The indentation of the first line of a nested item is the dash and the space before it. */
const xmdList = (emitter: Emitter, items: ReadonlyArray<Xmd>, depth: number): void => {
  if (items.length === 0) {
    emitter.out += " []\n"
    return
  }
  emitter.out += "\n"
  for (const item of items) {
    const indent = indentation(depth)
    if (typeof item === "string") emitter.out += `${indent}- ${multiline(item, indentation(depth + 1))}\n`
    else {
      const before = emitter.out
      emitter.out = ""
      xmd(emitter, item, depth + 1)
      const body = emitter.out
      emitter.out = `${before}${indent}-${
        body.startsWith("\n") ? ` ${body.slice(1 + indentation(depth + 1).length)}` : body
      }`
    }
  }
}
