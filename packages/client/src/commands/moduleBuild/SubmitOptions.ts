/** The options of `orch module-build submit` and `preview`, and the request they become. */
import type { ModuleSubmission } from "@orch/api/orch/ModuleBuildsApi"
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Fs from "node:fs"
import { CommandFailed } from "../CommandFailed.ts"
import { given } from "../GivenOptions.ts"
import * as StreamPairs from "../StreamPairs.ts"

/** What says which module is submitted: the URL, and the flags of `orch module-build submit` and `preview`. */
export const flags = {
  branch: Flag.String("branch").pipe(
    Flag.withDescription("Branch that the commit is on; it names the stream"),
    Flag.optional
  ),
  yaml: Flag.String("yaml").pipe(Flag.withDescription("Build this modulemd file instead of a commit"), Flag.optional),
  rebuildStrategy: Flag.String("rebuild-strategy").pipe(
    Flag.withDescription("What may be taken from earlier builds: all, changed-and-after, only-changed, content"),
    Flag.optional
  ),
  reuseFrom: Flag.String("reuse-from").pipe(
    Flag.withDescription("Id or name:stream:version:context of the build to take components from"),
    Flag.optional
  ),
  sideTag: Flag.String("side-tag").pipe(
    Flag.withDescription("Side tag whose base modules are built against"),
    Flag.optional
  ),
  buildrequire: Flag.String("buildrequire").pipe(
    Flag.withDescription("name:stream to build against instead of what the modulemd says; may be repeated"),
    Flag.atLeast(0)
  ),
  name: Flag.String("name").pipe(Flag.withDescription("Name of the module, where the file says none"), Flag.optional),
  stream: Flag.String("stream").pipe(
    Flag.withDescription("Stream of the module, whatever the file and its branch say"),
    Flag.optional
  ),
  srpm: Flag.String("srpm").pipe(
    Flag.withDescription("Uploaded source package, cli-build/…/NAME.src.rpm, to build instead; may be repeated"),
    Flag.atLeast(0)
  ),
  ref: Flag.String("ref").pipe(
    Flag.withDescription("component=reference to build it from instead of what the modulemd says; may be repeated"),
    Flag.atLeast(0)
  ),
  require: Flag.String("require").pipe(
    Flag.withDescription("name:stream to require instead of what the modulemd says; may be repeated"),
    Flag.atLeast(0)
  ),
  scmurl: Argument.String("url").pipe(
    Argument.withDescription("Where the modulemd is: REPOSITORY[/FILE]?#COMMIT"),
    Argument.optional
  ),
  owner: Flag.String("owner").pipe(Flag.withDescription("Whose build it is"), Flag.optional),
  scratch: Flag.Boolean("scratch").pipe(Flag.withDescription("Build without releasing"), Flag.withDefault(false))
}

/** What they came to. */
export interface Options {
  readonly scmurl: Option.Option<string>
  readonly owner: Option.Option<string>
  readonly scratch: boolean
  readonly branch: Option.Option<string>
  readonly yaml: Option.Option<string>
  readonly rebuildStrategy: Option.Option<string>
  readonly reuseFrom: Option.Option<string>
  readonly sideTag: Option.Option<string>
  readonly buildrequire: ReadonlyArray<string>
  readonly require: ReadonlyArray<string>
  readonly name: Option.Option<string>
  readonly stream: Option.Option<string>
  readonly srpm: ReadonlyArray<string>
  readonly ref: ReadonlyArray<string>
}

const usage = (message: string) => new CommandFailed({ exitCode: 2, message })

const text = (file: string) =>
  Effect.try({
    try: () => Fs.readFileSync(file === "-" ? 0 : file, "utf8"),
    catch: (cause) => usage(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`)
  })

/** Ids are numbers in the API, and text there is the full name of a build. */
const buildOf = (text: string): string | number => /^\d{1,15}$/.test(text) ? Number(text) : text

/**
 * The request to post. Fails with `CommandFailed` (exit code 2) where neither URL nor file is given, a file cannot be read,
 * or a pair is no `name:stream` or `component=reference`.
 */
export const toSubmission = Effect.fnUntraced(function*(
  options: Options
): Effect.fn.Return<ModuleSubmission, CommandFailed> {
  const pairs = <const K extends string, A>(key: K, written: ReadonlyArray<string>, value: A) =>
    (written.length === 0 ? {} : { [key]: value }) as { readonly [P in K]?: A }
  const source = Option.isSome(options.yaml)
    ? { yaml_modulemd: yield* text(options.yaml.value) }
    : Option.isSome(options.scmurl)
    ? { scmurl: options.scmurl.value }
    : yield* usage("Say what to build: a URL, or a modulemd file with --yaml")
  return {
    ...source,
    ...(options.scratch ? { scratch: true } : {}),
    ...given({
      branch: options.branch,
      name: options.name,
      stream: options.stream,
      owner: options.owner,
      rebuild_strategy: options.rebuildStrategy,
      reuse_components_from: Option.map(options.reuseFrom, buildOf),
      side_tag: options.sideTag
    }),
    ...pairs("srpms", options.srpm, options.srpm),
    ...pairs("buildrequire_overrides", options.buildrequire, yield* StreamPairs.read(options.buildrequire)),
    ...pairs("require_overrides", options.require, yield* StreamPairs.read(options.require)),
    ...pairs("rpm_component_ref_overrides", options.ref, yield* references(options.ref))
  }
})

/** `component=reference` parts, the last one of a component counting. */
const references = (parts: ReadonlyArray<string>): Effect.Effect<Record<string, string>, CommandFailed> =>
  Effect.suspend(() => {
    const found: Record<string, string> = {}
    for (const part of parts) {
      const at = part.indexOf("=")
      if (at < 1 || at === part.length - 1) return Effect.fail(usage(`"${part}" is not component=reference`))
      found[part.slice(0, at)] = part.slice(at + 1)
    }
    return Effect.succeed(found)
  })
