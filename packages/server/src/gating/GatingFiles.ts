/** Reads the directory of the gates at the start: every problem is told at once, with its file. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Fs from "node:fs"
import * as Path from "node:path"
import type { Settings, WaiverPermission } from "./GatingConfig.ts"
import * as PolicyFile from "./PolicyFile.ts"
import * as YamlNodes from "./YamlNodes.ts"

/** The directory of the gates cannot be used: what is wrong in which file. */
export class GatingFilesRefused extends Data.TaggedError("GatingFilesRefused")<{ readonly message: string }> {}

interface Found<A> {
  readonly values: ReadonlyArray<A>
  readonly problems: ReadonlyArray<string>
}

const none = <A>(): Found<A> => ({ values: [], problems: [] })

/** The contents of one file; what is no file has none. */
const file = <A>(path: string, parse: (text: string) => Result.Result<ReadonlyArray<A>, string>): Found<A> => {
  if (!Fs.existsSync(path)) return none()
  const parsed = parse(Fs.readFileSync(path, "utf8"))
  return Result.isFailure(parsed)
    ? { values: [], problems: [`${path}: ${parsed.failure}`] }
    : { values: parsed.success, problems: [] }
}

/** The contents of all files of a directory, by their names. */
const files = <A>(
  directory: string,
  parse: (text: string) => Result.Result<ReadonlyArray<A>, string>
): Found<A> => {
  if (!Fs.existsSync(directory)) return none()
  const found = Fs.readdirSync(directory).filter((name) => /\.ya?ml$/.test(name)).sort()
    .map((name) => file(Path.join(directory, name), parse))
  return { values: found.flatMap(({ values }) => values), problems: found.flatMap(({ problems }) => problems) }
}

const permission = (node: unknown, index: number): WaiverPermission => {
  if (!YamlNodes.isMap(node)) throw new YamlNodes.YamlRefused(`entry ${index + 1} is no mapping`)
  const texts = (key: string) => {
    const value = YamlNodes.at(node, key)
    return value === undefined ? [] : YamlNodes.texts(value)
  }
  const name = YamlNodes.at(node, "name")
  return {
    name: name === undefined ? `entry ${index + 1}` : YamlNodes.text(name),
    maintainers: texts("maintainers"),
    testcases: texts("testcases"),
    testcasesIgnore: texts("testcases_ignore"),
    groups: texts("groups"),
    users: texts("users")
  }
}

const permissions = (text: string): Result.Result<ReadonlyArray<WaiverPermission>, string> => {
  try {
    return Result.succeed(YamlNodes.documents(text).flatMap((node) => YamlNodes.entries(node).map(permission)))
  } catch (error) {
    if (error instanceof YamlNodes.YamlRefused) return Result.fail(error.message)
    throw error
  }
}

/** What the directory says; fails with all that is wrong in it. */
export const read = (directory: string) =>
  Effect.suspend((): Effect.Effect<Pick<Settings, "policies" | "subjectTypes" | "permissions">, GatingFilesRefused> => {
    if (!Fs.existsSync(directory)) return failed([`${directory} is not there`])
    const policies = files(Path.join(directory, "policies"), PolicyFile.policies)
    const types = files(Path.join(directory, "subject_types"), PolicyFile.subjectTypes)
    const waivers = file(Path.join(directory, "permissions.yaml"), permissions)
    const problems = [...policies.problems, ...types.problems, ...waivers.problems]
    return problems.length > 0
      ? failed(problems)
      : Effect.succeed({ policies: policies.values, subjectTypes: types.values, permissions: waivers.values })
  })

const failed = (problems: ReadonlyArray<string>) =>
  Effect.fail(new GatingFilesRefused({ message: `ORCH_GATING_DIRECTORY: ${problems.join("; ")}` }))
