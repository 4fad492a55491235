/**
 * Ours beside the Module Build Service itself, on generated modules: expansion with contexts and versions, reuse, batches.
 *
 * Needs a Python that can import module_build_service, named by `ORCH_MBS_PYTHON`. The cases are always the same ones: with
 * several thousand others they were compared by hand once, and what differed is in docs/resolution.md.
 */
import { assert, describe, it } from "@effect/vitest"
import * as AvailableModule from "@orch/core/resolution/AvailableModule"
import * as AvailableModules from "@orch/core/resolution/AvailableModules"
import * as ComponentReuse from "@orch/core/resolution/ComponentReuse"
import * as DependencyOverrides from "@orch/core/resolution/DependencyOverrides"
import * as ExpandedModule from "@orch/core/resolution/ExpandedModule"
import * as MbsBatches from "@orch/core/resolution/MbsBatches"
import * as ModuleContext from "@orch/core/resolution/ModuleContext"
import * as PythonJson from "@orch/core/resolution/PythonJson"
import * as ResolutionSettings from "@orch/core/resolution/ResolutionSettings"
import * as ReusableModule from "@orch/core/resolution/ReusableModule"
import * as Result from "effect/Result"
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import * as GeneratedModules from "./GeneratedModules.ts"

const python = process.env["ORCH_MBS_PYTHON"]

/** What the peer answers: a value, or why it refuses. */
type Answer = { readonly ok: unknown } | { readonly refused: string }

const ask = (cases: ReadonlyArray<object>): ReadonlyArray<Answer> => {
  const peer = spawnSync(python!, [fileURLToPath(new URL("mbs-peer.py", import.meta.url))], {
    input: cases.map((one) => JSON.stringify(one)).join("\n"),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024
  })
  if (peer.status !== 0) throw new Error(peer.stderr)
  return peer.stdout.trim().split("\n").map((line) => JSON.parse(line))
}

const seeds = Array.from({ length: 120 }, (_, seed) => seed)

const availableOf = (modules: ReadonlyArray<object>, settings: Partial<ResolutionSettings.ResolutionSettings>) =>
  AvailableModules.make(modules.map(AvailableModule.parseUnsafe), ResolutionSettings.make(settings))

const expand = ({ modules, settings, source }: GeneratedModules.Expansion) => {
  const available = availableOf(modules, settings)
  const dependencies = DependencyOverrides.resolveVirtualStreams(source.dependencies, available)
  return Result.map(
    ExpandedModule.expand({ ...source, dependencies }, available),
    (expansion) =>
      expansion.modules.map(({ context, modules, version }) => [
        String(version),
        context,
        modules.map(AvailableModule.nsvc).sort(PythonJson.compareText)
      ]).sort((one, two) => PythonJson.compareText(one.join(), two.join()))
  )
}

const reuse = ({ candidates, modules, settings, subject }: GeneratedModules.Reuse) => {
  const found = ReusableModule.find(
    {
      name: subject.name,
      stream: subject.stream,
      dependencies: subject.dependencies,
      buildrequires: subject.buildrequires,
      rebuildStrategy: subject.rebuild_strategy
    },
    [...candidates, subject].map(({ completed, rebuild_strategy, state, ...build }) => ({
      ...build,
      state,
      timeCompleted: completed,
      buildContext: ModuleContext.buildContext(build.buildrequires),
      rebuildStrategy: rebuild_strategy
    })),
    availableOf(modules, settings)
  )
  const previous = candidates.find(({ id }) => id === found?.id)
  const compared = ({ components, macros }: GeneratedModules.Built): ComponentReuse.Module => ({ components, macros })
  return [
    found?.id ?? null,
    subject.components.map(({ name }) =>
      ComponentReuse.decide(
        name,
        subject.rebuild_strategy,
        compared(subject),
        previous === undefined ? undefined : compared(previous)
      ).reused
    )
  ]
}

describe("the Module Build Service", () => {
  it("expands to the same builds", ({ skip }) => {
    if (python === undefined) return skip("ORCH_MBS_PYTHON names no Python with module_build_service")
    const cases = seeds.map(GeneratedModules.expansion)
    let equal = 0
    for (const [index, answer] of ask(cases).entries()) {
      const ours = expand(cases[index]!)
      const why = `seed ${index}: ${JSON.stringify(cases[index])}`
      if (Result.isFailure(ours)) {
        // The original is done when nothing is left to build, and leaves it to its caller to complain.
        assert.isTrue("refused" in answer || (answer.ok as ReadonlyArray<unknown>).length === 0, why)
      } else if ("ok" in answer) {
        assert.deepStrictEqual(ours.success, answer.ok as typeof ours.success, why)
        equal++
      } else {
        // What only others require and nobody built, or one element of several: the rest is built all the same.
        assert.match(answer.refused, /^(Cannot find any module builds for|Problems were found during)/, why)
      }
    }
    assert.isAbove(equal, seeds.length / 3)
  }, 300_000)

  it("reuses the same components of the same build", ({ skip }) => {
    if (python === undefined) return skip("ORCH_MBS_PYTHON names no Python with module_build_service")
    const cases = seeds.map(GeneratedModules.reuse)
    assert.deepStrictEqual(
      cases.map(reuse),
      ask(cases).map((answer) => "ok" in answer ? answer.ok : answer.refused) as never
    )
  }, 300_000)

  it("numbers batches alike", ({ skip }) => {
    if (python === undefined) return skip("ORCH_MBS_PYTHON names no Python with module_build_service")
    const cases = seeds.map(GeneratedModules.batches)
    const ours = cases.map(({ module }) =>
      Result.getOrThrow(MbsBatches.plan(module)).map(({ batch, name }) => [batch, name] as const)
        .sort((one, two) => one[0] - two[0] || PythonJson.compareText(one[1], two[1]))
    )
    assert.deepStrictEqual(ours, ask(cases).map((answer) => "ok" in answer ? answer.ok : answer.refused) as never)
  }, 300_000)
})
