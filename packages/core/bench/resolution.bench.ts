/**
 * Expansion and solving for a whole distribution: every module of a repository is planned anew against all of them.
 *
 * Uses the real metadata of an EL8 distribution where it is there (`ORCH_SHARED_DATA`, else ../shared/data), repeated under
 * other names up to 300 documents. The peer is the Module Build Service's resolver (libsolv) on the same candidates, where
 * `ORCH_MBS_PYTHON` names a Python that can import it.
 */
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Modulemd from "../src/modulemd/Modulemd.ts"
import * as AvailableModule from "../src/resolution/AvailableModule.ts"
import * as CandidateModules from "../src/resolution/CandidateModules.ts"
import * as ExpandedModule from "../src/resolution/ExpandedModule.ts"
import * as RepositoryModules from "../src/resolution/RepositoryModules.ts"
import * as StreamDocument from "../src/resolution/StreamDocument.ts"
import * as StreamExpansion from "../src/resolution/StreamExpansion.ts"

const root = fileURLToPath(new URL("../../../", import.meta.url))
const data = process.env["ORCH_SHARED_DATA"] ?? `${root}../shared/data`
const file = `${data}/modulemd/el8-appstream-aarch64.modules.yaml`

const load = (): ReadonlyArray<AvailableModule.AvailableModule> => {
  const { documents } = Modulemd.read(readFileSync(file, "utf8"), { profile: "compat" })
  const real = documents.flatMap((document) =>
    document._tag === "ModuleStreamV2" ? StreamDocument.availableModule(document) ?? [] : []
  )
  const copies = Array.from(
    { length: Math.ceil(300 / real.length) },
    (_, copy) =>
      real.map((module) => ({ ...module, context: copy === 0 ? module.context : `${copy}${module.context.slice(1)}` }))
  )
  return copies.flat().slice(0, 300)
}

const measure = (run: () => number): { readonly milliseconds: number; readonly count: number } => {
  run()
  const times: Array<number> = []
  let count = 0
  for (let round = 0; round < 5; round++) {
    const start = performance.now()
    count = run()
    times.push(performance.now() - start)
  }
  return { milliseconds: times.sort((one, two) => one - two)[2]!, count }
}

if (!existsSync(file)) console.log(`skipped: ${file} is not there`)
else {
  const modules = load()
  const available = RepositoryModules.onPlatform(modules)
  const sources = Array.from(new Map(modules.map((module) => [AvailableModule.nameStream(module), module])).values())
  const solvable = sources.map((module) => ({
    name: module.name,
    stream: module.stream,
    version: module.version,
    // A document in a repository is pinned; what it was written as is not kept, so everything but the platform is opened.
    dependencies: module.dependencies.map(({ buildrequires, requires }) => ({
      requires,
      buildrequires: Object.fromEntries(
        Object.keys(buildrequires).map((name) => [name, name === "platform" ? ["el8"] : []])
      )
    }))
  }))
  const ours = measure(() =>
    solvable.reduce((sum, source) => {
      const expanded = ExpandedModule.expand(source, available)
      return sum + (expanded._tag === "Success" ? expanded.success.modules.length : 0)
    }, 0)
  )
  console.log(
    `available: ${modules.length} documents, ${sources.length} streams; planned: all of them, dependencies opened`
  )
  console.log(
    `ours: ${ours.milliseconds.toFixed(1)} ms for all (${(ours.milliseconds / sources.length).toFixed(2)} ms each), `
      + `${ours.count} builds`
  )
  const python = process.env["ORCH_MBS_PYTHON"]
  if (python === undefined) {
    console.log("peer: skipped, ORCH_MBS_PYTHON does not name a Python with module_build_service")
  } else {
    const cases = solvable.map((source) => {
      const expanded = StreamExpansion.expandDependencies(available, source.dependencies)
      const candidates = expanded._tag === "Success"
        ? CandidateModules.collect(available, expanded.success)
        : undefined
      return {
        dependencies: expanded._tag === "Success" ? expanded.success : [],
        modules: candidates?._tag === "Success"
          ? candidates.success.map((module) => ({ ...module, version: String(module.version) }))
          : []
      }
    }).filter(({ modules }) => modules.length > 0)
    const peer = spawnSync(python, [fileURLToPath(new URL("resolution-peer.py", import.meta.url))], {
      input: JSON.stringify(cases),
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024
    })
    const line = peer.stdout.trim().split("\n").at(-1) ?? ""
    if (peer.status !== 0) console.log(`peer: failed: ${peer.stderr.trim().split("\n").at(-1)}`)
    else {
      const { milliseconds, combinations } = JSON.parse(line)
      console.log(`peer: ${milliseconds.toFixed(1)} ms solving alone, the candidates given, ${combinations} builds`)
      console.log(`ratio: ours is ${(milliseconds / ours.milliseconds).toFixed(1)} times as fast, expansion included`)
    }
  }
}
