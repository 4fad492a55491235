/** Reads the directory of the gates at the start: every problem is told at once, with its file. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Fs from "node:fs"
import * as Path from "node:path"
import type { GateTarget, Settings, WaiverPermission } from "./GatingConfig.ts"
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

const target = (node: unknown, index: number): GateTarget => {
  if (!YamlNodes.isMap(node)) throw new YamlNodes.YamlRefused(`entry ${index + 1} is no mapping`)
  const one = (key: string) => {
    const value = YamlNodes.at(node, key)
    return value === undefined ? undefined : YamlNodes.text(value)
  }
  const list = (key: string) => {
    const value = YamlNodes.at(node, key)
    return value === undefined ? [] : YamlNodes.texts(value)
  }
  const name = one("name") ?? ""
  if (!/^[\w.-]{1,100}$/.test(name)) {
    throw new YamlNodes.YamlRefused(`entry ${index + 1} needs a name of letters, digits, dots and dashes`)
  }
  const arches = list("arches")
  if (arches.length === 0) throw new YamlNodes.YamlRefused(`${name} names no arches`)
  const repositories = list("repositories")
  const wrong = repositories.find((url) => !URL.canParse(url.replaceAll("{arch}", "x86_64")))
  if (wrong !== undefined) throw new YamlNodes.YamlRefused(`${name}: ${wrong} is no address of a repository`)
  return {
    name,
    arches: [...new Set(arches)],
    repositories,
    decisionContext: one("decision_context"),
    productVersion: one("product_version"),
    subjectType: one("subject_type") ?? "redhat-module"
  }
}

const listOf =
  <A>(read: (node: unknown, index: number) => A) => (text: string): Result.Result<ReadonlyArray<A>, string> => {
    try {
      return Result.succeed(YamlNodes.documents(text).flatMap((node) => YamlNodes.entries(node).map(read)))
    } catch (error) {
      if (error instanceof YamlNodes.YamlRefused) return Result.fail(error.message)
      throw error
    }
  }

const targets = (text: string): Result.Result<ReadonlyArray<GateTarget>, string> =>
  Result.flatMap(listOf(target)(text), (found) => {
    const names = found.map(({ name }) => name)
    const twice = names.find((name, index) => names.indexOf(name) < index)
    return twice === undefined ? Result.succeed(found) : Result.fail(`there are two targets ${twice}`)
  })

/** What the directory says; fails with all that is wrong in it. */
export const read = (directory: string) =>
  Effect.suspend((): Effect.Effect<
    Pick<Settings, "policies" | "subjectTypes" | "permissions" | "targets">,
    GatingFilesRefused
  > => {
    if (!Fs.existsSync(directory)) return failed([`${directory} is not there`])
    const policies = files(Path.join(directory, "policies"), PolicyFile.policies)
    const types = files(Path.join(directory, "subject_types"), PolicyFile.subjectTypes)
    const waivers = file(Path.join(directory, "permissions.yaml"), listOf(permission))
    const sets = file(Path.join(directory, "targets.yaml"), targets)
    const problems = [...policies.problems, ...types.problems, ...waivers.problems, ...sets.problems]
    return problems.length > 0
      ? failed(problems)
      : Effect.succeed({
        policies: policies.values,
        subjectTypes: types.values,
        permissions: waivers.values,
        targets: sets.values
      })
  })

const failed = (problems: ReadonlyArray<string>) =>
  Effect.fail(new GatingFilesRefused({ message: `ORCH_GATING_DIRECTORY: ${problems.join("; ")}` }))
