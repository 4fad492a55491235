/**
 * `orch context FILE`: the hashes and names of module builds that were resolved already.
 *
 * Reads what each document records of the modules it was built with (`xmd.mbs.buildrequires`, else its single
 * buildrequired streams) and computes contexts, tag, target and NVR; says where the document's own context differs.
 */
import * as ModuleContext from "@orch/core/resolution/ModuleContext"
import * as StreamDocument from "@orch/core/resolution/StreamDocument"
import * as TagPlan from "@orch/core/resolution/TagPlan"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as ModuleFiles from "../plan/ModuleFiles.ts"
import * as WrittenPath from "../WrittenPath.ts"

const exit = (code: number) => Effect.sync(() => void (process.exitCode = code))

/** `orch context FILE`: the contexts that module documents would have, and what they are made of. Needs no server. */
export const command = Command.make(
  "context",
  {
    file: WrittenPath.argument("file").pipe(Argument.withDescription("Module documents, - for standard input")),
    json: Flag.Boolean("json").pipe(Flag.withDescription("Print one JSON object a line"), Flag.withDefault(false))
  },
  Effect.fn("ContextCommand")(function*({ file, json }) {
    const documents = yield* ModuleFiles.readDocuments(file, "auto")
    let count = 0
    for (const document of documents) {
      const module = document._tag === "ModuleStreamV2" ? StreamDocument.availableModule(document) : undefined
      if (module === undefined) continue
      count++
      const contexts = ModuleContext.contexts(module.buildrequires, module.dependencies)
      const result = {
        nsvc: `${module.name}:${module.stream}:${module.version}:${contexts.context}`,
        build_context: contexts.buildContext,
        build_context_no_bms: contexts.buildContextNoBms,
        runtime_context: contexts.runtimeContext,
        context: contexts.context,
        recorded_context: module.context,
        koji_tag: TagPlan.tag({ ...module, context: contexts.context }),
        koji_target: TagPlan.target({ ...module, context: contexts.context }),
        nvr: TagPlan.cgNvr({ ...module, context: contexts.context })
      }
      yield* Console.log(
        json ? JSON.stringify(result) : Object.entries(result).map(([key, value]) => `${key}: ${value}`).join("\n")
      )
    }
    if (count > 0) return
    yield* Console.error(
      `${file}: no module in it has a name, a stream and a version; orch plan shows what would be built`
    )
    yield* exit(1)
  }, (effect) =>
    effect.pipe(
      Effect.catchTag("UnreadableModules", ({ inFull }) => Console.error(inFull).pipe(Effect.andThen(exit(2))))
    ))
).pipe(
  Command.withDescription("Compute the context hashes and build system names of resolved modules"),
  Command.withExamples([{ command: "orch context modulemd.x86_64.txt --json", description: "As JSON lines" }])
)
