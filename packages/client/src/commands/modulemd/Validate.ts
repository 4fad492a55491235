/**
 * `orch modulemd validate`: is it valid, and if not, where and why.
 */
import type * as Modulemd from "@orch/core/modulemd/Modulemd"
import { kind, mdversion, nsvca } from "@orch/core/modulemd/ModulemdDocument"
import * as Problem from "@orch/core/modulemd/ModulemdProblem"
import * as InputFile from "./InputFile.ts"
import * as Invocation from "./Invocation.ts"

const usage = `orch modulemd validate [--profile auto|repository|source|compat] [--pedantic] [--json] FILE...

Checks module metadata. FILE may be compressed (gz, xz, zst, bz2); - reads standard input.
  --profile P   what the file is read as: repository (an index: streams need name and stream), source (a package
                source), compat (accept what libmodulemd accepts and repair known damage), auto (default: per document)
  --pedantic    warnings count as errors
  --json        one line per file: {file, valid, documents, problems}
`

const options: Invocation.Command["options"] = {
  profile: Invocation.profileOption,
  pedantic: { type: "boolean", about: "Count warnings as errors" },
  json: { type: "boolean", about: "Print a JSON line for each file" }
}

const run = async (invocation: Invocation.Invocation): Promise<number> => {
  const { files, flags } = Invocation.options(invocation.args, options)
  const profile = Invocation.profileOf(flags)
  let code = 0
  for (const file of files) {
    try {
      const result = await Invocation.read(invocation, file, profile)
      const valid = !result.problems.some(({ severity }) =>
        severity === "error" || (flags["pedantic"] === true && severity === "warning")
      )
      if (!valid) code = Math.max(code, 1)
      invocation.out(flags["json"] === true ? jsonLine(file, valid, result) : report(file, valid, result))
    } catch (error) {
      if (!(error instanceof InputFile.InputProblem)) throw error
      code = 2
      invocation.err(`${file}: ${error.message}\n`)
      if (flags["json"] === true) invocation.out(`${JSON.stringify({ file, error: error.message })}\n`)
    }
  }
  return code
}

/** The command `orch modulemd validate`. */
export const command: Invocation.Command = { run, usage, options, operands: Invocation.anyFiles }

const jsonLine = (file: string, valid: boolean, result: Modulemd.ReadResult): string =>
  `${
    JSON.stringify({
      file,
      valid,
      documents: result.documents.map((document) => ({
        kind: kind(document),
        mdversion: mdversion(document),
        nsvca: nsvca(document)
      })),
      problems: result.problems.map(Invocation.problemJson).map((problem) => ({
        ...problem,
        hint: problem.hint ?? null
      }))
    })
  }\n`

const report = (file: string, valid: boolean, result: Modulemd.ReadResult): string => {
  const problems = result.problems.map((problem) => {
    const excerpt = problem.excerpt.split("\n").map((line) => `    ${line}\n`).join("")
    return `${Problem.format(problem, file)}\n${problem.excerpt.trim() === "^" ? "" : excerpt}`
  })
  const count = result.documents.length
  const documents = `${count} document${count === 1 ? "" : "s"}`
  return `${problems.join("")}${file}: ${valid ? "valid" : "not valid"}, ${documents}\n`
}
