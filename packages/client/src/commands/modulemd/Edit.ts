/**
 * `orch modulemd edit`: changes that keep comments and layout.
 */
import * as ModulemdEdit from "@orch/core/modulemd/ModulemdEdit"
import { existsSync } from "node:fs"
import { rename, writeFile } from "node:fs/promises"
import * as InputFile from "./InputFile.ts"
import * as Invocation from "./Invocation.ts"

const usage = `orch modulemd edit add-platform FROM TO [--in-place] FILE
orch modulemd edit set-ref COMPONENT REF [--in-place] FILE

Changes a file and keeps its comments, order and layout. FILE may also stand before the two values.
  add-platform   copies the packager v3 configurations for the platform FROM to ones for TO
  set-ref        sets the ref of a package component
  --in-place     writes the file instead of standard output
`

const edits = ["add-platform", "set-ref"] as const

const options: Invocation.Command["options"] = {
  "in-place": { type: "boolean", short: "i", about: "Write the file instead of standard output" }
}

const run = async (invocation: Invocation.Invocation): Promise<number> => {
  const { files: [edit, ...values], flags } = Invocation.options(
    invocation.args,
    options,
    { atLeast: 4, what: "an edit with its two values, and a FILE," }
  )
  if (values.length > 3) throw new Invocation.UsageProblem("one FILE is edited at a time")
  if (edit !== "add-platform" && edit !== "set-ref") {
    throw new Invocation.UsageProblem(`${edit} is none of add-platform, set-ref`)
  }
  // The tool people know from before takes the file first.
  const fileFirst = existsSync(values[0]!) && values[2] !== "-" && !existsSync(values[2]!)
  const [first, second, file] = fileFirst ? [values[1], values[2], values[0]] : values
  const inPlace = flags["in-place"] === true
  const bytes = await InputFile.read(file!)
  if (inPlace && (file === "-" || InputFile.compressionOf(file!, bytes) !== undefined)) {
    throw new Invocation.UsageProblem("--in-place needs a file that is not compressed")
  }
  let text: string
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new InputFile.InputProblem(file!, "is not UTF-8")
  }
  const result = edit === "add-platform"
    ? ModulemdEdit.addPlatform(text, { from: first!, to: second! })
    : ModulemdEdit.setRef(text, { component: first!, ref: second! })
  if (result._tag === "Failure") {
    invocation.err(`${file}: ${result.failure.message}\n`)
    return 1
  }
  if (!inPlace) invocation.out(result.success)
  else {
    // Whoever reads the file meanwhile sees the old or the new one, never a half.
    await writeFile(`${file}.new`, result.success)
    await rename(`${file}.new`, file!)
  }
  return 0
}

/** The command `orch modulemd edit`. */
export const command: Invocation.Command = {
  run,
  usage,
  options,
  operands: [
    { name: "edit", isFile: false, choices: edits },
    { name: "from", isFile: false },
    { name: "to", isFile: false },
    { name: "file", isFile: true }
  ]
}
