/**
 * Puts canonical YAML together: block style, two columns a level, sequences not indented under their key, sets and keys
 * sorted by code point. One string grows; nothing is kept besides.
 */
import { compareText } from "../../internal/codePointOrder.ts"
import { folded, multiline, quoted, scalar } from "./yamlText.ts"

const indents = Array.from({ length: 64 }, (_, depth) => "  ".repeat(depth))
export const indentation = (depth: number): string => indents[depth] ?? "  ".repeat(depth)

/** libyaml takes a key only up to 1024 characters unless it is announced by a question mark. */
const longKey = 1000

export class Emitter {
  out = ""

  key(depth: number, key: string): void {
    const text = scalar(key)
    this.out += text.length > longKey
      ? `${indentation(depth)}? ${text}\n${indentation(depth)}:`
      : `${indentation(depth)}${text}:`
  }

  /** A known key: no check, no quoting. */
  field(depth: number, key: string, value: string): void {
    this.out += `${indentation(depth)}${key}: ${value}\n`
  }

  text(depth: number, key: string, value: string | undefined): void {
    if (value !== undefined) this.field(depth, key, multiline(value, indentation(depth + 1)))
  }

  prose(depth: number, key: string, value: string | undefined): void {
    if (value !== undefined) this.field(depth, key, folded(value, indentation(depth + 1)))
  }

  quoted(depth: number, key: string, value: string | undefined): void {
    if (value !== undefined) this.field(depth, key, quoted(value))
  }

  flag(depth: number, key: string, value: boolean): void {
    if (value) this.field(depth, key, "true")
  }

  integer(depth: number, key: string, value: bigint | undefined): void {
    if (value !== undefined && value !== 0n) this.field(depth, key, value.toString())
  }

  open(depth: number, key: string): void {
    this.out += `${indentation(depth)}${key}:\n`
  }

  /** `key:` and a block list; nothing for an empty one. */
  list(depth: number, key: string, values: ReadonlyArray<string>): void {
    if (values.length === 0) return
    this.open(depth, key)
    const indent = `${indentation(depth)}- `
    for (const value of sorted(values)) this.out += `${indent}${scalar(value)}\n`
  }

  /** `key: [a, b]`, wrapped at 80 columns; the key is written as given. */
  flow(depth: number, key: string, values: ReadonlyArray<string>): void {
    this.out += `${indentation(depth)}${key}:`
    this.flowValue(depth, key.length + 1 + depth * 2, values)
  }

  private flowValue(depth: number, column: number, values: ReadonlyArray<string>): void {
    let line = " ["
    let at = column + 2
    sorted(values).forEach((value, index) => {
      const text = scalar(value)
      if (index > 0) {
        line += ","
        at += 1
        if (at + text.length > 78) {
          line += `\n${indentation(depth + 2)}`
          at = (depth + 2) * 2
        } else {
          line += " "
          at += 1
        }
      }
      line += text
      at += text.length
    })
    this.out += `${line}]\n`
  }

  /** A mapping of free keys to flow lists. */
  flowMap(depth: number, key: string, map: ReadonlyMap<string, ReadonlyArray<string>>): void {
    if (map.size === 0) return
    this.open(depth, key)
    for (const [name, values] of sortedEntries(map)) {
      this.key(depth + 1, name)
      this.flowValue(depth + 1, (depth + 1) * 2 + name.length + 1, values)
    }
  }

  /** `key:`, then for each entry its key and what `body` writes; nothing for an empty map. */
  map<A>(depth: number, key: string, map: ReadonlyMap<string, A>, body: (value: A, depth: number) => void): void {
    if (map.size === 0) return
    this.open(depth, key)
    for (const [name, value] of sortedEntries(map)) {
      this.key(depth + 1, name)
      body(value, depth + 2)
    }
  }

  /** Ends a key whose mapping `body` writes, as `{}` when it writes nothing. */
  mapping(body: () => void): void {
    const before = this.out
    this.out += "\n"
    const opened = this.out.length
    body()
    if (this.out.length === opened) this.out = `${before} {}\n`
  }
}

export const sorted = (values: ReadonlyArray<string>): ReadonlyArray<string> => {
  for (let i = 1; i < values.length; i++) {
    if (!(values[i - 1]! < values[i]!)) return [...new Set(values)].sort(compareText)
  }
  return values
}

export const sortedEntries = <A>(map: ReadonlyMap<string, A>): ReadonlyArray<readonly [string, A]> =>
  [...map].sort((a, b) => compareText(a[0], b[0]))
