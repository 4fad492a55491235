/**
 * The number hidden in a base module's stream: `f28` is 28, `el8.1.0` is 80100.
 *
 * It orders base module streams, decides which are compatible, and prefixes module versions. The rules are those of the
 * Module Build Service (`get_stream_version`), its floats included, since both reach clients as `stream_version`.
 */
import * as PythonJson from "./PythonJson.ts"
import * as ResolutionSettings from "./ResolutionSettings.ts"

/** How to read a stream. */
export interface Options {
  /** Zeros are appended up to six digits: `f28` becomes 280000 instead of 28. Default true. */
  readonly rightPad?: boolean | undefined
  /** Pattern at the start of the stream, and what it adds. */
  readonly suffixes?: Readonly<Record<string, number>> | undefined
}

/**
 * The stream version of a stream. A stream without digits has 0, which callers read as "no version".
 *
 * ```ts run
 * import * as StreamVersion from "@orch/core/resolution/StreamVersion"
 *
 * StreamVersion.parse("el8.1.0") // => 80100
 * StreamVersion.parse("f28", { rightPad: false }) // => 28
 * StreamVersion.parse("rawhide") // => 0
 * ```
 */
export const parse = (stream: string, options: Options = {}): number => {
  const digits = /\d[\d.]*/.exec(stream)?.[0].replace(/\.+$/, "") ?? ""
  const joined = digits.split(".").map((part) => part.padStart(2, "0")).join("")
  const version = Number((options.rightPad ?? true) ? joined.padEnd(6, "0") : joined)
  for (const [source, suffix] of Object.entries(options.suffixes ?? {})) {
    if (ResolutionSettings.pattern(`^(?:${source})`).test(stream)) return version + suffix
  }
  return version
}

/** Whether the stream is precise enough (`x.y.z`, in fact `x.y`) for versions of it to be compared. */
export const isXyz = (stream: string, options: Pick<Options, "suffixes"> = {}): boolean =>
  PythonJson.formatFloat(parse(stream, { ...options, rightPad: false })).length >= 5

/** Orders streams for `sort`, newest first: negative where `self` is newer. Streams without digits come last. */
export const compareDescending = (self: string, that: string, options: Options = {}): number =>
  parse(that, options) - parse(self, options)
